import type { Benchmark } from "../benchmark.ts";
import { compareSides, type Side } from "./compare-sides.ts";
import { rawKafkajs, rawProducer, thousandMessages } from "./raw-kafkajs.ts";

const batchesPerRound = 50;

/** The same kafkajs program against the embedded broker and against Apache Kafka: batches of a thousand, each sent when the one before is acknowledged. */
export const produceBatch: Benchmark = {
  name: "produce-batch-vs-kafka",
  unit: "records/s",
  setup: (context) => compareSides(openSide, context),
};

async function openSide(brokers: string[]): Promise<Side> {
  const kafka = rawKafkajs(brokers);
  const admin = kafka.admin();
  const producer = rawProducer(kafka);
  const topic = `bench-produce-${process.pid}`;
  await admin.connect();
  // Rounds write more than they need to keep.
  const configEntries = [
    { name: "retention.bytes", value: "100000000" },
    { name: "segment.bytes", value: "20000000" },
  ];
  await admin.createTopics({ topics: [{ topic, numPartitions: 1, configEntries }], waitForLeaders: true });
  await producer.connect();
  const messages = thousandMessages();
  return {
    async round() {
      const startedAt = performance.now();
      for (let batch = 0; batch < batchesPerRound; batch += 1) await producer.send({ topic, messages });
      return (batchesPerRound * messages.length * 1_000) / (performance.now() - startedAt);
    },
    async close() {
      await producer.disconnect();
      await admin.deleteTopics({ topics: [topic] });
      await admin.disconnect();
    },
  };
}
