import { sleep } from "@millrace/core";
import { bytes } from "@millrace/serdes";
import { createVirtualClock } from "@millrace/testing";
import { defineTopic } from "@millrace/topics";
import { expect, test } from "vitest";
import {
  createDeadLetterWriter,
  type DeadLetterState,
  discardDeadLetters,
  readDeadLetters,
  readRedriveJobs,
  readStory,
  redrive,
  withoutStory,
  writeStory,
} from "../src/index.ts";
import { createLetterCluster, type LetterCluster } from "./support/harness.ts";

const billing = { topic: "orders", group: "billing" } as const;

async function lettersOf({ kafka }: LetterCluster, ...states: DeadLetterState[]): Promise<string[]> {
  const values: string[] = [];
  for await (const { letter } of readDeadLetters({ kafka, ...billing, states })) values.push(String(letter.value));
  return values.sort();
}

/** Fails a record that has come back, as its handler would. */
async function failAgain({ kafka }: LetterCluster, offset: number, redrives: number): Promise<void> {
  const writer = createDeadLetterWriter({ producer: kafka.producer(), group: "billing", consumerId: "c" });
  const story = { origin: { topic: "orders", partition: 1, offset, timestamp: 5 }, group: "billing", attempts: 5, redrives, job: "j" };
  const place = { topic: "orders.retry.billing", partition: 1, offset: redrives, timestamp: 9 };
  const record = { ...place, key: Buffer.from("k"), value: Buffer.from(String(offset)), headers: writeStory([], story) };
  await writer.write({ record, error: new Error("still"), disposition: "attempts-exhausted", attempts: 5 });
}

async function createSource({ kafka }: LetterCluster, ...names: string[]): Promise<void> {
  const topics = names.map((name) => defineTopic({ name, key: bytes(), value: bytes(), partitions: 3, replicationFactor: 1 }));
  await kafka.admin().ensureTopics(topics);
}

test("a job sees the letters that were there at its first start, also when it is run again; those that came since are another's", async () => {
  const cluster = await createLetterCluster();
  const { kafka, fail, read } = cluster;
  await fail(["0", "1"]);
  expect(await redrive({ kafka, ...billing, job: "j1" })).toMatchObject({ open: 2, redriven: 2, newer: 0, resumed: false });
  await fail(["2"]);
  await failAgain(cluster, 1, 1);
  expect(await redrive({ kafka, ...billing, job: "j1" })).toMatchObject({ open: 0, redriven: 0, newer: 2, resumed: true });
  expect(await read("orders.retry.billing")).toHaveLength(2);
  expect(await redrive({ kafka, ...billing, job: "j2" })).toMatchObject({ open: 2, redriven: 2, newer: 0 });
});

test("killed at any moment and run again, a job brings back every letter, once", async () => {
  const batchSize = 4;
  let finished = 0;
  for (let deathAt = 1; finished === 0; deathAt++) {
    const cluster = await createLetterCluster();
    const { kafka, fail, connectMortal, read } = cluster;
    await fail(Array.from({ length: 10 }, (_, n) => String(n)));
    const writer = createDeadLetterWriter({ producer: kafka.producer(), group: "billing", consumerId: "c" });
    for (let offset = 0; offset < 5; offset++) {
      const record = { topic: "orders", partition: 0, offset, timestamp: 5, key: null, value: Buffer.from(`other ${offset}`), headers: [] };
      await writer.write({ record, error: "text", disposition: "undecodable", attempts: 0 });
    }
    const dying = connectMortal(deathAt);
    const killed = redrive({ kafka: dying.kafka, ...billing, job: "j1", batchSize });
    const outcome = await Promise.race([killed, dying.died]);
    if (outcome !== "died") finished = deathAt;
    await redrive({ kafka, ...billing, job: "j1", batchSize: 7 });
    const values = (await read("orders.retry.billing")).map(({ value }) => String(value));
    expect(values, `death at moment ${deathAt}`).toHaveLength(15);
    expect(new Set(values).size).toBe(15);
    expect(await lettersOf(cluster, "open")).toEqual([]);
    const [job] = await readRedriveJobs({ kafka, topic: "orders" });
    expect(job).toMatchObject({ endedAt: expect.any(Number) as number, counts: { open: 15, redriven: 15 } });
    dying.bury();
    await killed.catch(() => undefined);
  }
  // Four batches of letters with their audit entries, and the end of the job, each with two moments for its commit.
  expect(finished).toBeGreaterThan(18);
});

