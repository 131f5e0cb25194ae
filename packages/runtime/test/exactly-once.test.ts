import { fixed, noRetry, sleep } from "@millrace/core";
import { type Kafka, readTopics, type TransactionalProducer } from "@millrace/kafka";
import { decodeDeadLetter } from "@millrace/retry";
import { json, string } from "@millrace/serdes";
import { defineTopic } from "@millrace/topics";
import { expect, test } from "vitest";
import { createRuntime, type Handler, type ProcessOptions, type Runtime, type RuntimeOptions } from "../src/index.ts";
import { createVirtualCluster, type VirtualCluster } from "./support/virtual-cluster.ts";

const orders = defineTopic({ name: "orders", key: string(), value: json<number>(), partitions: 1 });
const copies = defineTopic({ name: "copies", key: string(), value: json<number>(), partitions: 1 });

interface World extends VirtualCluster {
  readonly send: (...numbers: readonly number[]) => Promise<void>;
  readonly start: (
    handler: Handler<string, number>,
    options?: ProcessOptions<string>,
    changes?: Partial<RuntimeOptions>,
  ) => Promise<Runtime>;
  readonly stop: (runtime: Runtime) => Promise<void>;
  /** What a `read_committed` reader finds. */
  readonly read: (topic: string) => Promise<number[]>;
  /** How transactions of the runtimes ended. */
  readonly ended: { committed: number; aborted: number };
  readonly reaches: (offset: number, topic?: string) => Promise<void>;
}

async function createWorld(options: { readonly autoCreateTopics?: boolean } = {}): Promise<World> {
  const cluster = createVirtualCluster(options);
  const { clock, kafka, parts, committed } = cluster;
  await clock.runUntil(kafka.admin().ensureTopics([orders, copies], { mode: "create" }));
  const producer = kafka.producer();
  const ended = { committed: 0, aborted: 0 };
  const stopping = new Set<Kafka>();
  const watch = async ({ kafka: watched }: RuntimeOptions): Promise<void> => {
    for await (const event of watched.events()) {
      if (event.type !== "transaction-state" || !(event.to === "committed" || event.to === "aborted")) continue;
      // One that nothing was written in is given up at the end.
      if (!(event.to === "aborted" && stopping.has(watched))) ended[event.to]++;
    }
  };
  const kafkas = new Map<Runtime, Kafka>();
  return {
    ...cluster,
    ended,
    async send(...numbers) {
      await clock.runUntil(
        producer.sendBatch(
          orders,
          numbers.map((value) => ({ key: `k${value % 5}`, value })),
        ),
      );
    },
    async start(handler, options = {}, changes = {}) {
      const made = parts(changes);
      void watch(made);
      const runtime = createRuntime(made);
      kafkas.set(runtime, made.kafka);
      runtime.process(orders, { exactlyOnce: true, ...options }, handler);
      await clock.runUntil(runtime.start());
      return runtime;
    },
    async stop(runtime) {
      stopping.add(kafkas.get(runtime)!);
      await clock.runUntil(runtime.stop());
    },
    async read(topic) {
      const values: number[] = [];
      const reading = async (): Promise<void> => {
        for await (const { value } of readTopics(kafka, [topic])) values.push(JSON.parse(String(value)) as number);
      };
      await clock.runUntil(reading());
      return values;
    },
    reaches: (offset, topic = "orders") =>
      clock.runUntil(() => committed(topic) === offset, { limitMs: 900_000, what: `offset ${offset} of ${topic}` }),
  };
}

const copy: Handler<string, number> = async ({ key, value }, context) => {
  await context.send(copies, { key, value });
};
const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
const sorted = (numbers: readonly number[]): number[] => numbers.toSorted((a, b) => a - b);

test("records, what their handlers send and their offsets are one transaction for each step", async () => {
  const { read, send, start, stop, ended, reaches } = await createWorld();
  await send(...upTo(1_200));
  const runtime = await start(copy);
  await reaches(1_200);
  await stop(runtime);
  expect(sorted(await read("copies"))).toEqual(upTo(1_200));
  // And one for where the group began.
  expect(ended.committed).toBeLessThanOrEqual(4);
  expect(ended.aborted).toBe(0);
});

