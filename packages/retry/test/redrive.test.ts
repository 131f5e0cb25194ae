import { memory } from "@millrace/driver-memory";
import { createKafka, type KafkaDriver, KafkaError } from "@millrace/kafka";
import { expect, test } from "vitest";
import { createDeadLetterWriter, readDeadLetters, readRedriveJobs, readStory, redrive } from "../src/index.ts";
import { createLetterCluster, type LetterCluster } from "./support/harness.ts";

const billing = { topic: "orders", group: "billing" } as const;

async function openLetters({ kafka }: LetterCluster): Promise<string[]> {
  const values: string[] = [];
  for await (const { letter } of readDeadLetters({ kafka, ...billing })) values.push(String(letter.value));
  return values;
}

test("letters go to the retry partition with their origin's number, in order, with their story", async () => {
  const cluster = await createLetterCluster();
  const { kafka, read, fail } = cluster;
  await fail(["1", "2", "3"]);
  const progress: number[] = [];
  const report = await redrive({ kafka, ...billing, job: "j1", batchSize: 2, onProgress: ({ redriven }) => progress.push(redriven) });
  expect(report).toEqual({
    job: "j1",
    dryRun: false,
    open: 3,
    redriven: 3,
    parked: 0,
    left: 0,
    failed: [],
    failures: 0,
    newer: 0,
    resumed: false,
    reasons: [{ disposition: "attempts-exhausted", type: "Error", count: 3 }],
    destinations: [{ topic: "orders.retry.billing", groups: ["billing"], count: 3 }],
  });
  expect(progress).toEqual([2, 3]);
  const redriven = await read("orders.retry.billing");
  expect(redriven.map(({ partition, key, value }) => [partition, String(key), String(value)])).toEqual([
    [1, "k", "1"],
    [1, "k", "2"],
    [1, "k", "3"],
  ]);
  expect(readStory(redriven[2]!)).toEqual({
    origin: { topic: "orders", partition: 1, offset: 2, timestamp: 5 },
    group: "billing",
    attempts: 5,
    redrives: 1,
    job: "j1",
  });
  expect(await openLetters(cluster)).toEqual([]);
});

test("a dry run counts what would happen and changes nothing", async () => {
  const cluster = await createLetterCluster();
  const { kafka, fail, read } = cluster;
  await fail(["1", "2"]);
  await fail(["3"], { error: new TypeError("other") });
  const report = await redrive({ kafka, ...billing, job: "dry", dryRun: true, where: ({ failure }) => failure.type === "Error" });
  expect(report).toMatchObject({
    dryRun: true,
    open: 3,
    redriven: 2,
    left: 1,
    reasons: [
      { type: "Error", count: 2 },
      { type: "TypeError", count: 1 },
    ],
  });
  expect([await read("orders.retry.billing"), await read("dlq.orders.audit")]).toEqual([[], []]);
  expect(await openLetters(cluster)).toEqual(["1", "2", "3"]);
});

test("a redrive that dies between a batch and its audit entries loses nothing; run again it repeats nothing", async () => {
  const cluster = await createLetterCluster();
  const { fail, read, connect, expire } = cluster;
  await fail(Array.from({ length: 10 }, (_, n) => String(n)));
  let audits = 0;
  const died = Promise.withResolvers<void>();
  const dead = Promise.withResolvers<never>();
  const dying = connect(({ topic }) => {
    if (topic !== "dlq.orders.audit" || ++audits < 3) return undefined;
    died.resolve();
    return dead.promise;
  });
  const killed = redrive({ kafka: dying, ...billing, job: "j1", batchSize: 3 });
  killed.catch(() => undefined);
  await died.promise;
  await expire("billing");
  expect(await openLetters(cluster)).toEqual(["6", "7", "8", "9"]);
  expect(await readRedriveJobs({ kafka: cluster.kafka, topic: "orders" })).toMatchObject([
    { job: "j1", endedAt: null, counts: { open: 10, redriven: 6 } },
  ]);
  expect(await redrive({ kafka: cluster.kafka, ...billing, job: "j1", batchSize: 2 })).toMatchObject({
    open: 4,
    redriven: 4,
    resumed: true,
  });
  expect(await readRedriveJobs({ kafka: cluster.kafka, topic: "orders" })).toMatchObject([
    { job: "j1", counts: { open: 10, redriven: 10 } },
  ]);
  const values = (await read("orders.retry.billing")).map(({ value }) => String(value));
  expect(values).toEqual(Array.from({ length: 10 }, (_, n) => String(n)));
  expect(await openLetters(cluster)).toEqual([]);
  dead.reject(new KafkaError({ code: "KAFKA_DISCONNECTED", message: "dead" }));
  await expect(killed).rejects.toMatchObject({ code: "RETRY_JOB_TAKEN_OVER" });
});

