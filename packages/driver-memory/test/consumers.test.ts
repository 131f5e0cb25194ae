import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { createLogger, type LogEntry } from "@millrace/core";
import { type BrokerEngine, createBrokerEngine, type EngineRequest } from "@millrace/embedded-kafka";
import { createKafka, type Kafka, type KafkaRecord, type PartitionClaim, type PullConsumer } from "@millrace/kafka";
import { createVirtualClock, seededRandom, type VirtualClock } from "@millrace/testing";
import { expect, onTestFinished, test } from "vitest";
import { memory } from "../src/index.ts";

interface World {
  readonly clock: VirtualClock;
  readonly kafka: Kafka;
  /** Another process. */
  readonly connect: () => Kafka;
  /** Stores texts, one batch for each partition. */
  readonly fill: (values: readonly string[], partition?: number) => Promise<void>;
  readonly requests: (EngineRequest & { readonly at: number })[];
  readonly engine: BrokerEngine;
  readonly entries: LogEntry[];
  /** Lets virtual time pass until it has settled. */
  readonly run: <T>(work: Promise<T>) => Promise<T>;
}

/** A topic "orders" of two partitions, and what was asked of the broker. */
async function setUp(): Promise<World> {
  const clock = createVirtualClock();
  const random = seededRandom(1);
  const engine = createBrokerEngine({ clock, random });
  const requests: World["requests"] = [];
  const watched = {
    ...engine,
    handle: (request: EngineRequest) => {
      requests.push({ ...request, at: clock.monotonic() });
      return engine.handle(request);
    },
  } as BrokerEngine;
  const entries: LogEntry[] = [];
  const logger = createLogger({ write: (entry: LogEntry) => entries.push(entry) });
  const driver = memory({ engine: watched });
  const open: Kafka[] = [];
  const connect = (): Kafka => {
    const made = createKafka({ driver, clock, random, logger });
    open.push(made);
    return made;
  };
  const kafka = connect();
  const run = async <T>(work: Promise<T>): Promise<T> => await clock.runUntil(work);
  onTestFinished(async () => {
    await run(Promise.all(open.map((made) => made.close())));
    engine.close();
  });
  await run(
    kafka
      .admin()
      .createTopics([{ name: "orders", partitions: 2, replicationFactor: 1, configs: {} }], { validateOnly: false, timeoutMs: 1_000 }),
  );
  const fill = async (values: readonly string[], partition = 0): Promise<void> => {
    const producer = kafka.producer();
    const headers = [["kind", Buffer.from("test")]] as const;
    const messages = values.map((value) => ({
      topic: "orders",
      partition,
      key: Buffer.from(`key ${value}`),
      value: Buffer.from(value),
      headers,
    }));
    await run(Promise.all(messages.map((message) => producer.sendRaw(message))));
    await run(producer.close());
  };
  return { clock, kafka, connect, fill, requests, engine, entries, run };
}

const values = (records: readonly KafkaRecord[]): readonly string[] => records.map(({ value }) => String(value));
const p0 = { topic: "orders", partition: 0 };
const p1 = { topic: "orders", partition: 1 };

/** Polls until so many came. */
async function pollUntil({ run }: World, consumer: PullConsumer, count: number, maxRecords = 500): Promise<readonly KafkaRecord[]> {
  const records: KafkaRecord[] = [];
  while (records.length < count) records.push(...(await run(consumer.poll({ maxRecords: Math.min(maxRecords, count - records.length) }))));
  return records;
}

