import { trace } from "@opentelemetry/api";
import type { ReadableSpan } from "@opentelemetry/sdk-trace";
import { expect, test } from "vitest";
import { createInstrumentation, metricCatalogue } from "../src/index.ts";
import { deprecatedAttributes, messageAttributes, metricConventions, spanConventions } from "./support/conventions.ts";
import { handleOrders, openShop, orders } from "./support/shop.ts";
import { startTestTelemetry } from "./support/telemetry.ts";

const application = (): ReturnType<typeof trace.getTracer> => trace.getTracer("application");

/** Two orders are sent by one request and handled, the second at its second attempt. */
async function play(spans: "batch" | "message", conventions: "newest" | "both" = "newest"): Promise<ReturnType<typeof startTestTelemetry>> {
  const telemetry = startTestTelemetry();
  const instrumentation = createInstrumentation({ spans, conventions, partitions: true });
  const kafka = await openShop(instrumentation);
  const producer = kafka.producer();
  await application().startActiveSpan("request", async (request) => {
    await producer.sendBatch(orders, [
      { key: "a", value: "1" },
      { key: "b", value: null, headers: { "correlation-id": "c7" } },
    ]);
    request.end();
  });
  await handleOrders(kafka, instrumentation, 2, ({ offset }, attempt) => {
    application().startSpan("inside").end();
    if (offset === 1 && attempt === 1) throw new RangeError("not yet");
  });
  return telemetry;
}

function compare(spans: readonly ReadableSpan[], row: string, name: string, attributesOnLinks: boolean): void {
  const convention = spanConventions[row]!;
  const own = spans.filter((span) => span.name === name);
  expect(own.length, name).toBeGreaterThan(0);
  for (const { kind, attributes, links } of own) {
    const names = Object.keys(attributes);
    expect(kind, name).toBe(convention.kind);
    expect(attributes["messaging.system"]).toBe("kafka");
    expect(attributes["messaging.operation.name"]).toBe(name.split(" ")[0]);
    expect(attributes["messaging.operation.type"]).toBe(convention.type);
    expect(names).toEqual(expect.arrayContaining([...convention.required]));
    expect(names.filter((given) => ![...convention.required, ...convention.allowed, "millrace.attempt"].includes(given))).toEqual([]);
    const onLinks = links.flatMap((link) => Object.keys(link.attributes ?? {}));
    expect(onLinks.filter((given) => !messageAttributes.includes(given))).toEqual([]);
    expect(onLinks.length > 0, `${name}: attributes on links`).toBe(attributesOnLinks);
  }
}

test("spans of batches are named, typed and attributed as the conventions' table says; what differs between messages is on the links", async () => {
  const spans = (await play("batch")).spans();
  const ours = spans.filter(({ attributes }) => attributes["messaging.system"] !== undefined);
  expect([...new Set(ours.map(({ name }) => name))].toSorted()).toEqual(["commit", "poll orders", "process orders", "send orders"]);
  compare(ours, "send", "send orders", true);
  compare(ours, "poll", "poll orders", true);
  compare(ours, "process batch", "process orders", true);
  compare(ours, "commit", "commit", false);
  const processed = ours.find(({ name }) => name === "process orders")!;
  expect(processed.attributes["messaging.batch.message_count"]).toBe(2);
  expect(processed.links.map(({ attributes }) => attributes)).toEqual([
    { "messaging.kafka.offset": 0, "messaging.kafka.message.key": "a", "messaging.message.conversation_id": "orders/0/0" },
    {
      "messaging.kafka.offset": 1,
      "messaging.kafka.message.key": "b",
      "messaging.kafka.message.tombstone": true,
      "messaging.message.conversation_id": "c7",
    },
  ]);
});

test("spans of messages are named, typed and attributed as the conventions' table says, one for each attempt", async () => {
  const spans = (await play("message")).spans();
  const ours = spans.filter(({ attributes }) => attributes["messaging.system"] !== undefined);
  compare(ours, "create", "create orders", false);
  compare(ours, "send", "send orders", true);
  compare(ours, "process message", "process orders", false);
  const processed = ours.filter(({ name }) => name === "process orders").map(({ attributes }) => attributes);
  expect(
    processed.map((attributes) => [attributes["messaging.kafka.offset"], attributes["millrace.attempt"], attributes["error.type"]]),
  ).toEqual([
    [0, undefined, undefined],
    [1, undefined, "RangeError"],
    [1, 2, undefined],
  ]);
});

