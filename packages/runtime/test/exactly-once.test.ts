import { fixed } from "@millrace/core";
import { readTopics } from "@millrace/kafka";
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
}

async function createWorld(): Promise<World> {
  const cluster = createVirtualCluster();
  const { clock, kafka, parts } = cluster;
  await clock.runUntil(kafka.admin().ensureTopics([orders, copies], { mode: "create" }));
  const producer = kafka.producer();
  return {
    ...cluster,
    async send(...numbers) {
      await clock.runUntil(
        producer.sendBatch(
          orders,
          numbers.map((value) => ({ key: `k${value % 5}`, value })),
        ),
      );
    },
    async start(handler, options = {}, changes = {}) {
      const runtime = createRuntime(parts(changes));
      runtime.process(orders, { exactlyOnce: true, ...options }, handler);
      await clock.runUntil(runtime.start());
      return runtime;
    },
    stop: (runtime) => clock.runUntil(runtime.stop()),
    async read(topic) {
      const values: number[] = [];
      const reading = async (): Promise<void> => {
        for await (const { value } of readTopics(kafka, [topic])) values.push(JSON.parse(String(value)) as number);
      };
      await clock.runUntil(reading());
      return values;
    },
  };
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
const sorted = (numbers: readonly number[]): number[] => numbers.toSorted((a, b) => a - b);

test("records, what their handlers send and their offsets are one transaction a step", async () => {
  const world = await createWorld();
  const { clock, engine, committed, read, send, start, stop } = world;
  await send(...upTo(1_200));
  const runtime = await start(async ({ key, value }, context) => {
    await context.send(copies, { key, value });
  });
  await clock.runUntil(() => committed("orders") === 1_200, { limitMs: 60_000 });
  await stop(runtime);
  expect(sorted(await read("copies"))).toEqual(upTo(1_200));
  // Three steps of at most 500 records.
  expect(engine.records("copies").length).toBe(1_200);
});

test("a record whose failed attempts have sent something is dead-lettered within attempts + 1 transactions, and nothing of these attempts is seen", async () => {
  const world = await createWorld();
  const { clock, committed, read, send, start, stop, engine } = world;
  await send(...upTo(500));
  let calls = 0;
  const runtime = await start(
    async ({ key, value }, context) => {
      await context.send(copies, { key, value });
      if (value !== 321) return;
      expect(context.attempt).toBe(++calls);
      throw new Error("poison");
    },
    { retry: fixed({ attempts: 5, delayMs: 100 }), deadLetter: {} },
  );
  await clock.runUntil(() => committed("orders") === 500, { limitMs: 60_000 });
  await stop(runtime);
  expect(calls).toBe(5);
  expect(sorted(await read("copies"))).toEqual(upTo(500).filter((value) => value !== 321));
  const letters = engine.records("dlq.orders");
  expect(letters.length).toBe(1);
  expect(decodeDeadLetter({ ...letters[0]!, topic: "dlq.orders", headers: [] })).toMatchObject({
    attempts: 5,
    disposition: "attempts-exhausted",
  });
});