test("[001-05] a pull consumer subscribes, polls with a time-out, commits a message or everything, now or in the background, and closes", async () => {
  const world = await setUp();
  const { kafka, fill, run } = world;
  await fill(["a", "b", "c"]);
  const consumer = kafka.pullConsumer({ group: "g", reset: "earliest" });
  await run(consumer.subscribe(["orders"]));
  const [first] = await pollUntil(world, consumer, 3);
  expect(await run(consumer.commit([{ ...p0, offset: first!.offset + 1 }]))).toEqual({ stale: [] });
  const stored = async () => (await run(consumer.committed([p0])))[0]!.offset;
  expect(await stored()).toBe(1);
  await run(consumer.commit());
  expect(await stored()).toBe(3);
  await fill(["d"]);
  await pollUntil(world, consumer, 1);
  const heard = Promise.withResolvers<Error | null>();
  consumer.commitAsync(heard.resolve);
  expect(await run(heard.promise)).toBeNull();
  expect(await stored()).toBe(4);
  expect(await run(consumer.poll({ timeoutMs: 200 }))).toEqual([]);
  await run(consumer.close());
});

test("[001-06] [004-07] a handler is given every record's value, key and headers, its place, offset and time, and so its sizes", async () => {
  const { kafka, fill, run, clock } = await setUp();
  await fill(["größe"]);
  const consumer = kafka.consumer({ group: "g", reset: "earliest" });
  const seen: object[] = [];
  await run(
    consumer.consume(["orders"], {
      onBatch: ({ records }) => {
        for (const { topic, partition, offset, timestamp, key, value, headers } of records) {
          const sizes = [key?.length, value?.length];
          seen.push({
            topic,
            partition,
            offset,
            isRecent: timestamp <= clock.now(),
            key: String(key),
            value: String(value),
            headers,
            sizes,
          });
        }
      },
    }),
  );
  await clock.runUntil(() => seen.length === 1);
  const headers = [["kind", Buffer.from("test")]];
  expect(seen).toEqual([{ ...p0, offset: 0, isRecent: true, key: "key größe", value: "größe", headers, sizes: [11, 7] }]);
});

test("[001-08] without topics it says so, an end is no event, a message that fails is logged and the loop goes on, stopping ends and closes", async () => {
  const world = await setUp();
  const { kafka, fill, run, entries, requests } = world;
  await expect(kafka.pullConsumer({ group: "g" }).subscribe([])).rejects.toThrow("At least one topic is required");
  await fill(['{"total":1}', "undecodable", '{"total":3}']);
  const consumer = kafka.pullConsumer({ group: "g", reset: "earliest" });
  await run(consumer.subscribe(["orders"]));
  const totals: number[] = [];
  const logger = createLogger({ write: (entry: LogEntry) => entries.push(entry) });
  const loop = (async () => {
    for await (const record of consumer) {
      try {
        totals.push((JSON.parse(String(record.value)) as { total: number }).total);
      } catch (error) {
        logger.error("message failed", { offset: record.offset, error });
      }
    }
  })();
  await world.clock.runUntil(() => totals.length === 2);
  // Several polls at the end of both partitions.
  await world.clock.advance(5_000);
  expect(totals).toEqual([1, 3]);
  expect(entries.filter(({ message }) => message === "message failed")).toHaveLength(1);
  await run(consumer.close());
  await run(loop);
  expect(requests.at(-1)!.api).toBe("LeaveGroup");
});

