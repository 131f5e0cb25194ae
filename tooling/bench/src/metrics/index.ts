import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { kafkajs } from "@millrace/driver-kafkajs";
import { createKafka, type Kafka } from "@millrace/kafka";
import { createInstrumentation, type MillraceInstrumentation } from "@millrace/metrics";
import { startTelemetry } from "@millrace/metrics/node";
import { createRuntime } from "@millrace/runtime";
import { string } from "@millrace/serdes";
import { defineTopic, type Topic } from "@millrace/topics";
import type { Benchmark } from "../benchmark.ts";
import { valueBytes } from "../client/our-kafka.ts";

const records = 150_000;
const batch = 1_000;
const partitions = 3;
const keys = 1_000;
/** As a producer that is traced writes it. */
const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

/** An observer for the runs that are observed. */
interface Observer {
  readonly instrumentation: MillraceInstrumentation;
  close(): Promise<void>;
}

/** Processor time of this process for a record: a runtime that is observed beside one that is not. The handler is asynchronous and returns at once. */
function cost(name: string, observe: () => Promise<Observer>, headers: Readonly<Record<string, string>> = {}): Benchmark {
  return {
    name,
    unit: "us/record",
    setup: async ({ kafkaBrokers: brokers = [] }) => {
      const topic = defineTopic({ name: `bench-${name}-${process.pid}`, key: string(), value: string(), partitions });
      const driver = kafkajs({ brokers });
      const plain = createKafka({ driver, clientId: "bench" });
      const admin = plain.admin();
      await admin.ensureTopics([topic]);
      await fill(plain, topic, headers);
      const observer = await observe();
      const { instrumentation } = observer;
      const observed = createKafka({ driver, clientId: "bench", instrumentation });
      let round = 0;
      return {
        ours: () => readAll(observed, topic, `${topic.name}-on-${round++}`, instrumentation),
        peer: () => readAll(plain, topic, `${topic.name}-off-${round++}`),
        close: async () => {
          await admin.deleteTopics([topic.name], { timeoutMs: 10_000 });
          await Promise.all([plain.close(), observed.close()]);
          await observer.close();
        },
      };
    },
  };
}

async function fill(kafka: Kafka, topic: Topic<string, string>, headers: Readonly<Record<string, string>>): Promise<void> {
  const producer = kafka.producer();
  const value = "x".repeat(valueBytes);
  for (let sent = 0; sent < records; sent += batch) {
    await producer.sendBatch(
      topic,
      Array.from({ length: batch }, (_, index) => ({ key: `key-${(sent + index) % keys}`, value, headers })),
    );
  }
  await producer.close();
}

async function readAll(
  kafka: Kafka,
  topic: Topic<string, string>,
  group: string,
  instrumentation?: MillraceInstrumentation,
): Promise<number> {
  const runtime = createRuntime({ kafka, group, ...(instrumentation === undefined ? {} : { instrumentation }) });
  const done = Promise.withResolvers<void>();
  let read = 0;
  runtime.process(topic, { order: "key" }, async () => {
    if (++read === records) done.resolve();
  });
  runtime.stopped.catch(done.reject);
  const before = process.cpuUsage();
  try {
    await runtime.start();
    await done.promise;
  } finally {
    await runtime.stop();
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / records;
}

/** What stands for a collector: it takes everything and keeps nothing. */
async function startSink(): Promise<{ readonly url: string; close(): Promise<void> }> {
  const server = createServer((request, response) => {
    request.resume().on("end", () => response.writeHead(200, { "content-type": "application/json" }).end("{}"));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** The SDK with spans and metrics sent to a collector, and a page for Prometheus. */
async function withSdk(spans: "batch" | "message"): Promise<Observer> {
  const sink = await startSink();
  const telemetry = await startTelemetry({ spans, otlpEndpoint: sink.url, prometheusPort: 0, exportIntervalMs: 5_000 });
  return {
    instrumentation: telemetry.instrumentation,
    close: async () => {
      await telemetry.close();
      await sink.close();
    },
  };
}

function withoutSdk(): Promise<Observer> {
  const instrumentation = createInstrumentation();
  return Promise.resolve({
    instrumentation,
    close: () => {
      instrumentation.close();
      return Promise.resolve();
    },
  });
}

export const metricsBenchmarks: readonly Benchmark[] = [
  cost("api-only-cost", withoutSdk),
  cost("sdk-on-cost", () => withSdk("batch")),
  cost("sdk-on-with-context-cost", () => withSdk("batch"), { traceparent }),
  cost("per-message-spans-cost", () => withSdk("message"), { traceparent }),
];