test("a poison record in a step of 500 is dead-lettered within attempts + 1 transactions, and nothing that its attempts sent is seen", async () => {
  const { read, send, start, stop, engine, ended, reaches } = await createWorld();
  await send(...upTo(500));
  let calls = 0;
  const runtime = await start(
    async (message, context) => {
      await copy(message, context);
      if (message.value !== 321) return;
      expect(context.attempt).toBe(++calls);
      throw new Error("poison");
    },
    { retry: fixed({ attempts: 5, delayMs: 100 }), deadLetter: {} },
  );
  await reaches(500);
  await stop(runtime);
  expect(calls).toBe(5);
  expect(sorted(await read("copies"))).toEqual(upTo(500).filter((value) => value !== 321));
  expect(ended.aborted).toBe(5);
  expect(ended.committed).toBeLessThanOrEqual(2);
  const letters = engine.records("dlq.orders");
  expect(letters).toHaveLength(1);
  expect(decodeDeadLetter({ ...letters[0]!, topic: "dlq.orders", headers: [] })).toMatchObject({
    attempts: 5,
    disposition: "attempts-exhausted",
  });
});

test("an attempt that fails before it sends anything is tried again in the same transaction", async () => {
  const { read, send, start, stop, ended, reaches } = await createWorld();
  await send(...upTo(20));
  const failing = new Set([3, 7]);
  const runtime = await start(
    async (message, context) => {
      if (failing.has(message.value) && context.attempt < 3) throw new Error("not yet");
      await copy(message, context);
    },
    { retry: fixed({ attempts: 3, delayMs: 100 }) },
  );
  await reaches(20);
  await stop(runtime);
  expect(sorted(await read("copies"))).toEqual(upTo(20));
  expect(ended.aborted).toBe(0);
});

test("where the waits to come are more than half of the transaction's time, a record is put aside at once", async () => {
  const { read, send, start, stop, engine, ended, reaches } = await createWorld();
  await send(...upTo(5));
  const options: ProcessOptions<string> = { deadLetter: {}, exactlyOnce: { transactionTimeoutMs: 10_000 } };
  const runtime = await start(
    async (message, context) => {
      if (message.value === 2) throw new Error("poison");
      await copy(message, context);
    },
    { ...options, retry: fixed({ attempts: 4, delayMs: 2_000 }) },
  );
  await reaches(5);
  await stop(runtime);
  expect(await read("copies")).toHaveLength(4);
  expect(decodeDeadLetter({ ...engine.records("dlq.orders")[0]!, topic: "dlq.orders", headers: [] })).toMatchObject({
    attempts: 1,
    disposition: "time-exhausted",
  });
  expect(ended.aborted).toBe(0);
});

test("a message that cannot be sent counts against the record whose handler sent it, and not against others", async () => {
  const { read, send, start, stop, engine, clock, kafka, reaches } = await createWorld();
  await clock.runUntil(kafka.admin().alterConfigs([{ type: "topic", name: "copies", set: { "max.message.bytes": "2000" } }]));
  await send(...upTo(100));
  const attempts = new Map<number, number>();
  const runtime = await start(
    async ({ key, value }, context) => {
      attempts.set(value, context.attempt);
      // Not awaited: the record counts as handled only when it is stored.
      void context.send(copies, value === 50 ? { key: "x".repeat(5_000), value } : { key, value });
    },
    { retry: fixed({ attempts: 2, delayMs: 10 }), deadLetter: {} },
  );
  await reaches(100);
  await stop(runtime);
  expect(sorted(await read("copies"))).toEqual(upTo(100).filter((value) => value !== 50));
  expect(Math.max(...attempts.values())).toBe(1);
  expect(engine.records("dlq.orders")).toHaveLength(1);
});

test.each([1_000, 8_000])(
  "a record whose handler sends to a topic that there is not is dead-lettered in transactions of %i ms",
  async (transactionTimeoutMs) => {
    const nowhere = defineTopic({ name: "nowhere", key: string(), value: json<number>() });
    const { read, send, start, stop, engine, reaches } = await createWorld({ autoCreateTopics: false });
    await send(...upTo(20));
    const runtime = await start(
      async ({ key, value }, context) => {
        await context.send(value === 7 ? nowhere : copies, { key, value });
      },
      { exactlyOnce: { transactionTimeoutMs }, retry: fixed({ attempts: 2, delayMs: 10 }), deadLetter: {} },
    );
    await reaches(20);
    await stop(runtime);
    expect(sorted(await read("copies"))).toEqual(upTo(20).filter((value) => value !== 7));
    expect(engine.records("dlq.orders")).toHaveLength(1);
  },
);