test("[001-34] a group named by its function keeps track, and joining and leaving lose no record; everybody hears what comes and goes", async () => {
  const world = await setUp();
  const { connect, fill, run, clock } = world;
  const group = "billing-invoices";
  const handled: string[] = [];
  const heard: string[] = [];
  const join = async (name: string) => {
    const consumer = connect().consumer({ group, reset: "earliest", heartbeatIntervalMs: 200, autoCommitMs: 100 });
    const told =
      (what: string) =>
      (claims: readonly PartitionClaim[]): void =>
        void heard.push(`${name} ${what} ${claims.map(({ partition }) => partition).join()}`);
    await run(
      consumer.consume(["orders"], {
        onBatch: ({ records }) => void handled.push(...values(records)),
        onAssigned: told("+"),
        onRevoked: told("-"),
      }),
    );
    return consumer;
  };
  const first = await join("first");
  await fill(["a", "b"], 0);
  await clock.runUntil(() => handled.length === 2);
  const second = await join("second");
  await clock.runUntil(() => first.assignment().length === 1 && second.assignment().length === 1);
  await fill(["c"], 0);
  await fill(["d"], 1);
  await clock.runUntil(() => handled.length === 4);
  await run(first.close());
  await clock.runUntil(() => second.assignment().length === 2);
  await fill(["e"], 0);
  await fill(["f"], 1);
  await clock.runUntil(() => handled.length === 6);
  expect(handled.toSorted((a, b) => (a < b ? -1 : 1))).toEqual(["a", "b", "c", "d", "e", "f"]);
  expect(heard.slice(0, 2)).toEqual(["first + 0,1", "first - 0,1"]);
  expect(heard.some((line) => /^second \+ \d$/.test(line)) && heard.at(-1) === "second + 0,1").toBe(true);
  await run(second.close());
  const offsets = await run(world.kafka.admin().groupOffsets(group, ["orders"]));
  expect(offsets.map(({ partition, offset }) => [partition, offset]).sort(([a], [b]) => a! - b!)).toEqual([
    [0, 4],
    [1, 2],
  ]);
});

test("[004-08] a consumer is told everything, asked for everything, and refuses everything after it was closed", async () => {
  const world = await setUp();
  const { clock, kafka, fill, run } = world;
  await fill(["a", "b", "c", "d", "e"]);
  const consumer = kafka.pullConsumer({ group: "g", reset: "earliest", autoCommitMs: 60_000 });
  await run(consumer.subscribe(["orders"]));
  expect(consumer.subscription()).toEqual(["orders"]);
  expect(values(await pollUntil(world, consumer, 2, 2))).toEqual(["a", "b"]);
  expect(consumer.assignment().map(({ partition }) => partition)).toEqual([0, 1]);
  expect(consumer.position(p0)).toBe(2);
  expect((await run(consumer.committed([p0])))[0]!.offset).toBe(-1);
  await run(consumer.commit());
  expect((await run(consumer.committed([p0])))[0]!.offset).toBe(2);
  const outcomes: (Error | null)[] = [];
  consumer.commitAsync((error) => outcomes.push(error));
  await clock.runUntil(() => outcomes.length === 1);
  expect(outcomes).toEqual([null]);
  await run(consumer.seek(p0, 4));
  expect(values(await pollUntil(world, consumer, 1))).toEqual(["e"]);
  await run(consumer.seekToEnd());
  expect([consumer.position(p0), consumer.position(p1)]).toEqual([5, 0]);
  await run(consumer.seekToBeginning([p0]));
  consumer.pause();
  expect(consumer.paused()).toHaveLength(2);
  const before = clock.monotonic();
  expect(await run(consumer.poll())).toEqual([]);
  expect(clock.monotonic() - before).toBe(1_000);
  consumer.resume([p0]);
  expect(consumer.paused()).toEqual([p1]);
  expect(values(await pollUntil(world, consumer, 3, 3))).toEqual(["a", "b", "c"]);
  await run(consumer.close({ commit: true }));
  expect((await run(kafka.admin().groupOffsets("g", ["orders"]))).find(({ partition }) => partition === 0)!.offset).toBe(3);

  const calls: readonly (() => unknown)[] = [
    () => consumer.subscribe(["orders"]),
    () => consumer.assign([p0]),
    () => consumer.poll(),
    () => consumer.commit(),
    () => consumer.commitAsync(),
    () => consumer.seek(p0, 0),
    () => consumer.seekToBeginning(),
    () => consumer.seekToEnd(),
    () => consumer.position(p0),
    () => consumer.committed([p0]),
    () => consumer.assignment(),
    () => consumer.subscription(),
    () => consumer.groupMetadata(),
    () => consumer.pause(),
    () => consumer.resume(),
    () => consumer.paused(),
  ];
  for (const call of calls) await expect((async () => await call())(), String(call)).rejects.toThrow(/consumer is closed$/i);
  await consumer.close();
  const given = kafka.pullConsumer();
  await run(given.assign([p0]));
  expect(given.assignment()).toMatchObject([p0]);
  await run(given.seekToBeginning());
  expect(values(await pollUntil(world, given, 5))).toEqual(["a", "b", "c", "d", "e"]);
  await run(given.close());
});

