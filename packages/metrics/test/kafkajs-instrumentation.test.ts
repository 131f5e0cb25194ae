import { createRequire } from "node:module";
import { kafkajs } from "@millrace/driver-kafkajs";
import { startEmbeddedKafka } from "@millrace/embedded-kafka";
import { SpanKind, trace } from "@opentelemetry/api";
import { KafkaJsInstrumentation } from "@opentelemetry/instrumentation-kafkajs";
import type { ReadableSpan } from "@opentelemetry/sdk-trace";
import { afterAll, expect, onTestFinished, test } from "vitest";
import { createInstrumentation } from "../src/index.ts";
import { handleOrders, openShop, orders } from "./support/shop.ts";
import { startTestTelemetry } from "./support/telemetry.ts";

// It patches a module once, when that is loaded.
const theirs = new KafkaJsInstrumentation();
afterAll(() => theirs.disable());

/** Another service, written with kafkajs and traced by OpenTelemetry's own instrumentation, which sees only what is required and not what is imported. */
function tracedKafkajs(brokers: string[]): import("kafkajs").Kafka {
  theirs.setTracerProvider(trace.getTracerProvider());
  const { Kafka, logLevel } = createRequire(import.meta.url)("kafkajs") as typeof import("kafkajs");
  return new Kafka({ clientId: "other", brokers, logLevel: logLevel.NOTHING });
}

async function startBoth(): Promise<{
  readonly other: import("kafkajs").Kafka;
  readonly instrumentation: ReturnType<typeof createInstrumentation>;
  readonly kafka: Awaited<ReturnType<typeof openShop>>;
  readonly telemetry: ReturnType<typeof startTestTelemetry>;
}> {
  const broker = await startEmbeddedKafka();
  onTestFinished(() => broker.close());
  const telemetry = startTestTelemetry();
  const other = tracedKafkajs([...broker.brokers]);
  const instrumentation = createInstrumentation({ spans: "message" });
  const kafka = await openShop(instrumentation, kafkajs({ brokers: broker.brokers }));
  return { other, instrumentation, kafka, telemetry };
}

function find(spans: readonly ReadableSpan[], name: string, scope: RegExp): ReadableSpan {
  const found = spans.find((span) => span.name === name && scope.test(span.instrumentationScope.name));
  expect(found, `${name} among ${spans.map((span) => `${span.name} (${span.instrumentationScope.name})`).join(", ")}`).toBeDefined();
  return found!;
}

test("what a service traced by OpenTelemetry's kafkajs instrumentation sends is handled here in the same trace", async () => {
  const { other, instrumentation, kafka, telemetry } = await startBoth();
  const producer = other.producer();
  await producer.connect();
  await producer.send({ topic: "orders", messages: [{ key: "a", value: "1" }] });
  await producer.disconnect();
  await handleOrders(kafka, instrumentation, 1, () => undefined);
  const sent = telemetry
    .spans()
    .find(({ kind, instrumentationScope }) => kind === SpanKind.PRODUCER && /kafkajs/.test(instrumentationScope.name))!;
  const processed = find(telemetry.spans(), "process orders", /millrace/);
  expect(processed.spanContext().traceId).toBe(sent.spanContext().traceId);
  expect(processed.parentSpanContext?.spanId).toBe(sent.spanContext().spanId);
  expect(processed.links.map(({ context }) => context.spanId)).toEqual([sent.spanContext().spanId]);
});

test("what is sent here is handled in the same trace by a service traced by OpenTelemetry's kafkajs instrumentation", async () => {
  const { other, kafka, telemetry } = await startBoth();
  await kafka.producer().send(orders, { key: "a", value: "1" });
  const consumer = other.consumer({ groupId: "theirs" });
  await consumer.connect();
  await consumer.subscribe({ topics: ["orders"], fromBeginning: true });
  const handled = Promise.withResolvers<void>();
  await consumer.run({ eachMessage: () => Promise.resolve(handled.resolve()) });
  await handled.promise;
  await consumer.disconnect();
  const created = find(telemetry.spans(), "create orders", /millrace/);
  const processed = telemetry
    .spans()
    .find(({ kind, instrumentationScope }) => kind === SpanKind.CONSUMER && /kafkajs/.test(instrumentationScope.name))!;
  expect(processed.spanContext().traceId).toBe(created.spanContext().traceId);
});
