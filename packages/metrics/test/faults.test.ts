import type { Instrumentation } from "@millrace/core";
import {
  context,
  createNoopMeter,
  DiagLogLevel,
  diag,
  type Meter,
  propagation,
  type TextMapPropagator,
  type Tracer,
} from "@opentelemetry/api";
import { expect, onTestFinished, test } from "vitest";
import { createComponentTracer, createInstrumentation } from "../src/index.ts";
import { startTestTelemetry } from "./support/telemetry.ts";

const broken = (): never => {
  throw new Error("observing is broken");
};
const record = { headers: [["a", Buffer.from("1")]], key: null, value: null, offset: 0 } as const;
const operation = { name: "process", topic: "orders", partition: 0, group: "billing", messageCount: 1, messages: [record] } as const;

/** Does all that may be done with an instrumentation; says what handlers said. */
function observeEverything(instrumentation: Required<Instrumentation>, failure?: { readonly error: unknown }): readonly unknown[] {
  instrumentation.begin({ ...operation, name: "send" })(failure?.error);
  instrumentation.inject("orders", record);
  instrumentation.count("millrace.records.handled", 1);
  instrumentation.gauge("millrace.commit.lag", 1);
  instrumentation.record("millrace.rebalance.duration", 1);
  const handled: unknown[] = [];
  const processing = instrumentation.beginProcessing(operation);
  const handle = (): void => void handled.push(context.active().getValue(Symbol.for("anything")) ?? "one");
  if (processing !== undefined) {
    processing.together(() => processing.attempt(record, 1, handle));
    processing.attempted(record, 1, failure);
    processing.within(record, handle);
    processing.end();
  }
  const batch = instrumentation.beginBatch(operation);
  batch?.run(handle);
  batch?.within(record, handle);
  batch?.ended(1, failure);
  return handled;
}

const propagator: TextMapPropagator = { inject: broken, extract: broken, fields: () => ["traceparent"] };

test.each(["batch", "message"] as const)(
  "tracers, meters and propagators that throw break no handler, and are told of once (spans: %s)",
  async (spans) => {
    startTestTelemetry();
    propagation.disable();
    propagation.setGlobalPropagator(propagator);
    const told: string[] = [];
    const silent = (): void => {};
    diag.setLogger(
      { error: (message) => told.push(message), warn: silent, info: silent, debug: silent, verbose: silent },
      DiagLogLevel.ERROR,
    );
    onTestFinished(() => diag.disable());
    const tracer = { startSpan: broken, startActiveSpan: broken } as unknown as Tracer;
    const meter: Meter = Object.create(createNoopMeter(), { createHistogram: { value: () => ({ record: broken }) } }) as Meter;
    const instrumentation = createInstrumentation({ spans, tracer, meter, agentMetrics: true });
    expect(observeEverything(instrumentation)).toEqual(["one", "one", "one", "one"]);
    expect(observeEverything(instrumentation, { error: new Error("no") })).toHaveLength(4);
    expect(told).toEqual(["@millrace/metrics: observing failed, which is not said again: observing is broken"]);
  },
);

test.each([
  ["undefined", undefined],
  ["null", null],
  ["a symbol", Symbol("odd")],
  ["what has no text", Object.create(null)],
  ["an error that cannot be looked at", new Proxy(new Error("no"), { get: broken })],
])("a handler may throw %s: its span has failed and ended, and so has its duration", async (_, error) => {
  const telemetry = startTestTelemetry();
  observeEverything(createInstrumentation({ spans: "message" }), { error });
  const processed = telemetry.spans().filter(({ name }) => name === "process orders");
  expect(processed).toHaveLength(2);
  for (const span of processed) expect(span.attributes["error.type"]).toMatch(/^(_OTHER|Error)$/);
  const durations = (await telemetry.metrics()).get("messaging.process.duration")?.dataPoints ?? [];
  expect(durations.map(({ value }) => (value as { count: number }).count)).toEqual([2]);
  await expect(createComponentTracer({ component: "c" }).span("s", () => Promise.reject(error))).rejects.toBe(error);
});

test("a gauge that cannot be read takes nothing from the others", async () => {
  const telemetry = startTestTelemetry();
  const instrumentation = createInstrumentation();
  instrumentation.observe("millrace.commit.lag", broken, { group: "a" });
  instrumentation.observe("millrace.commit.lag", () => 2, { group: "b" });
  instrumentation.observe("millrace.send.buffered", () => 3);
  const measured = await telemetry.metrics();
  expect(measured.get("millrace.commit.lag")?.dataPoints.map(({ value }) => value)).toEqual([2]);
  expect(measured.get("millrace.send.buffered")?.dataPoints.map(({ value }) => value)).toEqual([3]);
});

test("a propagator that throws leaves no span that nobody ends", async () => {
  const telemetry = startTestTelemetry();
  propagation.disable();
  propagation.setGlobalPropagator({ ...propagator, fields: () => ["custom"] });
  observeEverything(createInstrumentation({ spans: "message" }));
  observeEverything(createInstrumentation({ spans: "batch" }));
  const ended = telemetry.spans().map(({ name }) => name);
  expect(ended.filter((name) => name === "create orders")).toHaveLength(1);
  expect(ended.filter((name) => name === "send orders")).toHaveLength(2);
  expect(ended.filter((name) => name === "process orders")).toHaveLength(4);
});