test.each([
  ["range", ["0-0 0-1 1-0 1-1", "0-2 1-2"]],
  ["roundrobin", ["0-0 0-2 1-1", "0-1 1-0 1-2"]],
] as const)("[004-10] two members share two topics of three partitions by %s as Kafka defines it", async (assignor, split) => {
  const { connect, kafka, run, clock } = await setUp();
  const topics = ["t0", "t1"];
  const made = topics.map((name) => ({ name, partitions: 3, replicationFactor: 1, configs: {} }));
  await run(kafka.admin().createTopics(made, { validateOnly: false, timeoutMs: 1_000 }));
  const members = [1, 2].map(() => connect().consumer({ group: "g", assignors: [assignor], heartbeatIntervalMs: 100 }));
  for (const member of members) await run(member.consume(topics, { onBatch: () => undefined }));
  const held = (): readonly string[] =>
    members
      .toSorted((a, b) => ((a.groupMetadata()?.memberId ?? "") < (b.groupMetadata()?.memberId ?? "") ? -1 : 1))
      .map((member) => member.assignment().map(({ topic, partition }) => `${topic.slice(1)}-${partition}`))
      .map((names) => names.toSorted((a, b) => (a < b ? -1 : 1)).join(" "));
  await clock.runUntil(() => members.every((member) => [2, 3, 4].includes(member.assignment().length)));
  expect(held()).toEqual(split);
  expect(members.map((member) => member.groupMetadata()!.protocol)).toEqual([assignor, assignor]);
});

test("[004-09] joining gives the real group, member, generation, leader and assignment; it beats while it lives, and leaves", async () => {
  const { connect, requests, run, clock, kafka } = await setUp();
  const join = async () => {
    const consumer = connect().consumer({ group: "g", heartbeatIntervalMs: 200 });
    await run(consumer.consume(["orders"], { onBatch: () => undefined }));
    return consumer;
  };
  const first = await join();
  await clock.runUntil(() => first.groupMetadata() !== null);
  expect(first.groupMetadata()).toEqual({
    group: "g",
    memberId: expect.stringMatching(/./),
    generationId: 1,
    groupInstanceId: null,
    isLeader: true,
    protocol: "range",
    assignment: [p0, p1],
  });
  const second = await join();
  await clock.runUntil(() => second.assignment().length === 1 && first.assignment().length === 1);
  const [one, two] = [first.groupMetadata()!, second.groupMetadata()!];
  expect([one.generationId, two.generationId, one.isLeader, two.isLeader]).toEqual([2, 2, true, false]);
  const [described] = await run(kafka.admin().describeGroups(["g"]));
  expect(new Map(described!.members.map(({ memberId, assignment }) => [memberId, assignment]))).toEqual(
    new Map([one, two].map(({ memberId, assignment }) => [memberId, assignment])),
  );
  const beatsOf = (memberId: string): number =>
    requests.filter(({ api, body }) => api === "Heartbeat" && (body as { memberId: string }).memberId === memberId).length;
  await clock.advance(10_000);
  expect([beatsOf(one.memberId), beatsOf(two.memberId)]).toEqual([
    expect.toSatisfy((n: number) => n >= 45),
    expect.toSatisfy((n: number) => n >= 45),
  ]);
  await run(first.close());
  expect(first.groupMetadata()).toBeNull();
  await clock.runUntil(() => second.assignment().length === 2);
  expect(second.groupMetadata()).toMatchObject({ generationId: 3, isLeader: true });
  expect(new Set(requests.map(({ api }) => api))).toEqual(
    expect.objectContaining(new Set(["JoinGroup", "SyncGroup", "Heartbeat", "LeaveGroup"])),
  );
});