test("a selection and a predicate must both mean a letter; the record of the job keeps the selection", async () => {
  const cluster = await createLetterCluster();
  const { kafka, fail } = cluster;
  await fail(["0", "1"]);
  await fail(["2", "3"], { error: new TypeError("other") });
  const clock = createVirtualClock();
  const select = { errorTypes: ["TypeError"] };
  const where = ({ origin }: { readonly origin: { readonly offset: number } }): boolean => origin.offset % 2 === 1;
  expect(await redrive({ kafka, ...billing, job: "j1", select, where, by: "ops", clock })).toMatchObject({ open: 4, redriven: 1, left: 3 });
  expect(await lettersOf(cluster, "redriven")).toEqual(["3"]);
  const at = clock.now();
  expect(await readRedriveJobs({ kafka, topic: "orders" })).toEqual([
    {
      job: "j1",
      group: "billing",
      action: "redrive",
      by: "ops",
      target: "orders.retry.billing",
      selection: select,
      startedAt: at,
      resumedAt: at,
      endedAt: at,
      ends: expect.anything(),
      counts: { open: 4, redriven: 1, discarded: 0, parked: 0, left: 3, failed: 0 },
    },
  ]);
});

test("letters that come back too often are parked, and stay so until somebody asks for them", async () => {
  const cluster = await createLetterCluster();
  const { kafka, fail, read } = cluster;
  await fail(["0", "1"]);
  for (let redrives = 1; redrives <= 2; redrives++) {
    expect(await redrive({ kafka, ...billing, job: `j${redrives}`, maxRedrives: 2 })).toMatchObject({ parked: 0 });
    await failAgain(cluster, 1, redrives);
  }
  const dryRun = { kafka, ...billing, job: "j3", maxRedrives: 2 };
  expect(await redrive({ ...dryRun, dryRun: true })).toMatchObject({ open: 1, redriven: 0, parked: 1, destinations: [] });
  expect(await lettersOf(cluster, "open")).toEqual(["1"]);
  expect(await redrive(dryRun)).toMatchObject({ open: 1, redriven: 0, parked: 1, left: 0 });
  expect([await lettersOf(cluster, "open"), await lettersOf(cluster, "parked")]).toEqual([[], ["1"]]);
  expect(await redrive({ ...dryRun, job: "j4" })).toMatchObject({ open: 0 });
  expect(await redrive({ ...dryRun, job: "j5", states: ["parked"], maxRedrives: Infinity })).toMatchObject({ open: 1, redriven: 1 });
  expect(await lettersOf(cluster, "redriven")).toEqual(["0", "1"]);
  expect(readStory((await read("orders.retry.billing")).at(-1)!)).toMatchObject({ redrives: 3, job: "j5" });
  // Its next failure opens it again.
  await failAgain(cluster, 1, 3);
  expect(await lettersOf(cluster, "open")).toEqual(["1"]);
});

test("letters that come back through their source topic are counted too, and parked in the end; another group's are not", async () => {
  const cluster = await createLetterCluster();
  const { kafka, fail, read } = cluster;
  await createSource(cluster, "orders");
  await fail(["0"]);
  const writer = createDeadLetterWriter({ producer: kafka.producer(), group: "billing", consumerId: "c" });
  const toSource = { kafka, ...billing, to: "source", allowedTopics: ["orders"], maxRedrives: 2 } as const;
  const failure = { error: new Error("still"), disposition: "attempts-exhausted", attempts: 1 } as const;
  for (let round = 1; round <= 2; round++) {
    expect(await redrive({ ...toSource, job: `j${round}` })).toMatchObject({ redriven: 1, parked: 0 });
    const record = (await read("orders")).at(-1)!;
    expect(readStory(record)).toBeUndefined();
    await writer.write({ record, ...failure });
    if (round === 1) continue;
    const shipping = createDeadLetterWriter({ producer: kafka.producer(), group: "shipping", consumerId: "c" });
    await shipping.write({ record, ...failure });
  }
  const counts: unknown[] = [];
  for await (const { letter } of readDeadLetters({ kafka, topic: "orders" })) counts.push([letter.group, letter.redrives]);
  expect(counts).toEqual([
    ["billing", 2],
    ["shipping", 0],
  ]);
  expect(await redrive({ ...toSource, job: "j3" })).toMatchObject({ redriven: 0, parked: 1 });
});

