import type { Benchmark } from "../benchmark.ts";
import { startBrokerProcess } from "./broker-process.ts";
import { rawKafkajs, rawProducer, thousandMessages } from "./raw-kafkajs.ts";
import type { Side } from "./side.ts";

const batchesPerRound = 50;

/** The same kafkajs program against the embedded broker and against Apache Kafka: batches of a thousand, each sent when the one before is acknowledged. */
export const produceBatch: Benchmark = {
  name: "produce-batch-vs-kafka",
  unit: "records/s",
  setup: async ({ kafkaBrokers = [] }) => {
    const broker = await startBrokerProcess();
    const ours = await openSide(broker.brokers);
    const peer = await openSide(kafkaBrokers);
    return {
      ours: ours.round,
      peer: peer.round,
      close: async () => {
        await ours.close();
        await peer.close();
        await broker.close();
      },
    };
  },
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