test("whoever takes the transactional id away gains nothing: the step is done again, once", async () => {
  const { read, send, start, stop, clock, kafka, ended, reaches } = await createWorld();
  await send(...upTo(60));
  let handled = 0;
  const thieves: TransactionalProducer[] = [];
  const runtime = await start(async (message, context) => {
    await copy(message, context);
    await sleep(20, { clock });
    if (++handled !== 30) return;
    thieves.push(kafka.transactionalProducer({ transactionalId: "g/orders/0" }));
    await thieves[0]!.begin();
  });
  await reaches(60);
  await stop(runtime);
  await clock.runUntil(thieves[0]!.close());
  expect(sorted(await read("copies"))).toEqual(upTo(60));
  expect(handled).toBeGreaterThan(60);
  expect(ended.committed).toBeGreaterThan(0);
});

test("a commit that is not answered is asked for again until it is, and nothing is done twice", async () => {
  const { read, send, start, stop, engine, reaches } = await createWorld();
  await send(...upTo(40));
  let handled = 0;
  engine.faults.drop("EndTxn", { at: "after", times: 3 });
  engine.faults.drop("TxnOffsetCommit", { at: "after", times: 2 });
  const runtime = await start(async (message, context) => {
    handled++;
    await copy(message, context);
  });
  await reaches(40);
  await stop(runtime);
  expect(sorted(await read("copies"))).toEqual(upTo(40));
  expect(handled).toBe(40);
});

test("where handlers are slow, steps are short enough for their transactions", async () => {
  const { read, send, start, stop, clock, ended, reaches } = await createWorld();
  await send(...upTo(100));
  const runtime = await start(
    async (message, context) => {
      await copy(message, context);
      await sleep(900, { clock });
    },
    { order: "key", concurrency: 50, exactlyOnce: { transactionTimeoutMs: 10_000 } },
  );
  await reaches(100);
  await stop(runtime);
  expect(sorted(await read("copies"))).toEqual(upTo(100));
  expect(ended.aborted).toBe(0);
  expect(ended.committed).toBeGreaterThan(4);
});

test("a step that takes too long for its transaction begins anew with fewer records", async () => {
  const { read, send, start, stop, clock, ended, reaches } = await createWorld();
  await send(...upTo(8));
  const attempts: number[] = [];
  const runtime = await start(
    async (message, context) => {
      if (message.value === 1) {
        attempts.push(context.attempt);
        if (context.attempt === 1) {
          await sleep(4_000, { clock });
          throw new Error("a second time, 4 s later");
        }
      }
      await copy(message, context);
    },
    { exactlyOnce: { transactionTimeoutMs: 10_000 }, retry: fixed({ attempts: 2, delayMs: 4_000 }), deadLetter: {} },
  );
  await reaches(8);
  await stop(runtime);
  expect(sorted(await read("copies"))).toEqual(upTo(8));
  expect(attempts).toEqual([1, 2]);
  expect(ended.aborted).toBe(1);
});

test("positions without records are committed too: behind an aborted transaction, and where a group began at the end", async () => {
  const { send, start, stop, clock, kafka, reaches, committed } = await createWorld();
  await send(1, 2);
  const producer = kafka.transactionalProducer({ transactionalId: "somebody" });
  const abort = async (): Promise<void> => {
    await producer.begin();
    await producer.send(orders, { key: "k", value: 3 });
    await producer.abort();
  };
  await clock.runUntil(abort());
  const latest = await start(copy, {}, { reset: "latest" });
  await reaches(4);
  await clock.runUntil(abort());
  await reaches(6);
  await stop(latest);
  expect(committed("orders")).toBe(6);
});

test("a graceful stop commits what has begun, and what has not is somebody else's, once", async () => {
  const { read, send, start, stop, clock, ended, reaches } = await createWorld();
  await send(...upTo(200));
  let handled = 0;
  const slow: Handler<string, number> = async (message, context) => {
    handled++;
    await sleep(50, { clock });
    await copy(message, context);
  };
  const first = await start(slow, { concurrency: 4 });
  await clock.runUntil(() => handled > 20);
  const second = await start(slow, { concurrency: 4 });
  await stop(first);
  await reaches(200);
  await stop(second);
  expect(handled).toBe(200);
  expect(sorted(await read("copies"))).toEqual(upTo(200));
  expect(ended.aborted).toBe(0);
});

test("a failure classified as halt stops the runtime, and nothing of its step is seen", async () => {
  const { read, send, start, clock } = await createWorld();
  await send(...upTo(10));
  const runtime = await start(
    async (message, context) => {
      await copy(message, context);
      if (message.value === 9) throw new Error("no further");
    },
    { classify: () => "halt" },
  );
  await expect(clock.runUntil(runtime.stopped)).rejects.toMatchObject({ code: "RUNTIME_HALTED" });
  expect(await read("copies")).toEqual([]);
});

