import { fixed, noRetry } from "@millrace/core";
import { memory } from "@millrace/driver-memory";
import { createKafka, type Kafka } from "@millrace/kafka";
import { createInstrumentation } from "@millrace/metrics";
import { readDeadLetters, redrive } from "@millrace/retry";
import { string } from "@millrace/serdes";
import { defineTopic } from "@millrace/topics";
import { context, logs, metrics, propagation, trace } from "@opentelemetry/api";
import { AggregationTemporality, InMemoryMetricExporter, PeriodicExportingMetricReader } from "@opentelemetry/sdk-metrics";
import { NodeSDK } from "@opentelemetry/sdk-node";
import { InMemorySpanExporter, type ReadableSpan, SimpleSpanProcessor } from "@opentelemetry/sdk-trace";
import { expect, onTestFinished, test, vi } from "vitest";
import { createRuntime, type Handler, type ProcessOptions, type Runtime } from "../src/index.ts";

const orders = defineTopic({ name: "orders", key: string(), value: string(), partitions: 1 });
const invoices = defineTopic({ name: "invoices", key: string(), value: string(), partitions: 1 });

interface Observed {
  readonly kafka: Kafka;
  readonly spans: () => readonly ReadableSpan[];
  /** Of each series of a metric, its attributes and its value or count. */
  readonly series: (name: string) => Promise<readonly Readonly<Record<string, unknown>>[]>;
  readonly start: (options: ProcessOptions<string>, handler: Handler<string, string>) => Promise<Runtime>;
}

function observe(spans: "batch" | "message"): Observed {
  const exporter = new InMemorySpanExporter();
  const reader = new PeriodicExportingMetricReader({
    exporter: new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE),
    exportIntervalMillis: 3_600_000,
  });
  const sdk = new NodeSDK({
    autoDetectResources: false,
    instrumentations: [],
    metricReaders: [reader],
    logRecordProcessors: [],
    spanProcessors: [new SimpleSpanProcessor({ exporter })],
  });
  sdk.start();
  const instrumentation = createInstrumentation({ spans });
  const kafka = createKafka({ driver: memory(), instrumentation });
  onTestFinished(async () => {
    await kafka.close();
    await sdk.shutdown();
    for (const api of [trace, metrics, context, propagation, logs]) api.disable();
  });
  return {
    kafka,
    spans: () => exporter.getFinishedSpans(),
    async series(name) {
      const { resourceMetrics } = await reader.collect();
      const all = resourceMetrics.scopeMetrics.flatMap((scope) => scope.metrics);
      const points = all.find(({ descriptor }) => descriptor.name === name)?.dataPoints ?? [];
      return points.map(({ attributes, value }) => ({
        ...attributes,
        value: typeof value === "number" ? value : (value as { count: number }).count,
      }));
    },
    async start(options, handler) {
      const runtime = createRuntime({ kafka, group: "billing", commitIntervalMs: 20 });
      runtime.process(orders, options, handler);
      onTestFinished(() => runtime.stop());
      await runtime.start();
      return runtime;
    },
  };
}

const tracer = (): ReturnType<typeof trace.getTracer> => trace.getTracer("application");
const traceOf = (span: ReadableSpan): string => span.spanContext().traceId;

async function request(kafka: Kafka): Promise<string> {
  return await tracer().startActiveSpan("request", async (span) => {
    await kafka.producer().send(orders, { key: "a", value: "1" });
    span.end();
    return span.spanContext().traceId;
  });
}