test("of two redrives of one group at the same time the newer shuts the older out, and no letter is sent twice", async () => {
  const cluster = await createLetterCluster();
  const { fail, read, connect, kafka } = cluster;
  await fail(Array.from({ length: 9 }, (_, n) => String(n)));
  const started = Promise.withResolvers<void>();
  const goOn = Promise.withResolvers<void>();
  const slow = connect(async ({ topic }) => {
    if (topic !== "orders.retry.billing") return;
    started.resolve();
    await goOn.promise;
  });
  const older = redrive({ kafka: slow, ...billing, job: "older", batchSize: 2 });
  older.catch(() => undefined);
  await started.promise;
  const newer = redrive({ kafka, ...billing, job: "newer", batchSize: 2, onProgress: () => goOn.resolve() });
  const error = await older.catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ name: "RetryError", code: "RETRY_JOB_TAKEN_OVER", cause: { code: "PRODUCER_FENCED" } });
  expect(await newer).toMatchObject({ redriven: 9 });
  expect((await read("orders.retry.billing")).map(({ value }) => String(value))).toHaveLength(9);
  expect(await redrive({ kafka, ...billing, job: "older" })).toMatchObject({ redriven: 0 });
});

test("a redrive looks at what is open when it has shut the others out, so that what they have sent until then is not sent again", async () => {
  const cluster = await createLetterCluster();
  const { fail, read, connect, kafka } = cluster;
  await fail(Array.from({ length: 9 }, (_, n) => String(n)));
  const started = Promise.withResolvers<void>();
  const goOn = Promise.withResolvers<void>();
  const older = redrive({
    kafka,
    ...billing,
    job: "older",
    batchSize: 3,
    async transform({ value }) {
      if (String(value) === "5") await goOn.promise;
      return {};
    },
    onProgress: () => started.resolve(),
  });
  await started.promise;
  const late = connect(undefined, undefined, async () => {
    // Whoever did not wait for this would have read everything meanwhile.
    for (let turn = 0; turn < 1_000; turn++) await new Promise(setImmediate);
    goOn.resolve();
    await older;
  });
  expect(await redrive({ kafka: late, ...billing, job: "newer" })).toMatchObject({ open: 0, redriven: 0 });
  expect(await older).toMatchObject({ redriven: 9 });
  expect(await read("orders.retry.billing")).toHaveLength(9);
});

test("a failure that may pass, a commit that is not answered and a transaction that grew too old are met by another attempt, and nothing is sent twice", async () => {
  const cluster = await createLetterCluster();
  const { fail, read, connect } = cluster;
  await fail(Array.from({ length: 6 }, (_, n) => String(n)));
  const lost = (): KafkaError => new KafkaError({ code: "KAFKA_TIMED_OUT", message: "no answer", retryable: true });
  let sends = 0;
  let commits = 0;
  const shaky = connect(
    ({ topic }) => {
      if (topic === "orders.retry.billing" && ++sends === 2) throw lost();
    },
    async (commit) => {
      commits++;
      if (commits === 5) throw new KafkaError({ code: "TRANSACTION_ABORTABLE", message: "too old" });
      await commit();
      if (commits % 2 === 1) throw lost();
    },
  );
  expect(await redrive({ kafka: shaky, ...billing, job: "j1", batchSize: 2 })).toMatchObject({ redriven: 6, failures: 0 });
  expect((await read("orders.retry.billing")).map(({ value }) => String(value))).toEqual(["0", "1", "2", "3", "4", "5"]);
  expect(commits).toBe(8);
});

test("a redrive that is given up after a batch has recorded it, and repeats nothing", async () => {
  const cluster = await createLetterCluster();
  const { fail, read, kafka } = cluster;
  await fail(Array.from({ length: 6 }, (_, n) => String(n)));
  const controller = new AbortController();
  const { signal } = controller;
  const givenUp = redrive({ kafka, ...billing, job: "j1", batchSize: 2, signal, onProgress: () => controller.abort() });
  await expect(givenUp).rejects.toMatchObject({ code: "ABORTED" });
  expect(await openLetters(cluster)).toEqual(["2", "3", "4", "5"]);
  await redrive({ kafka, ...billing, job: "j1", batchSize: 2 });
  expect((await read("orders.retry.billing")).map(({ value }) => String(value))).toEqual(["0", "1", "2", "3", "4", "5"]);
});

test("a batch of which a part cannot be stored is not sent at all, and stays open", async () => {
  const cluster = await createLetterCluster();
  const { fail, connect, read, kafka } = cluster;
  await fail(["1"]);
  // From another partition, so that it travels in a batch of its own.
  const writer = createDeadLetterWriter({ producer: kafka.producer(), group: "billing", consumerId: "c" });
  const record = { topic: "orders", partition: 0, offset: 0, timestamp: 5, key: null, value: Buffer.from("2"), headers: [] };
  await writer.write({ record, error: "text", disposition: "undecodable", attempts: 0 });
  const failing = connect(({ topic, partition }) => {
    if (topic === "orders.retry.billing" && partition === 0) throw new KafkaError({ code: "KAFKA_TIMED_OUT", message: "no answer" });
  });
  const send = redrive({ kafka: failing, ...billing, job: "j1" });
  await expect(send).rejects.toMatchObject({ code: "KAFKA_TIMED_OUT" });
  expect((await openLetters(cluster)).sort()).toEqual(["1", "2"]);
  expect(await read("orders.retry.billing")).toEqual([]);
  expect(await redrive({ kafka, ...billing, job: "j1" })).toMatchObject({ redriven: 2 });
});