test("[003-21] delivery pauses, resumes and moves on given or all partitions; failing fetches are asked again after a second at most; all is counted", async () => {
  const { clock, connect, fill, run, requests, engine } = await setUp();
  await fill(["a", "b"], 0);
  await fill(["c"], 1);
  const pull = connect().pullConsumer({ group: "pull", reset: "earliest" });
  await run(pull.subscribe(["orders"]));
  await clock.runUntil(() => pull.assignment().length === 2);
  await run(pull.seekToEnd());
  expect([pull.position(p0), pull.position(p1)]).toEqual([2, 1]);
  await run(pull.seekToBeginning([p1]));
  expect([pull.position(p0), pull.position(p1)]).toEqual([2, 0]);
  await run(pull.seekToBeginning());
  await run(pull.seekToEnd([p0]));
  expect([pull.position(p0), pull.position(p1)]).toEqual([2, 0]);
  await run(pull.close());

  const consumer = connect().consumer({ group: "push", reset: "earliest" });
  const startedAt = clock.now();
  let fails = false;
  await run(
    consumer.consume(["orders"], {
      onBatch: () => (fails ? Promise.reject(new Error("failing")) : undefined),
    }),
  );
  await clock.runUntil(() => consumer.statistics().handled === 3);
  const { lastDeliveredAt, lastHandledAt, lastHeartbeatAt, lastFetchedAt, ...counts } = consumer.statistics();
  expect(counts).toEqual({ delivered: 3, handled: 3, failed: 0, deliveredBytes: 18, lastFailedAt: null });
  expect([lastDeliveredAt! >= startedAt, lastHandledAt! >= startedAt, lastFetchedAt! >= startedAt]).toEqual([true, true, true]);
  expect(lastHeartbeatAt).toBeNull();
  await clock.advance(3_500);
  const heard = consumer.statistics();
  expect(heard.lastHeartbeatAt).toBeGreaterThanOrEqual(startedAt + 3_000);
  // Nothing new came, but that was answered.
  expect(heard.lastFetchedAt).toBeGreaterThan(lastFetchedAt!);
  consumer.pause();
  await fill(["d"], 0);
  await fill(["e"], 1);
  await clock.advance(3_000);
  expect(consumer.statistics().handled).toBe(3);
  consumer.resume([p1]);
  await clock.runUntil(() => consumer.statistics().handled === 4);
  consumer.resume();
  await clock.runUntil(() => consumer.statistics().handled === 5);

  engine.faults.error("Fetch", "NOT_LEADER_OR_FOLLOWER", { times: 40 });
  const from = requests.length;
  await clock.advance(20_000);
  const asked = requests.slice(from).flatMap(({ api, at }) => (api === "Fetch" ? [at] : []));
  const pauses = asked.slice(1).map((at, index) => at - asked[index]!);
  expect(Math.max(...pauses.slice(1))).toBeLessThanOrEqual(1_000);
  expect(asked.length).toBeLessThan(60);

  fails = true;
  const stopped = expect(run(consumer.stopped)).rejects.toThrow("failing");
  await fill(["f"], 0);
  await stopped;
  expect(consumer.statistics()).toMatchObject({ delivered: 6, handled: 5, failed: 1, lastFailedAt: clock.now() });
});