test.each(["batch", "message"] as const)(
  "one trace tells a record's whole story: retries in place and later, dead letter, redrive, and what is sent on (spans: %s)",
  async (spans) => {
    const { kafka, start, series, spans: made } = observe(spans);
    let attempts = 0;
    const story: string[] = [];
    const runtime = await start(
      { retry: fixed({ attempts: 2, delayMs: 1 }), retryLater: fixed({ attempts: 2, delayMs: 5 }), deadLetter: {} },
      async (message, handling) => {
        const { round, redrives } = handling;
        attempts++;
        tracer().startSpan(`inside ${round}.${redrives}`).end();
        story.push(`${round}.${redrives}`);
        if (attempts <= 4) throw new Error("not yet");
        await handling.send(invoices, { key: message.key, value: message.value });
      },
    );
    const requested = await request(kafka);
    await vi.waitUntil(() => runtime.statistics().get("orders")?.deadLettered === 1, { timeout: 20_000 });
    await redrive({ kafka, topic: "orders", group: "billing", job: "again" });
    await vi.waitUntil(() => runtime.statistics().get("orders")?.handled === 1, { timeout: 20_000 });
    expect(await series("millrace.records.redriven")).toEqual([
      { "messaging.destination.name": "orders", "messaging.consumer.group.name": "billing", value: 1 },
    ]);
    expect(story).toEqual(["1.0", "1.0", "2.0", "2.0", "1.1"]);
    const inside = made().filter(({ name }) => name.startsWith("inside"));
    expect(inside.map(traceOf)).toEqual(story.map(() => requested));
    await runtime.stop();
    // Whatever has to do with this record is in its trace, or linked to it.
    const about = made().filter(({ name }) => /^(send|poll|process|create) (orders|invoices|dlq\.orders$)/.test(name));
    expect(about.map(({ name }) => name)).toEqual(
      expect.arrayContaining(["send orders", "send orders.retry.billing", "send dlq.orders", "send invoices", "process orders"]),
    );
    for (const span of about) {
      expect([traceOf(span), ...span.links.map((link) => link.context.traceId)], span.name).toContain(requested);
      // The place where it was first read, over all its lives.
      const said = [span.attributes, ...span.links.map((link) => link.attributes)].map((one) => one?.["messaging.message.conversation_id"]);
      if (span.name.startsWith("process")) expect(said, span.name).toContain("orders/0/0");
    }
  },
);

test.each(["partition", "key", "unordered"] as const)(
  "order %s: whichever record's end another one begins at, its handler runs in the context of its own batch or message",
  async (order) => {
    const { kafka } = observe("batch");
    const shipments = defineTopic({ name: "shipments", key: string(), value: string(), partitions: 4 });
    await kafka.admin().ensureTopics([shipments]);
    const producer = kafka.producer();
    const traceIdOf = (number: number): string => number.toString(16).padStart(32, "0");
    const found: string[] = [];
    const done = Promise.withResolvers<void>();
    const runtime = createRuntime({ kafka, group: "carrier", instrumentation: kafka.instrumentation });
    const retry = fixed({ attempts: 2, delayMs: 0 });
    runtime.process(shipments, { order, concurrency: 3, retry }, (message, { attempt }) => {
      const number = Number(message.value);
      const span = trace.getActiveSpan() as ReadableSpan | undefined;
      const isTraced = number % 7 === 0;
      const own = isTraced ? traceIdOf(number) : String(message.partition);
      const given = isTraced ? span?.spanContext().traceId : span?.attributes["messaging.destination.partition.id"];
      if (given !== own) found.push(`${number}: ${String(given)} instead of ${own}`);
      const end = (): void => {
        if (number % 5 === 0 && attempt === 1) throw new Error("not yet");
        if (++handled === 400) done.resolve();
      };
      // At once, a little later, and out of a context of their own.
      if (number % 3 === 0) return end();
      if (number % 3 === 1) return Promise.resolve().then(end);
      return context.with(trace.setSpan(context.active(), tracer().startSpan("inside")), async () => {
        await Promise.resolve();
        end();
      });
    });
    let handled = 0;
    runtime.stopped.catch(done.reject);
    await runtime.start();
    onTestFinished(() => runtime.stop());
    for (let first = 1; first <= 400; first += 40) {
      const messages = Array.from({ length: 40 }, (_, index) => {
        const number = first + index;
        const headers = number % 7 === 0 ? { traceparent: `00-${traceIdOf(number)}-00000000000000ff-01` } : {};
        return { key: `k${number % 11}`, value: String(number), headers };
      });
      await producer.sendBatch(shipments, messages);
    }
    await done.promise;
    expect(found).toEqual([]);
  },
);

test("attempts are timed one by one, and what becomes of records is counted", async () => {
  const { kafka, start, series } = observe("batch");
  const runtime = await start({ retry: fixed({ attempts: 2, delayMs: 1 }), deadLetter: {} }, ({ value }, { attempt }) => {
    if (value === "bad" || (value === "slow" && attempt === 1)) throw new TypeError("no");
  });
  const producer = kafka.producer();
  await producer.sendBatch(
    orders,
    ["good", "slow", "bad"].map((value) => ({ key: value, value })),
  );
  await vi.waitUntil(() => runtime.statistics().get("orders")?.deadLettered === 1 && runtime.statistics().get("orders")?.handled === 2);
  const of = { "messaging.destination.name": "orders", "messaging.consumer.group.name": "billing" };
  const processed = { ...of, "messaging.system": "kafka", "messaging.operation.name": "process", "messaging.operation.type": "process" };
  expect(await series("messaging.process.duration")).toEqual(
    expect.arrayContaining([
      { ...processed, value: 2 },
      { ...processed, "error.type": "TypeError", value: 3 },
    ]),
  );
  await vi.waitUntil(async () => (await series("millrace.records.dead-lettered")).length > 0);
  expect(await series("millrace.records.handled")).toEqual([{ ...of, value: 2 }]);
  expect(await series("millrace.records.retried")).toEqual([{ ...of, value: 2 }]);
  expect(await series("millrace.records.dead-lettered")).toEqual([{ ...of, value: 1 }]);
  expect(await readDeadLetterCount(kafka)).toBe(1);
});