test("discarded letters are listed no longer and not brought back, unless they are asked for", async () => {
  const cluster = await createLetterCluster();
  const { kafka, fail, read } = cluster;
  await fail(["0", "1", "2"]);
  const discard = { kafka, ...billing, job: "d1", select: { beforeOffset: 2 } };
  expect(await discardDeadLetters({ ...discard, dryRun: true })).toMatchObject({ dryRun: true, open: 3, discarded: 2, left: 1 });
  expect(await lettersOf(cluster, "discarded")).toEqual([]);
  expect(await discardDeadLetters(discard)).toEqual({
    job: "d1",
    dryRun: false,
    open: 3,
    discarded: 2,
    left: 1,
    newer: 0,
    resumed: false,
    reasons: [{ disposition: "attempts-exhausted", type: "Error", count: 3 }],
  });
  expect([await lettersOf(cluster, "open"), await lettersOf(cluster, "discarded")]).toEqual([["2"], ["0", "1"]]);
  expect(await redrive({ kafka, ...billing, job: "j1" })).toMatchObject({ open: 1, redriven: 1 });
  expect(await redrive({ kafka, ...billing, job: "j2", states: ["discarded"], select: { ids: ["orders/1/0/billing"] } })).toMatchObject({
    open: 2,
    redriven: 1,
    left: 1,
  });
  expect((await read("orders.retry.billing")).map(({ value }) => String(value))).toEqual(["2", "0"]);
  expect((await readRedriveJobs({ kafka, topic: "orders" })).map(({ job, action }) => `${job} ${action}`)).toEqual([
    "d1 discard",
    "j1 redrive",
    "j2 redrive",
  ]);
});

test("the name of a discard is no name for a redrive", async () => {
  const { kafka, fail } = await createLetterCluster();
  await fail(["0"]);
  await discardDeadLetters({ kafka, ...billing, job: "j", select: {}, by: "ops" });
  await expect(redrive({ kafka, ...billing, job: "j" })).rejects.toThrow('job "j" is a discard that ops began; take another name');
});

test("the source topic is refused until it is named; then each letter goes to its old partition, and every group that reads it is named", async () => {
  const cluster = await createLetterCluster();
  const { kafka, fail, read } = cluster;
  await createSource(cluster, "orders", "others");
  const committed = (topic: string, offset: number) => [{ topic, partition: 0, offset, metadata: null }];
  for (const group of ["shipping", "billing"]) await kafka.admin().setGroupOffsets(group, committed("orders", 0));
  await kafka.admin().setGroupOffsets("elsewhere", committed("others", 0));
  await fail(["0", "1"]);
  const options = { kafka, ...billing, job: "j1", to: "source" } as const;
  await expect(redrive(options)).rejects.toThrow(
    '"orders" may not be written to, and every group that reads it would see the letters again',
  );
  const destinations = [{ topic: "orders", groups: ["billing", "shipping"], count: 2 }];
  expect(await redrive({ ...options, allowedTopics: ["orders"], dryRun: true })).toMatchObject({ redriven: 2, destinations });
  expect(await read("orders")).toEqual([]);
  expect(await redrive({ ...options, allowedTopics: ["orders"] })).toMatchObject({ redriven: 2, destinations });
  expect((await read("orders")).map(({ partition, value }) => [partition, String(value)])).toEqual([
    [1, "0"],
    [1, "1"],
  ]);
  expect(await read("orders.retry.billing")).toEqual([]);
  expect(await lettersOf(cluster, "redriven")).toEqual(["0", "1"]);
});

