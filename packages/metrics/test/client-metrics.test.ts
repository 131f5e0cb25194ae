import { memory } from "@millrace/driver-memory";
import { createBrokerEngine } from "@millrace/embedded-kafka";
import type { Headers } from "@millrace/kafka";
import { context, propagation, ROOT_CONTEXT, SpanKind, trace } from "@opentelemetry/api";
import type { MetricData } from "@opentelemetry/sdk-metrics";
import { expect, test } from "vitest";
import { createInstrumentation } from "../src/index.ts";
import { handleOrders, openShop, orders } from "./support/shop.ts";
import { startTestTelemetry } from "./support/telemetry.ts";

function points(metric: MetricData | undefined): unknown[] {
  return (metric?.dataPoints ?? []).map(({ attributes, value }) => ({
    ...attributes,
    value: typeof value === "number" ? value : (value as { count: number }).count,
  }));
}

test("transactions are counted by how they ended", async () => {
  const telemetry = startTestTelemetry();
  const kafka = await openShop(createInstrumentation());
  const producer = kafka.transactionalProducer({ transactionalId: "t" });
  await producer.transaction(async (transaction) => await transaction.send(orders, { key: "a", value: "1" }));
  await expect(producer.transaction(() => Promise.reject(new Error("no")))).rejects.toThrow("no");
  const other = kafka.transactionalProducer({ transactionalId: "t" });
  await other.begin();
  await expect(producer.transaction(async (transaction) => await transaction.send(orders, { key: "b", value: "2" }))).rejects.toThrow();
  await other.abort();
  expect(points((await telemetry.metrics()).get("millrace.transactions"))).toEqual([
    { "millrace.outcome": "committed", value: 1 },
    { "millrace.outcome": "aborted", value: 2 },
    { "millrace.outcome": "fenced", value: 1 },
  ]);
});

test("offsets that are sent in a transaction are a commit of their group, whose span and duration say when it is refused", async () => {
  const telemetry = startTestTelemetry();
  const engine = createBrokerEngine({ topics: [{ name: "orders", partitions: 1 }] });
  const kafka = await openShop(createInstrumentation(), memory({ engine }));
  const producer = kafka.transactionalProducer({ transactionalId: "t" });
  const offsets = [{ topic: "orders", partition: 0, offset: 1 }];
  await producer.transaction(async (transaction) => await transaction.sendOffsets(offsets, { group: "billing" }));
  engine.faults.error("TxnOffsetCommit", "GROUP_AUTHORIZATION_FAILED");
  await expect(producer.transaction(async (transaction) => await transaction.sendOffsets(offsets, { group: "billing" }))).rejects.toThrow();
  const commits = telemetry.spans().filter(({ name }) => name === "commit");
  expect(commits.map(({ kind, attributes }) => [kind, attributes])).toEqual(
    [{}, { "error.type": "GROUP_AUTHORIZATION_FAILED" }].map((failure) => [
      SpanKind.CLIENT,
      {
        "messaging.system": "kafka",
        "messaging.operation.name": "commit",
        "messaging.operation.type": "settle",
        "messaging.consumer.group.name": "billing",
        "messaging.client.id": "shop",
        ...failure,
      },
    ]),
  );
  const durations = points((await telemetry.metrics()).get("messaging.client.operation.duration"));
  expect(durations).toEqual(
    [{}, { "error.type": "GROUP_AUTHORIZATION_FAILED" }].map((failure) => expect.objectContaining({ ...failure, value: 1 })),
  );
});

test("rebalances, commits and what waits to be acknowledged are measured", async () => {
  const telemetry = startTestTelemetry();
  const instrumentation = createInstrumentation();
  const kafka = await openShop(instrumentation);
  const producer = kafka.producer();
  await producer.send(orders, { key: "a", value: "1" });
  const sent = producer.send(orders, { key: "b", value: "2" });
  const [waiting] = points((await telemetry.metrics()).get("millrace.send.buffered")) as { value: number }[];
  expect(waiting?.value).toBeGreaterThan(0);
  await sent;
  await handleOrders(kafka, instrumentation, 2, () => undefined);
  const measured = await telemetry.metrics();
  expect(points(measured.get("millrace.send.buffered"))).toEqual([{ value: 0 }]);
  for (const name of ["millrace.rebalances", "millrace.rebalance.duration"]) {
    expect(points(measured.get(name)), name).toEqual([{ "messaging.consumer.group.name": "billing", value: 1 }]);
  }
});

test("a send that fails is counted under its kind of failure, and its span says so", async () => {
  const telemetry = startTestTelemetry();
  const engine = createBrokerEngine({ topics: [{ name: "orders", partitions: 1 }] });
  const kafka = await openShop(createInstrumentation(), memory({ engine }));
  engine.faults.error("Produce", "TOPIC_AUTHORIZATION_FAILED");
  await expect(kafka.producer().send(orders, { key: "a", value: "1" })).rejects.toThrow();
  expect(points((await telemetry.metrics()).get("messaging.client.sent.messages"))).toEqual([
    expect.objectContaining({ "error.type": "TOPIC_AUTHORIZATION_FAILED", value: 1 }),
  ]);
  const span = telemetry.spans().find(({ name }) => name === "send orders");
  expect(span?.attributes["error.type"]).toBe("TOPIC_AUTHORIZATION_FAILED");
});

async function headersOf(send: (headers: Headers) => Headers, spans: "batch" | "message" | "none"): Promise<readonly string[]> {
  const telemetry = startTestTelemetry();
  const instrumentation = createInstrumentation({ spans });
  const kafka = await openShop(instrumentation);
  const headers = send([["own", Buffer.from("1")]]);
  const message = { topic: "orders", key: null, value: Buffer.from("1"), headers };
  await trace.getTracer("application").startActiveSpan("request", async () => await kafka.producer().sendRaw(message));
  const names: string[] = [];
  await handleOrders(kafka, instrumentation, 1, (record) => void names.push(...record.headers.map(([name]) => name)));
  await telemetry.stop();
  return names;
}

test("a message gets its sender's context after its own headers; one that has a context keeps it, and with no spans none is written", async () => {
  const given = ["traceparent", Buffer.from("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")] as const;
  expect(await headersOf((own) => own, "batch")).toEqual(["own", "traceparent"]);
  expect(await headersOf((own) => own, "message")).toEqual(["own", "traceparent"]);
  expect(await headersOf((own) => [...own, given], "batch")).toEqual(["own", "traceparent"]);
  expect(await headersOf((own) => [given, ...own], "message")).toEqual(["traceparent", "own"]);
  expect(await headersOf((own) => own, "none")).toEqual(["own"]);
});

test("outside of any span nothing is written into messages, and without an SDK nothing at all is done", async () => {
  const telemetry = startTestTelemetry();
  const instrumentation = createInstrumentation();
  expect(instrumentation.inject("orders", { headers: [] })).toBe(undefined);
  const baggage = propagation.setBaggage(ROOT_CONTEXT, propagation.createBaggage({ tenant: { value: "7" } }));
  expect(context.with(baggage, () => instrumentation.inject("orders", { headers: [] }))).toEqual([["baggage", "tenant=7"]]);
  await telemetry.stop();
  const unobserved = createInstrumentation();
  const message = { headers: [], key: null, value: null, offset: 0 };
  expect(unobserved.beginProcessing({ name: "process", topic: "orders", messages: [message] })).toBe(undefined);
  expect(unobserved.inject("orders", message)).toBe(undefined);
  unobserved.close();
});