test("letters that cannot be sent as they are stay open and keep no other from going", async () => {
  const cluster = await createLetterCluster({ maxMessageBytes: 1_000 });
  const { fail, kafka, read } = cluster;
  await fail(["1", "large", "3"]);
  const report = await redrive({
    kafka,
    ...billing,
    job: "j1",
    batchSize: 1,
    transform: ({ value }) => (String(value) === "large" ? { value: Buffer.alloc(200_000), key: null, headers: [] } : {}),
  });
  expect(report).toMatchObject({ open: 3, redriven: 2, failed: [{ id: "orders/1/1/billing", error: { code: "RETRY_SEND_REFUSED" } }] });
  expect(await read("orders.retry.billing")).toHaveLength(2);
  expect(await openLetters(cluster)).toEqual(["large"]);
});

test("a transform may change key, value and headers, leave a letter, or fail for it", async () => {
  const { fail, kafka, read } = await createLetterCluster();
  await fail(["mend", "leave", "fail", "fail with text"]);
  const report = await redrive({
    kafka,
    ...billing,
    job: "j1",
    transform: ({ value }) => {
      const text = String(value);
      if (text === "leave") return null;
      if (text === "fail") throw new Error("cannot");
      if (text === "fail with text") throw "a text";
      return { key: null, value: null, headers: [["mended", null]] };
    },
  });
  expect(report).toMatchObject({ redriven: 1, left: 1 });
  expect(report.failed.map(({ error }) => error.message)).toEqual([
    "the transform failed for dead letter orders/1/2/billing, which stays open: cannot",
    "the transform failed for dead letter orders/1/3/billing, which stays open: a text",
  ]);
  const [record] = await read("orders.retry.billing");
  expect([record?.key, record?.value, record?.headers[0]]).toEqual([null, null, ["mended", null]]);
});

test("a redrive of another group, or of letters that are gone already, does nothing", async () => {
  const { fail, kafka } = await createLetterCluster({ naming: "suffix" });
  await fail(["1"]);
  expect(await redrive({ kafka, ...billing, group: "shipping", job: "j", naming: "suffix" })).toMatchObject({ open: 0 });
  expect(await redrive({ kafka, ...billing, job: "j" })).toMatchObject({ open: 0 });
  expect(await redrive({ kafka, ...billing, job: "j", naming: "suffix" })).toMatchObject({ open: 1, redriven: 1 });
  expect(await redrive({ kafka, ...billing, job: "j", naming: "suffix" })).toMatchObject({ open: 0 });
});

test("a redrive that waits for a broker can be given up at once", async () => {
  const inner = memory();
  const opened = Promise.withResolvers<never>();
  const driver: KafkaDriver = {
    ...inner,
    connect: (context) => ({ ...inner.connect(context), createTransactionalProducer: () => opened.promise }),
  };
  const kafka = createKafka({ driver });
  const controller = new AbortController();
  const redriving = redrive({ kafka, ...billing, job: "j", signal: controller.signal });
  controller.abort();
  await expect(redriving).rejects.toMatchObject({ code: "ABORTED" });
  opened.reject(new KafkaError({ code: "KAFKA_UNREACHABLE", message: "nobody is there" }));
  await kafka.close();
});

test("a batch size that is none is refused", async () => {
  const { kafka } = await createLetterCluster();
  for (const batchSize of [0, 1.5, Number.NaN])
    await expect(redrive({ kafka, ...billing, job: "j", batchSize })).rejects.toMatchObject({ code: "INVALID_OPTIONS" });
});

test("a transform that gives something else than a message fails for that letter, and no other", async () => {
  const cluster = await createLetterCluster();
  const { kafka, fail, read } = cluster;
  const given: Readonly<Record<string, unknown>> = {
    "nothing at all": undefined,
    "a text": "text",
    "a value that is text": { value: "text" },
    "a key that is a number": { key: 7 },
    "headers by name": { headers: { name: Buffer.from("a") } },
    "a header that is text": { headers: [["name", "text"]] },
    "a message": { headers: [["name", Buffer.from("a")]] },
  };
  await fail(Object.keys(given));
  const report = await redrive({ kafka, ...billing, job: "j1", transform: ({ value }) => given[String(value)] as never });
  expect(report).toMatchObject({ open: 7, redriven: 1, failures: 6 });
  expect(report.failed.map(({ error }) => [error.code, error.message.replace(/^.*stays open: /, "")])).toEqual(
    [
      "it gave undefined, and not a message, or null for one that is to be left",
      "it gave string, and not a message, or null for one that is to be left",
      "key and value must be Buffers or null, or left out",
      "key and value must be Buffers or null, or left out",
      "headers must be a list of [name, Buffer or null]",
      "headers must be a list of [name, Buffer or null]",
    ].map((message) => ["RETRY_TRANSFORM_FAILED", message]),
  );
  expect((await read("orders.retry.billing")).map(({ value }) => String(value))).toEqual(["a message"]);
  expect(await openLetters(cluster)).toHaveLength(6);
});