test("[X-02] a dead letter has the fields that both systems know, and comes back to its original topic byte for byte, with key and headers", async () => {
  const cluster = await createLetterCluster();
  const { kafka, read } = cluster;
  await createSource(cluster, "orders");
  const key = Buffer.from([0x00, 0xff]);
  const value = Buffer.from([0xfe, 0x01, 0x00]);
  const headers = [["trace", Buffer.from([0xff])] as const, ["trace", null] as const];
  const writer = createDeadLetterWriter({ producer: kafka.producer(), group: "billing", consumerId: "billing-1" });
  const record = { topic: "orders", partition: 2, offset: 9, timestamp: 5, key, value, headers };
  await writer.write({ record, error: new TypeError("no"), disposition: "undecodable", attempts: 0 });
  const [letter] = await read("dlq.orders");
  const text = expect.any(String);
  expect(JSON.parse(String(letter!.value))).toMatchObject({
    original_topic: "orders",
    original_value: text,
    error: "no",
    error_type: "TypeError",
    timestamp: text,
    original_partition: 2,
    original_offset: 9,
    original_timestamp: text,
    original_key: text,
    error_reason: "Deserialization error: no",
    consumer_id: "billing-1",
    failed_at: text,
  });
  await redrive({ kafka, ...billing, job: "j1", to: "source", allowedTopics: ["orders"] });
  const [back] = await read("orders");
  expect([back?.partition, back?.key, back?.value]).toEqual([2, key, value]);
  expect(withoutStory(back!.headers)).toEqual(headers);
});

test("another topic gets letters by their keys; dead-letter topics and other groups' retry topics are refused", async () => {
  const cluster = await createLetterCluster();
  const { kafka, fail, read } = cluster;
  await createSource(cluster, "repair");
  await fail(["0", "1"]);
  const options = { kafka, ...billing, job: "j1", to: { topic: "repair" }, allowedTopics: ["repair"] };
  expect(await redrive(options)).toMatchObject({ redriven: 2, destinations: [{ topic: "repair", groups: [], count: 2 }] });
  const partitions = new Set((await read("repair")).map(({ partition }) => partition));
  expect(partitions.size).toBe(1);
  for (const topic of ["dlq.other", "orders.retry.shipping"])
    await expect(redrive({ ...options, to: { topic }, allowedTopics: [topic] })).rejects.toMatchObject({ code: "INVALID_OPTIONS" });
});

test("a limit of 1,000 letters a second is kept within 5 %", async () => {
  const { kafka, fail } = await createLetterCluster();
  await fail(Array.from({ length: 3_000 }, (_, n) => String(n)));
  const clock = createVirtualClock();
  let first: { readonly redriven: number; readonly elapsedMs: number } | undefined;
  let last = { redriven: 0, elapsedMs: 0 };
  const times: number[] = [];
  const done = redrive({
    kafka,
    ...billing,
    job: "j1",
    ratePerSecond: 1_000,
    clock,
    onProgress: ({ redriven, elapsedMs }) => {
      first ??= { redriven, elapsedMs };
      times.push(...Array.from({ length: redriven - last.redriven }, () => elapsedMs));
      last = { redriven, elapsedMs };
    },
  });
  expect(await clock.runUntil(done)).toMatchObject({ redriven: 3_000 });
  const perSecond = (last.redriven - first!.redriven) / ((last.elapsedMs - first!.elapsedMs) / 1_000);
  expect(perSecond).toBeGreaterThan(950);
  expect(perSecond).toBeLessThan(1_050);
  expect(mostWithin(1_000, times)).toBeLessThanOrEqual(1_050);
  // Evenly: not all of a second at its beginning.
  expect(mostWithin(100, times)).toBeLessThanOrEqual(150);
});

