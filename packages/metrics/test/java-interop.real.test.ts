import { kafkajs } from "@millrace/driver-kafkajs";
import { startEmbeddedKafka } from "@millrace/embedded-kafka";
import { SpanKind, trace } from "@opentelemetry/api";
import { expect, onTestFinished, test } from "vitest";
import { createInstrumentation } from "../src/index.ts";
import { handleOrders, openShop, orders } from "./support/shop.ts";
import { startTestTelemetry } from "./support/telemetry.ts";
import { runTracedJava } from "./support/traced-java.ts";

/** Java starts slowly with something that rewrites its classes, and more so on a busy machine; the first time it is downloaded. */
const timeoutMs = 600_000;

async function openBroker(): Promise<{ readonly driver: ReturnType<typeof kafkajs>; readonly topic: readonly string[] }> {
  const broker = await startEmbeddedKafka();
  onTestFinished(() => broker.close());
  const [address] = broker.brokers as [string];
  return { driver: kafkajs({ brokers: broker.brokers }), topic: ["--bootstrap-server", address, "--topic", "orders"] };
}

/** In an order of its own: messages come in another one than spans are told of. */
function textOf(rows: readonly (readonly unknown[])[]): readonly string[] {
  return rows.map((row) => row.join(" ")).toSorted();
}

test(
  "what a Java service traced by OpenTelemetry's own instrumentation sends is handled here in the same trace, or linked to it",
  async () => {
    const { driver, topic } = await openBroker();
    const telemetry = startTestTelemetry();
    const perMessage = createInstrumentation({ spans: "message" });
    const kafka = await openShop(perMessage, driver);
    const { spans: theirs } = await runTracedJava("ConsoleProducer", [...topic, "--sync"], { input: "one\ntwo\n" });
    const sent = theirs.filter(({ kind }) => kind === 4);
    expect(sent).toHaveLength(2);
    await handleOrders(kafka, perMessage, 2, () => trace.getTracer("application").startSpan("inside").end());
    const inMessages = telemetry.spans().filter(({ name }) => name === "process orders");
    const said = inMessages.map((span) => [span.spanContext().traceId, span.parentSpanContext?.spanId, span.links[0]?.context.spanId]);
    expect(textOf(said)).toEqual(textOf(sent.map(({ traceId, spanId }) => [traceId, spanId, spanId])));
    await handleOrders(kafka, createInstrumentation(), 2, () => trace.getTracer("application").startSpan("inside").end(), "shipping");
    const batches = telemetry
      .spans()
      .filter(({ name, attributes }) => name === "process orders" && attributes["messaging.batch.message_count"]);
    const links = batches.flatMap((span) => span.links.map(({ context }) => [context.traceId, context.spanId]));
    expect(textOf(links)).toEqual(textOf(sent.map(({ traceId, spanId }) => [traceId, spanId])));
    const inside = telemetry.spans().filter(({ name }) => name === "inside");
    expect(inside).toHaveLength(4);
    for (const span of inside) expect(sent.map(({ traceId }) => traceId)).toContain(span.spanContext().traceId);
  },
  timeoutMs,
);

test.each([
  ["goes on with", []],
  // Its consumer is then told of what it polled, and links what it handles to where that was sent.
  ["links to", ["-Dotel.instrumentation.messaging.experimental.receive-telemetry.enabled=true"]],
] as const)(
  "a Java service traced by OpenTelemetry's own instrumentation %s the trace of what is sent here",
  async (how, settings) => {
    const { driver, topic } = await openBroker();
    const telemetry = startTestTelemetry();
    const kafka = await openShop(createInstrumentation({ spans: "message" }), driver);
    await trace.getTracer("application").startActiveSpan("request", async (request) => {
      await kafka.producer().sendBatch(
        orders,
        ["one", "two"].map((value) => ({ key: "a", value })),
      );
      request.end();
    });
    const read = [...topic, "--from-beginning", "--max-messages", "2", "--group", "theirs"];
    const { stdout, spans: theirs } = await runTracedJava("ConsoleConsumer", read, { settings });
    expect(stdout.trim().split("\n").slice(-2)).toEqual(["one", "two"]);
    const created = telemetry.spans().filter(({ kind }) => kind === SpanKind.PRODUCER);
    // The last one may not have ended when the program does.
    const [processed] = theirs.filter(({ kind, name }) => kind === 5 && /process/.test(name));
    const first = { traceId: created[0]?.spanContext().traceId, spanId: created[0]?.spanContext().spanId };
    expect(processed).toMatchObject(how === "links to" ? { links: [first] } : { traceId: first.traceId, parentSpanId: first.spanId });
  },
  timeoutMs,
);
