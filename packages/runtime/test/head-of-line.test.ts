import { createLogger, fixed, type LogEntry, noInstrumentation, noRetry } from "@millrace/core";
import { json, string } from "@millrace/serdes";
import { defineTopic } from "@millrace/topics";
import { expect, test } from "vitest";
import { createRuntime } from "../src/index.ts";
import { createVirtualCluster } from "./support/virtual-cluster.ts";

const orders = defineTopic({ name: "orders", key: string(), value: json<{ n: number }>(), partitions: 1 });
const minute = 60_000;

test("a record that alone holds back its partition is parked, the partition goes on, and the record is handled when its time has come", async () => {
  const { clock, kafka, parts, committed } = createVirtualCluster();
  const handled: number[] = [];
  const logged: LogEntry[] = [];
  const logger = createLogger({ level: "warn", write: (entry) => logged.push(entry) });
  const runtime = createRuntime(parts({ maxBufferedRecords: 100, logger }));
  const headOfLine = { afterMs: minute, action: "retry-later" as const };
  const retryLater = fixed({ attempts: 3, delayMs: 10 * minute });
  runtime.process(
    orders,
    { concurrency: 10, retry: noRetry, retryLater, deadLetter: {}, headOfLine },
    async ({ value }, { round, signal }) => {
      if (value.n === 0 && round === 1) await new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
      handled.push(value.n);
    },
  );
  await clock.runUntil(runtime.start());
  const producer = kafka.producer();
  for (let n = 0; n < 300; n += 10) {
    const batch = Array.from({ length: 10 }, (_, index) => ({ key: `k${n + index}`, value: { n: n + index } }));
    await clock.runUntil(producer.sendBatch(orders, batch));
    await clock.advance(10);
  }
  await clock.advance(minute / 2);
  const before = handled.length;
  expect(before).toBeLessThan(150);
  expect(committed("orders")).toBe(0);
  await clock.advance(minute);
  expect(handled).toHaveLength(299);
  expect(committed("orders")).toBe(300);
  expect(logged.filter(({ fields }) => fields?.["action"] === "retry-later")).toHaveLength(1);
  expect(runtime.statistics().get("orders")).toMatchObject({ handled: 299, parked: 1, deadLettered: 0 });
  await clock.advance(10 * minute);
  expect(handled).toHaveLength(300);
  expect(handled.at(-1)).toBe(0);
  await clock.runUntil(runtime.stop());
});

test("a runtime counts for every second what it has waited for", async () => {
  const { clock, kafka, parts } = createVirtualCluster();
  const counted = new Map<unknown, number>();
  const instrumentation = {
    ...noInstrumentation,
    count(name: string, amount: number, attributes: Readonly<Record<string, unknown>> = {}) {
      if (name === "millrace.slow.seconds") counted.set(attributes["reason"], (counted.get(attributes["reason"]) ?? 0) + amount);
    },
  };
  const runtime = createRuntime(parts({ instrumentation }));
  runtime.process(orders, { concurrency: 1 }, async ({ value }) => {
    await new Promise<void>((resolve) => clock.schedule(value.n, resolve));
  });
  await clock.runUntil(runtime.start());
  await clock.advance(minute);
  await clock.runUntil(
    kafka.producer().sendBatch(orders, [
      { key: "a", value: { n: minute } },
      { key: "b", value: { n: minute } },
    ]),
  );
  await clock.advance(3 * minute);
  const { slowSeconds } = runtime.statistics().get("orders")!;
  expect(slowSeconds.handler).toBeGreaterThan(118);
  expect(slowSeconds.handler).toBeLessThan(122);
  expect(slowSeconds.broker).toBeGreaterThan(115);
  const elapsed = Object.values(slowSeconds).reduce((sum, seconds) => sum + seconds, 0);
  expect(elapsed).toBeGreaterThan(238);
  expect(counted.get("handler")).toBe(slowSeconds.handler);
  await clock.runUntil(runtime.stop());
});