test("what a redrive with a limit did not send while it stalled is not made up", async () => {
  const { kafka, fail } = await createLetterCluster();
  await fail(Array.from({ length: 3_000 }, (_, n) => String(n)));
  const clock = createVirtualClock();
  const times: number[] = [];
  const done = redrive({
    kafka,
    ...billing,
    job: "j1",
    ratePerSecond: 1_000,
    clock,
    async transform({ value }) {
      if (String(value) === "1000") await sleep(5_000, { clock });
      return {};
    },
    onProgress: ({ redriven, elapsedMs }) => times.push(...Array.from({ length: redriven - times.length }, () => elapsedMs)),
  });
  expect(await clock.runUntil(done)).toMatchObject({ redriven: 3_000 });
  expect(times.at(-1)).toBeGreaterThan(7_700);
  expect(mostWithin(1_000, times)).toBeLessThanOrEqual(1_050);
});

test("a job that waits for its rate limit can be given up, and has recorded what it did", async () => {
  const { kafka, fail } = await createLetterCluster();
  await fail(["0", "1", "2"]);
  const controller = new AbortController();
  const { signal } = controller;
  const clock = createVirtualClock();
  const redriving = redrive({
    kafka,
    ...billing,
    job: "j1",
    ratePerSecond: 0.001,
    clock,
    signal,
    onProgress: () => setImmediate(() => controller.abort()),
  });
  await expect(redriving).rejects.toMatchObject({ code: "ABORTED" });
  expect(await readRedriveJobs({ kafka, topic: "orders" })).toMatchObject([{ counts: { redriven: 1 } }]);
  expect(await redrive({ kafka, ...billing, job: "j1" })).toMatchObject({ redriven: 2, resumed: true });
});

test("progress tells how much there is and how far it has come", async () => {
  const { kafka, fail } = await createLetterCluster();
  await fail(["0", "1", "2"]);
  const told: unknown[] = [];
  const clock = createVirtualClock();
  await redrive({
    kafka,
    ...billing,
    job: "j1",
    batchSize: 1,
    select: { fromOffset: 1 },
    clock,
    onProgress: (progress) => told.push(progress),
  });
  const progress = { job: "j1", open: 3, discarded: 0, parked: 0, left: 1, failed: 0, elapsedMs: 0 };
  expect(told).toEqual([
    { ...progress, redriven: 1 },
    { ...progress, redriven: 2 },
  ]);
});

test("large letters travel in smaller batches, so that memory holds a few of them", async () => {
  const { kafka, fail } = await createLetterCluster();
  await fail(Array.from({ length: 30 }, () => "v".repeat(1_000_000)));
  const told: number[] = [];
  await redrive({ kafka, ...billing, job: "j1", onProgress: ({ redriven }) => told.push(redriven) });
  expect(told).toEqual([9, 18, 27, 30]);
});

test("of many letters that cannot be brought back a thousand are named and all are counted", async () => {
  const { kafka, fail } = await createLetterCluster();
  await fail(Array.from({ length: 1_010 }, (_, n) => String(n)));
  const transform = (): never => {
    throw new Error("no");
  };
  const report = await redrive({ kafka, ...billing, job: "j1", transform });
  expect([report.failed.length, report.failures]).toEqual([1_000, 1_010]);
});

test("every wrong option is named at once", async () => {
  const { kafka } = await createLetterCluster();
  const wrong = {
    job: "",
    batchSize: 0,
    maxRedrives: -1,
    ratePerSecond: 0,
    states: ["redriven" as "open"],
    select: { errorTypes: "E" as never },
  };
  await expect(redrive({ kafka, ...billing, ...wrong })).rejects.toMatchObject({
    code: "INVALID_OPTIONS",
    problems: [
      expect.stringContaining("maxRedrives"),
      expect.stringContaining("ratePerSecond"),
      expect.stringContaining("job"),
      expect.stringContaining("batchSize"),
      expect.stringContaining("states"),
      expect.stringContaining("select: errorTypes"),
    ],
  });
});

/** The most of these ascending times that lie within so many milliseconds. */
function mostWithin(durationMs: number, times: readonly number[]): number {
  let [most, first] = [0, 0];
  for (const [index, at] of times.entries()) {
    while (times[first]! <= at - durationMs) first++;
    most = Math.max(most, index - first + 1);
  }
  return most;
}
