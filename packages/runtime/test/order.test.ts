import { fixed, sleep } from "@millrace/core";
import { json, string } from "@millrace/serdes";
import { seededRandom } from "@millrace/testing";
import { defineTopic } from "@millrace/topics";
import { expect, test } from "vitest";
import { createRuntime } from "../src/index.ts";
import { createCluster, until } from "./support/harness.ts";

const ticks = defineTopic({ name: "ticks", key: string(), value: json<{ n: number }>(), partitions: 3 });
const doubled = defineTopic({ name: "doubled", key: string(), value: json<{ n: number }>(), partitions: 1 });

test("[000-59] keys run side by side, each on one partition and in the order in which it was sent, retries included", async () => {
  const { kafka, committed } = createCluster();
  const random = seededRandom(7);
  const seen = new Map<string, number[]>();
  const places = new Map<string, Set<number>>();
  const runtime = createRuntime({ kafka, group: "g", commitIntervalMs: 20 });
  runtime.process(ticks, { concurrency: 8, retry: fixed({ attempts: 10, delayMs: 2 }) }, async ({ key, value, partition }) => {
    places.set(key!, (places.get(key!) ?? new Set()).add(partition));
    await sleep(random() * 3);
    if (random() < 0.2) throw new Error("a passing fault");
    seen.set(key!, [...(seen.get(key!) ?? []), value.n]);
  });
  await runtime.start();
  const producer = kafka.producer();
  await Promise.all(Array.from({ length: 400 }, (_, n) => producer.send(ticks, { key: `k${n % 17}`, value: { n } })));
  await until(() => runtime.statistics().get("ticks")?.handled === 400, "all records");
  for (const [key, order] of seen) expect(order, key).toEqual(order.toSorted((a, b) => a - b));
  expect(seen.size).toBe(17);
  expect([...places.values()].map(({ size }) => size)).toEqual(Array.from({ length: 17 }, () => 1));
  const statistics = runtime.statistics().get("ticks")!;
  expect(statistics.retried).toBeGreaterThan(0);
  expect(statistics.peakConcurrency).toBeGreaterThan(1);
  expect(statistics.peakConcurrency).toBeLessThanOrEqual(8);
  await runtime.stop();
  expect([0, 1, 2].reduce((sum, partition) => sum + committed("g", "ticks", partition), 0)).toBe(400);
});

test("what a handler sends is on its topic when the record counts as handled, though nobody awaited it", async () => {
  const { kafka, read } = createCluster();
  const runtime = createRuntime({ kafka, group: "g" });
  runtime.process(ticks, {}, ({ key, value }, context) => {
    void context.send(doubled, { key, value: { n: value.n * 2 } });
  });
  await runtime.start();
  await kafka.producer().sendBatch(
    ticks,
    [1, 2, 3].map((n) => ({ key: "a", value: { n } })),
  );
  await until(() => runtime.statistics().get("ticks")?.handled === 3, "three records");
  expect((await read("doubled")).map(({ value }) => String(value))).toEqual(['{"n":2}', '{"n":4}', '{"n":6}']);
  await runtime.stop();
});

test("one slow record holds back its partition's fetching after maxBufferedRecords, not its neighbours", async () => {
  const { kafka } = createCluster();
  const release = Promise.withResolvers<void>();
  const handled = new Set<number>();
  const runtime = createRuntime({ kafka, group: "g", maxBufferedRecords: 50 });
  runtime.process(ticks, { concurrency: 4 }, async ({ value }) => {
    if (value.n === 0) await release.promise;
    handled.add(value.n);
  });
  await runtime.start();
  const producer = kafka.producer();
  // One record per batch, so that the bound is met between them.
  for (let n = 0; n < 200; n++) await producer.send(ticks, { key: `k${n}`, value: { n }, partition: 0 });
  for (let n = 200; n < 250; n++) await producer.send(ticks, { key: `k${n}`, value: { n }, partition: 1 });
  await until(() => [...handled].filter((n) => n >= 200).length === 50, "the other partition");
  const before = handled.size;
  expect(before).toBeLessThan(50 + 199);
  release.resolve();
  await until(() => handled.size === 250, "everything");
  await runtime.stop();
});

test("tombstones reach onTombstone, in their key's order", async () => {
  const { kafka } = createCluster();
  const state = new Map<string, number>();
  const runtime = createRuntime({ kafka, group: "g" });
  const onTombstone = ({ key }: { readonly key: string | null }): void => {
    state.delete(key!);
  };
  runtime.process(ticks, { onTombstone }, ({ key, value }) => {
    state.set(key!, value.n);
  });
  await runtime.start();
  const producer = kafka.producer();
  await producer.send(ticks, { key: "a", value: { n: 1 } });
  await producer.send(ticks, { key: "b", value: { n: 2 } });
  await producer.send(ticks, { key: "a", value: null });
  await until(() => runtime.statistics().get("ticks")?.handled === 3, "three records");
  expect([...state]).toEqual([["b", 2]]);
  await runtime.stop();
});

test("a full buffer, or a partition that waits for a slow record, does not hold up stopping", async () => {
  const { kafka, committed } = createCluster();
  const runtime = createRuntime({ kafka, group: "g", maxBufferedRecords: 5, drainMs: 50 });
  let running = 0;
  runtime.process(ticks, { concurrency: 3 }, async (_message, { signal }) => {
    running++;
    await new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
  });
  await runtime.start();
  const producer = kafka.producer();
  for (let n = 0; n < 30; n++) await producer.send(ticks, { key: `k${n}`, value: { n } });
  await until(() => running === 3, "handlers");
  await runtime.stop();
  expect(running).toBe(3);
  expect([0, 1, 2].map((partition) => committed("g", "ticks", partition))).toEqual([0, 0, 0]);
});
