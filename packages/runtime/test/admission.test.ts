import { startEmbeddedKafka } from "@millrace/embedded-kafka";
import { createKafka } from "@millrace/kafka";
import { string } from "@millrace/serdes";
import { defineTopic } from "@millrace/topics";
import { expect, onTestFinished, test } from "vitest";
import { createRuntime, type ProcessOptions } from "../src/index.ts";
import { until } from "./support/harness.ts";
import { socketDrivers } from "./support/socket-drivers.ts";
import { createVirtualCluster } from "./support/virtual-cluster.ts";

const jobs = defineTopic({ name: "jobs", key: string(), value: string(), partitions: 2 });

async function createWorld(options: ProcessOptions<string>) {
  const cluster = createVirtualCluster();
  const { clock } = cluster;
  const start = clock.monotonic();
  const handled: { readonly value: string; readonly atMs: number }[] = [];
  const run = async () => {
    const runtime = createRuntime(cluster.parts());
    runtime.process(jobs, options, ({ value }) => void handled.push({ value, atMs: clock.monotonic() - start }));
    await clock.runUntil(runtime.start());
    return runtime;
  };
  const producer = cluster.kafka.producer();
  await clock.runUntil(cluster.kafka.admin().ensureTopics([jobs]));
  const send = async (count: number, from = 0, partition = 0): Promise<void> => {
    const messages = Array.from({ length: count }, (_, n) => ({ key: `k${n}`, value: `${from + n}`, partition }));
    await clock.runUntil(producer.sendBatch(jobs, messages));
  };
  return { ...cluster, handled, run, send };
}

test("records are handled no earlier than their delay, and their offsets are committed then", async () => {
  const { clock, handled, run, send, committed } = await createWorld({ delayMs: 60_000 });
  await send(5);
  await clock.advance(10_000);
  const runtime = await run();
  await send(5, 5);
  await clock.runUntil(() => handled.length === 5);
  expect(handled.every(({ atMs }) => atMs >= 60_000 && atMs < 60_100)).toBe(true);
  expect(committed("jobs")).toBe(0);
  await clock.advance(1_000);
  expect(committed("jobs")).toBe(5);
  await clock.runUntil(() => handled.length === 10);
  expect(handled.slice(5).every(({ atMs }) => atMs >= 70_000 && atMs < 71_000)).toBe(true);
  await clock.runUntil(runtime.stop());
  expect(committed("jobs")).toBe(10);
});

test("a record that waits for its time holds up neither other partitions nor a stop, and comes again", async () => {
  const { clock, handled, run, send, committed } = await createWorld({ delayMs: 60_000 });
  await send(1, 0, 1);
  await clock.advance(59_000);
  await send(3);
  const first = await run();
  await clock.runUntil(() => handled.length === 1);
  const before = clock.monotonic();
  await clock.runUntil(first.stop());
  expect(clock.monotonic() - before).toBeLessThan(1_000);
  expect([committed("jobs", 0), committed("jobs", 1)]).toEqual([0, 1]);
  const second = await run();
  await clock.runUntil(() => handled.length === 4);
  expect(handled.map(({ value }) => value)).toEqual(["0", "0", "1", "2"]);
  await clock.runUntil(second.stop());
});

test("so many messages a second are taken in over all partitions, and no more lie in memory than that", async () => {
  const { clock, handled, run, send } = await createWorld({ rateLimit: { messagesPerSecond: 20 } });
  await send(50, 0, 0);
  await send(50, 50, 1);
  const runtime = await run();
  await clock.runUntil(() => handled.length > 0);
  const { atMs } = handled[0]!;
  await clock.runUntil(() => handled.length === 100);
  for (const [index, one] of handled.entries()) expect(Math.abs(one.atMs - atMs - index * 50)).toBeLessThanOrEqual(50);
  await clock.runUntil(runtime.stop());
});

test.each(socketDrivers)("a limit and a delay are kept, and nothing is lost over a stop in between, over %s", async (_name, driver) => {
  const broker = await startEmbeddedKafka();
  onTestFinished(() => broker.close());
  const kafka = createKafka({ driver: driver(broker.brokers) });
  onTestFinished(() => kafka.close());
  const handled: { readonly value: string; readonly age: number; readonly at: number }[] = [];
  const run = async () => {
    const runtime = createRuntime({ kafka, group: "g", commitIntervalMs: 50 });
    runtime.process(jobs, { delayMs: 300, rateLimit: { messagesPerSecond: 200 } }, ({ value, timestamp }) => {
      handled.push({ value, age: Date.now() - timestamp, at: performance.now() });
    });
    await runtime.start();
    return runtime;
  };
  const first = await run();
  await kafka.producer().sendBatch(
    jobs,
    Array.from({ length: 200 }, (_, n) => ({ key: `k${n}`, value: `${n}` })),
  );
  await until(() => handled.length >= 50, "some");
  await first.stop();
  expect(handled.length).toBeLessThan(200);
  const second = await run();
  await until(() => new Set(handled.map(({ value }) => value)).size === 200, "the others");
  await second.stop();
  expect(handled.length).toBe(200);
  expect(Math.min(...handled.map(({ age }) => age))).toBeGreaterThanOrEqual(300);
  expect(handled.at(-1)!.at - handled[0]!.at).toBeGreaterThan(800);
});
