import { context, propagation, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { expect, test } from "vitest";
import { createComponentTracer } from "../src/index.ts";
import { startTestTelemetry } from "./support/telemetry.ts";

test("[000-63] create, process and ack are one trace over two processes, its context in the event's metadata; spans name component, request and type", async () => {
  const telemetry = startTestTelemetry();
  const asker = createComponentTracer({ component: "asker" });
  const worker = createComponentTracer({ component: "worker" });
  const said = { requestId: "r-1", messageType: "Question" };
  const metadata = await asker.step("create", () => asker.inject({ source: "asker" }), said);
  expect(metadata).toMatchObject({ source: "asker", traceparent: expect.stringMatching(/^00-/) as string });
  // The other process has nothing but the event.
  const answer = await worker.step(
    "process",
    async () => await worker.step("ack", () => worker.inject(), { requestId: "r-1", messageType: "Answer" }),
    { ...said, metadata: JSON.parse(JSON.stringify(metadata)) as Record<string, string> },
  );
  const [create, ack, process] = telemetry.spans();
  expect(telemetry.spans().map(({ name, kind, attributes }) => ({ name, kind, ...attributes }))).toEqual([
    { name: "create", kind: SpanKind.PRODUCER, component: "asker", request_id: "r-1", message_type: "Question" },
    { name: "ack", kind: SpanKind.PRODUCER, component: "worker", request_id: "r-1", message_type: "Answer" },
    { name: "process", kind: SpanKind.CONSUMER, component: "worker", request_id: "r-1", message_type: "Question" },
  ]);
  expect(process?.parentSpanContext?.spanId).toBe(create?.spanContext().spanId);
  expect(ack?.parentSpanContext?.spanId).toBe(process?.spanContext().spanId);
  expect(new Set(telemetry.spans().map((span) => span.spanContext().traceId)).size).toBe(1);
  expect(trace.getSpanContext(propagation.extract(context.active(), answer))?.spanId).toBe(ack?.spanContext().spanId);
});

test("a span is current while its work runs, and failed when that fails", async () => {
  const telemetry = startTestTelemetry();
  const tracer = createComponentTracer({ component: "my_service" });
  const failing = tracer.span("my_method", (span) => {
    expect(trace.getActiveSpan()).toBe(span);
    throw new Error("broken");
  });
  await expect(failing).rejects.toThrow("broken");
  const [span] = telemetry.spans();
  expect(span).toMatchObject({
    name: "my_method",
    attributes: { component: "my_service" },
    status: { code: SpanStatusCode.ERROR, message: "broken" },
  });
});