test("what has been closed is forgotten, also while its connection lives", async () => {
  setFlagsFromString("--expose-gc");
  const collectGarbage = runInNewContext("gc") as () => void;
  const { kafka, run, fill } = await setUp();
  await run(fill(["a"]));
  const handlers: WeakRef<object>[] = [];
  const live = async (group: string | null): Promise<void> => {
    const consumer = kafka.consumer(group === null ? { reset: "earliest" } : { group, reset: "earliest" });
    const { promise, resolve } = Promise.withResolvers<void>();
    const handler = { onBatch: () => resolve() };
    handlers.push(new WeakRef(handler));
    if (group === null) await consumer.assign([{ topic: "orders", partition: 0 }], handler);
    else await consumer.consume(["orders"], handler);
    await promise;
    await consumer.close();
  };
  for (const group of [null, "g", null]) await run(live(group));
  for (let round = 0; round < 10 && handlers.some((handler) => handler.deref() !== undefined); round++) {
    await new Promise(setImmediate);
    collectGarbage();
  }
  expect(handlers.map((handler) => handler.deref())).toEqual([undefined, undefined, undefined]);
});

test("a seek to where a batch begins that is being held back delivers everything once, also what came meanwhile", async () => {
  for (const maxBatchRecords of [undefined, 2]) {
    const { clock, kafka, fill, run } = await setUp();
    const seen: string[] = [];
    const consumer = kafka.consumer({ group: "g", reset: "earliest", ...(maxBatchRecords === undefined ? {} : { maxBatchRecords }) });
    consumer.stopped.catch(() => undefined);
    await fill(["a", "b", "c", "d"]);
    await run(
      consumer.consume(["orders"], {
        onAssigned: () => consumer.pause(),
        onBatch: ({ records }) => {
          seen.push(...values(records));
          // With parts: the seek goes to where the next part begins.
          if (maxBatchRecords !== undefined && seen.length === 2) consumer.pause();
        },
      }),
    );
    await clock.runUntil(() => consumer.position(p0) !== null);
    await clock.advance(2_000);
    if (maxBatchRecords !== undefined) {
      consumer.resume();
      await clock.runUntil(() => seen.length === 2);
    }
    await run(consumer.seek(p0, maxBatchRecords === undefined ? 0 : 2));
    await fill(["e", "f"]);
    consumer.resume();
    await clock.runUntil(() => seen.length >= 6);
    await fill(["g"]);
    await clock.runUntil(() => seen.length >= 7);
    await clock.advance(2_000);
    expect(seen).toEqual(["a", "b", "c", "d", "e", "f", "g"]);
    await run(consumer.close());
  }
});

test("a stored offset behind an open transaction stays; without one, latest is where that transaction begins", async () => {
  const { kafka, fill, run, clock } = await setUp();
  const admin = kafka.admin();
  await fill(["a", "b"]);
  const transactions = kafka.transactionalProducer({ transactionalId: "t" });
  await run(transactions.begin());
  await run(transactions.sendRaw({ topic: "orders", key: null, value: Buffer.from("open"), partition: 0 }));
  // Such as a group has whose consumers read everything before.
  for (const [group, offset] of [
    ["inside", 3],
    ["outside", 9],
  ] as const) {
    await run(admin.setGroupOffsets(group, [{ topic: "orders", partition: 0, offset, metadata: null }]));
  }
  const read = async (group: string, reset: "earliest" | "latest"): Promise<string[]> => {
    const seen: string[] = [];
    const consumer = kafka.consumer({ group, reset });
    await run(consumer.consume(["orders"], { onBatch: ({ records }) => void seen.push(...values(records)) }));
    await clock.runUntil(() => consumer.position(p0) !== null);
    return seen;
  };
  const [inside, outside, fresh] = [await read("inside", "earliest"), await read("outside", "earliest"), await read("fresh", "latest")];
  await clock.advance(2_000);
  await run(transactions.commit());
  await fill(["c"]);
  await clock.runUntil(() => [inside, outside, fresh].every((seen) => seen.includes("c")));
  expect({ inside, outside, fresh }).toEqual({ inside: ["c"], outside: ["a", "b", "open", "c"], fresh: ["open", "c"] });
});