test("a handler's own spans are in the trace of the request that sent the message, in both ways of making spans", async () => {
  for (const spans of ["batch", "message"] as const) {
    const telemetry = await play(spans);
    const request = telemetry.spans().find(({ name }) => name === "request")!;
    const inside = telemetry.spans().filter(({ name }) => name === "inside");
    expect(inside.map((span) => span.spanContext().traceId)).toEqual(Array.from({ length: 3 }, () => request.spanContext().traceId));
    await telemetry.stop();
  }
});

test("names that the conventions have given up appear only when both are asked for", async () => {
  const namesOf = (spans: readonly ReadableSpan[]): Set<string> => new Set(spans.flatMap(({ attributes }) => Object.keys(attributes)));
  const newest = await play("message");
  expect(deprecatedAttributes.filter((name) => namesOf(newest.spans()).has(name))).toEqual([]);
  await newest.stop();
  const both = await play("message", "both");
  expect(deprecatedAttributes.filter((name) => !namesOf(both.spans()).has(name))).toEqual([]);
});

test("the four standard metrics have the conventions' names, units, buckets and attributes, and count every message once", async () => {
  const measured = await (await play("batch")).metrics();
  for (const [name, { unit, required, allowed, buckets }] of Object.entries(metricConventions)) {
    const metric = measured.get(name);
    expect(metric?.descriptor.unit, name).toBe(unit);
    for (const { attributes, value } of metric?.dataPoints ?? []) {
      expect(Object.keys(attributes), name).toEqual(expect.arrayContaining([...required]));
      expect(
        Object.keys(attributes).filter((given) => !allowed.includes(given)),
        name,
      ).toEqual([]);
      if (buckets !== undefined) expect(value, name).toMatchObject({ buckets: { boundaries: buckets } });
    }
  }
  expect(measured.get("messaging.client.sent.messages")?.dataPoints.map(({ value }) => value)).toEqual([2]);
  expect(measured.get("messaging.client.consumed.messages")?.dataPoints.map(({ value }) => value)).toEqual([2]);
  const attempts = measured.get("messaging.process.duration")?.dataPoints ?? [];
  expect(attempts.map(({ attributes, value }) => [attributes["error.type"], (value as { count: number }).count])).toEqual([
    [undefined, 2],
    ["RangeError", 1],
  ]);
});

test("metrics have the names of conventions up to 1.24 beside the newest only when both are asked for", async () => {
  const older = ["messaging.publish.duration", "messaging.publish.messages", "messaging.receive.duration", "messaging.receive.messages"];
  const newest = await play("batch");
  const measuredThen = await newest.metrics();
  expect(older.filter((name) => measuredThen.has(name))).toEqual([]);
  await newest.stop();
  const measured = await (await play("batch", "both")).metrics();
  for (const name of Object.keys(metricConventions)) expect(measured.has(name), name).toBe(true);
  for (const name of older) {
    const points = (measured.get(name)?.dataPoints ?? []).map(({ attributes, value }) => ({
      ...attributes,
      value: typeof value === "number" ? value : (value as { count: number }).count > 0,
    }));
    const of = { "messaging.system": "kafka", "messaging.destination.name": "orders" };
    expect(points, name).toEqual([{ ...of, value: name.endsWith("messages") ? 2 : true }]);
  }
});

test("no metric is measured that the catalogue does not name", async () => {
  const measured = await (await play("batch")).metrics();
  const known = new Map(metricCatalogue.map((definition) => [definition.name, definition]));
  for (const [name, { descriptor, dataPoints }] of measured) {
    const definition = known.get(name);
    expect(descriptor, name).toMatchObject({ unit: definition?.unit, description: definition?.description });
    const allowed = Object.values(definition?.attributes ?? {});
    for (const { attributes } of dataPoints) expect(allowed, name).toEqual(expect.arrayContaining(Object.keys(attributes)));
  }
});
