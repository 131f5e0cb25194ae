import { expect, test } from "vitest";
import { createInstrumentation, metricCatalogue } from "../src/index.ts";
import { startTestTelemetry } from "./support/telemetry.ts";

test("a million keys, offsets and failures make no more series than a few", async () => {
  const telemetry = startTestTelemetry();
  const instrumentation = createInstrumentation({ spans: "none" });
  const batch = { topic: "orders", partition: 0, group: "billing" };
  for (let key = 0; key < 1_000_000; key++) {
    // Whoever counts may give more than a metric takes, a new object each time.
    instrumentation.count("millrace.slow.seconds", 1, { topic: "orders", group: "billing", reason: "handler", key, offset: key });
    if (key % 100 > 0) continue;
    const error = Object.assign(new Error("no"), { name: `Order${key}Error` });
    instrumentation.begin({ name: "send", ...batch, messageCount: 1 })(key % 1_000 === 0 ? error : undefined);
    instrumentation.begin({ name: "poll", ...batch, clientId: `client-${key}`, messageCount: 1 })();
  }
  for (const [name, { dataPoints }] of await telemetry.metrics()) expect(dataPoints.length, name).toBeLessThanOrEqual(60);
  const settled = (await telemetry.metrics()).get("millrace.slow.seconds");
  expect(settled?.dataPoints.map(({ attributes, value }) => ({ ...attributes, value }))).toEqual([
    {
      "messaging.destination.name": "orders",
      "messaging.consumer.group.name": "billing",
      "millrace.reason": "handler",
      value: 1_000_000,
    },
  ]);
}, 240_000);

test("more topics than OpenTelemetry keeps apart become one series, and nothing is lost from the sum", async () => {
  const telemetry = startTestTelemetry();
  const instrumentation = createInstrumentation({ spans: "none" });
  for (let topic = 0; topic < 5_000; topic++)
    instrumentation.count("millrace.records.retried", 1, { topic: `t-${topic}`, group: "billing" });
  const points = (await telemetry.metrics()).get("millrace.records.retried")?.dataPoints ?? [];
  expect(points.length).toBeLessThan(2_000);
  expect(points.reduce((sum, { value }) => sum + (value as number), 0)).toBe(5_000);
});

test("no metric has an attribute whose values nobody bounds", () => {
  const bounded = new Set([
    "messaging.system",
    "messaging.operation.name",
    "messaging.operation.type",
    "messaging.destination.name",
    "messaging.destination.partition.id",
    "messaging.consumer.group.name",
    "error.type",
    "millrace.outcome",
    "millrace.reason",
    "millrace.result",
    "millrace.status",
  ]);
  for (const { name, attributes } of metricCatalogue) {
    expect(
      Object.values(attributes).filter((attribute) => !bounded.has(attribute)),
      name,
    ).toEqual([]);
  }
});

test("gauges are read when somebody looks, as the sum of all who have something to say, until they stop", async () => {
  const telemetry = startTestTelemetry();
  const instrumentation = createInstrumentation({ spans: "none" });
  const of = { topic: "orders", group: "billing" };
  const cancel = instrumentation.observe("millrace.records.in_flight", () => 3, of);
  instrumentation.observe("millrace.records.in_flight", () => 4, of);
  instrumentation.observe("millrace.unknown", () => 1);
  instrumentation.gauge("millrace.send.buffered", 10);
  instrumentation.gauge("millrace.send.buffered", 20);
  const valuesOf = async (name: string): Promise<unknown> => (await telemetry.metrics()).get(name)?.dataPoints.map(({ value }) => value);
  expect(await valuesOf("millrace.records.in_flight")).toEqual([7]);
  expect(await valuesOf("millrace.send.buffered")).toEqual([20]);
  cancel();
  expect(await valuesOf("millrace.records.in_flight")).toEqual([4]);
  let reads = 0;
  instrumentation.observe("millrace.records.in_flight", () => reads++, of);
  instrumentation.close();
  instrumentation.close();
  await telemetry.metrics();
  expect(reads).toBe(0);
});

test("instrumentations of one meter count together, each until it is closed, whatever else one of them measures", async () => {
  const telemetry = startTestTelemetry();
  const [one, other] = [createInstrumentation(), createInstrumentation({ agentMetrics: true })];
  const valuesOf = async (name: string): Promise<unknown> =>
    (await telemetry.metrics())
      .get(name)
      ?.dataPoints.map(({ value }) => (typeof value === "number" ? value : (value as { count: number }).count));
  for (const instrumentation of [one, other]) {
    instrumentation.count("millrace.transactions", 3, { outcome: "committed" });
    instrumentation.observe("millrace.send.buffered", () => 5);
    instrumentation.begin({ name: "poll", topic: "orders", group: "billing", messageCount: 2 })();
  }
  expect(await valuesOf("millrace.transactions")).toEqual([6]);
  expect(await valuesOf("millrace.send.buffered")).toEqual([10]);
  expect(await valuesOf("millrace.poll.batch.size")).toEqual([2]);
  expect(await valuesOf("messages_received")).toEqual([2]);
  one.close();
  one.close();
  other.count("millrace.transactions", 1, { outcome: "committed" });
  // Twice the same: nothing is counted again because it is looked at again.
  for (const _ of [1, 2]) expect(await valuesOf("millrace.transactions")).toEqual([7]);
  other.close();
  const later = createInstrumentation();
  later.count("millrace.transactions", 1, { outcome: "aborted" });
  // The SDK shows a series that it has seen for good.
  expect(await valuesOf("millrace.transactions")).toEqual([7, 1]);
});