test.each([500, 1])("what cannot be parked for want of room holds up no others, in steps of %i", async (maxBatchRecords) => {
  const { read, send, start, stop, committed, clock, reaches } = await createWorld();
  let isBroken = true;
  await send(...upTo(50));
  const runtime = await start(
    async (message, context) => {
      if (isBroken && message.value % 5 === 1) throw new Error("later");
      await copy(message, context);
    },
    {
      exactlyOnce: { maxBatchRecords },
      retry: noRetry,
      retryLater: fixed({ attempts: 50, delayMs: 30_000 }),
      maxParked: 1,
      deadLetter: {},
    },
  );
  await clock.advance(20_000);
  // Those of the other keys: known to be settled above the offset.
  expect(sorted(await read("copies"))).toEqual(upTo(50).filter((value) => value % 5 !== 1));
  expect(committed("orders")).toBe(6);
  isBroken = false;
  await reaches(50);
  await stop(runtime);
  const copied = await read("copies");
  expect(sorted(copied)).toEqual(upTo(50));
  expect(copied.filter((value) => value % 5 === 1)).toEqual(upTo(50).filter((value) => value % 5 === 1));
});

test("a drain waits until the step of what was taken in is committed", async () => {
  const { send, start, stop, clock, engine, committed } = await createWorld();
  await send(...upTo(10));
  engine.faults.delay("EndTxn", 2_000, { times: 10 });
  const runtime = await start(copy);
  await clock.runUntil(() => runtime.statistics().get("orders")!.handled === 10);
  await clock.runUntil(runtime.drain());
  expect(committed("orders")).toBe(10);
  await stop(runtime);
});

test("a rewind that running handlers outlive takes back what they have sent, and what is handled again is there once", async () => {
  const { read, send, start, stop, clock, reaches } = await createWorld();
  await send(...upTo(3));
  const gate = Promise.withResolvers<void>();
  let sent = 0;
  const runtime = await start(
    async (message, context) => {
      await copy(message, context);
      sent++;
      await gate.promise;
    },
    {},
    { drainMs: 500 },
  );
  await clock.runUntil(() => sent === 3);
  await clock.runUntil(runtime.rewind({ topic: "orders" }, 0));
  gate.resolve();
  await clock.runUntil(() => sent === 6);
  await reaches(3);
  await stop(runtime);
  expect(sorted(await read("copies"))).toEqual(upTo(3));
});

test("a paused partition does not keep what was handled from being committed, and a rewound one is handled again", async () => {
  const { read, send, start, stop, clock, committed, reaches } = await createWorld();
  await send(...upTo(100));
  const runtime = await start(
    async (message, context) => {
      await sleep(100, { clock });
      await copy(message, context);
    },
    { concurrency: 2 },
  );
  await clock.runUntil(() => runtime.statistics().get("orders")!.handled >= 10);
  runtime.pause();
  await clock.advance(5_000);
  const paused = committed("orders");
  expect(paused).toBeGreaterThan(0);
  expect(paused).toBeLessThan(20);
  runtime.resume();
  await reaches(100);
  await clock.runUntil(runtime.rewind({ topic: "orders" }, 90));
  await clock.runUntil(() => runtime.statistics().get("orders")!.handled === 110, { limitMs: 60_000 });
  await reaches(100);
  await stop(runtime);
  expect(sorted(await read("copies"))).toEqual(sorted([...upTo(100), ...upTo(10).map((value) => 90 + value)]));
});

test("attempts are counted on though the consumer is started again in between, and partitions are handed over", async () => {
  const { clock, engine, send, start, stop, read, reaches } = await createWorld();
  await send(...upTo(20));
  const attempts: number[] = [];
  const options = { retry: fixed({ attempts: 4, delayMs: 10_000 }), deadLetter: {}, exactlyOnce: { transactionTimeoutMs: 100_000 } };
  const runtime = await start(
    async (message, context) => {
      await copy(message, context);
      if (message.value !== 7) return;
      attempts.push(context.attempt);
      throw new Error("poison");
    },
    options,
    { restart: fixed({ attempts: 100, delayMs: 500 }) },
  );
  await clock.runUntil(() => attempts.length === 2);
  engine.faults.error("OffsetFetch", "COORDINATOR_LOAD_IN_PROGRESS", { forMs: 250_000 });
  // Another member comes, and leaves.
  const other = await start(copy, options);
  await stop(other);
  await clock.runUntil(() => runtime.health().reasons.some(({ code }) => code === "restarting"), { limitMs: 600_000 });
  await reaches(20);
  await stop(runtime);
  expect(attempts).toEqual([1, 2, 3, 4]);
  expect(sorted(await read("copies"))).toEqual(upTo(20).filter((value) => value !== 7));
});