test.each(["batch", "message"] as const)(
  "a batch handler's call is one span, linked to what its messages were sent in; what it starts and sends is part of it (spans: %s)",
  async (spans) => {
    const { kafka, series, spans: made } = observe(spans);
    const requested = [await request(kafka), await request(kafka)];
    const runtime = createRuntime({ kafka, group: "billing", commitIntervalMs: 20 });
    onTestFinished(() => runtime.stop());
    const sizes: number[] = [];
    runtime.processBatch(orders, { retry: fixed({ attempts: 3, delayMs: 1 }), deadLetter: {} }, async (messages, batch) => {
      sizes.push(messages.length);
      tracer().startSpan("inside").end();
      if (sizes.length === 1) throw new RangeError("not yet");
      for (const { key, value } of messages) await batch.send(invoices, { key, value });
    });
    await runtime.start();
    await vi.waitUntil(() => runtime.statistics().get("orders")?.handled === 2, { timeout: 20_000 });
    await runtime.stop();
    const calls = made().filter(({ name }) => name === "process orders");
    expect(calls.map(({ attributes }) => [attributes["messaging.batch.message_count"], attributes["error.type"]])).toEqual(
      sizes.map((size, index) => [size, index === 0 ? "RangeError" : undefined]),
    );
    expect(new Set(calls.flatMap(({ links }) => links.map((link) => link.context.traceId)))).toEqual(new Set(requested));
    const inside = made().filter(({ name }) => name === "inside");
    expect(inside.map((span) => span.parentSpanContext?.spanId)).toEqual(calls.map((span) => span.spanContext().spanId));
    // One sends in a context, which is that of the call.
    const sent = made().filter(({ name }) => name === (spans === "batch" ? "send invoices" : "create invoices"));
    const about = sent.flatMap((span) => [traceOf(span), ...span.links.map((link) => link.context.traceId)]);
    expect(about).toEqual(expect.arrayContaining(calls.slice(1).map(traceOf)));
    const counted = (await series("messaging.process.duration")).map((one) => [one["error.type"], one["value"]]);
    expect(counted).toEqual(
      expect.arrayContaining([
        ["RangeError", 1],
        [undefined, sizes.length - 1],
      ]),
    );
  },
);

async function readDeadLetterCount(kafka: Kafka): Promise<number> {
  let count = 0;
  for await (const _ of readDeadLetters({ kafka, topic: "orders", group: "billing" })) count++;
  return count;
}

test("gauges tell what runs, what waits behind its key and what is not committed, and nothing after the runtime has stopped", async () => {
  const { kafka, start, series } = observe("batch");
  const release = Promise.withResolvers<void>();
  let running = 0;
  const runtime = await start({ order: "key", concurrency: 8, retry: noRetry }, async () => {
    running++;
    await release.promise;
  });
  await kafka.producer().sendBatch(
    orders,
    ["a", "a", "a", "b"].map((key) => ({ key, value: key })),
  );
  await vi.waitUntil(() => running === 2);
  const ofGroup = { "messaging.consumer.group.name": "billing" };
  const of = { ...ofGroup, "messaging.destination.name": "orders" };
  expect(await series("millrace.records.in_flight")).toEqual([{ ...of, value: 2 }]);
  expect(await series("millrace.key_queue.depth")).toEqual([{ ...of, value: 2 }]);
  expect(await series("millrace.records.queued")).toEqual([{ ...ofGroup, value: 4 }]);
  const [size] = await series("millrace.records.queued.size");
  expect(size?.["value"]).toBeGreaterThan(800);
  expect(await series("millrace.commit.lag")).toEqual([{ ...ofGroup, value: 0 }]);
  release.resolve();
  await vi.waitUntil(async () => (await series("millrace.records.queued"))[0]?.["value"] === 0);
  await vi.waitUntil(async () => (await series("millrace.commit.lag"))[0]?.["value"] === 0);
  await runtime.stop();
});
