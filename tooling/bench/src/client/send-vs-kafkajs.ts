import { kafkajs } from "@millrace/driver-kafkajs";
import { createKafka } from "@millrace/kafka";
import { bytes } from "@millrace/serdes";
import { defineTopic } from "@millrace/topics";
import kafkajsPackage from "kafkajs";
import type { Benchmark, BenchmarkContext, PreparedBenchmark } from "../benchmark.ts";

const valueBytes = 200;
const partitions = 3;

/** A hundred callers, each waiting for its message before it sends the next: a busy service. */
export const sendHundred: Benchmark = {
  name: "send-100-vs-kafkajs",
  unit: "messages/s",
  setup: (context) => prepare(context, { callers: 100, ours: 40_000, peer: 5_000 }),
};

/** One caller that waits for each message: batching gains nothing here, and must cost nothing. */
export const sendOne: Benchmark = {
  name: "send-1-vs-kafkajs",
  unit: "messages/s",
  setup: (context) => prepare(context, { callers: 1, ours: 1_000, peer: 1_000 }),
};

/** The same messages with the same settings (all replicas acknowledge, no compression, no idempotence), each awaited by its caller. */
async function prepare(
  context: BenchmarkContext,
  work: { readonly callers: number; readonly ours: number; readonly peer: number },
): Promise<PreparedBenchmark> {
  const brokers = context.kafkaBrokers ?? [];
  const topic = defineTopic({ name: `bench-send-${process.pid}-${work.callers}`, key: bytes(), value: bytes(), partitions });
  const kafka = createKafka({ driver: kafkajs({ brokers }), clientId: "bench" });
  const admin = kafka.admin();
  await admin.ensureTopics([topic]);
  const producer = kafka.producer({ acks: "all", idempotent: false });
  const raw = new kafkajsPackage.Kafka({ brokers, clientId: "bench", logLevel: kafkajsPackage.logLevel.NOTHING });
  const peer = raw.producer({ createPartitioner: kafkajsPackage.Partitioners.DefaultPartitioner });
  await peer.connect();
  const value = Buffer.alloc(valueBytes, "x");
  return {
    ours: () => rate(work.callers, work.ours, () => producer.send(topic, { value })),
    peer: () => rate(work.callers, work.peer, () => peer.send({ topic: topic.name, acks: -1, messages: [{ value }] })),
    close: async () => {
      await peer.disconnect();
      await admin.deleteTopics([topic.name], { timeoutMs: 10_000 });
      await kafka.close();
    },
  };
}

async function rate(callers: number, messages: number, send: () => Promise<unknown>): Promise<number> {
  let left = messages;
  const caller = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      await send();
    }
  };
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: callers }, caller));
  return (messages * 1_000) / (performance.now() - startedAt);
}
