import { createDeadLetterWriter, redrive, retryTopology } from "@millrace/retry";
import type { Benchmark } from "../benchmark.ts";
import { ourKafka, valueBytes } from "../client/our-kafka.ts";

const letters = 100_000;
const batch = 1_000;
const partitions = 3;
const group = "bench";

/** Brings 100,000 dead letters of 200 bytes back, in one job: reading them, sending them, and their audit entries. */
export const redrivePerSecond: Benchmark = {
  name: "redrive-per-second",
  unit: "letters/s",
  once: true,
  setup: async ({ kafkaBrokers: brokers = [] }) => {
    const topic = `bench-redrive-${process.pid}`;
    const kafka = ourKafka("platformatic", brokers);
    const admin = kafka.admin();
    const topics = Object.values(retryTopology({ topic, group, partitions })).flat();
    await admin.ensureTopics(topics);
    const producer = kafka.producer();
    const writer = createDeadLetterWriter({ producer, group, consumerId: "bench" });
    const error = new Error("a failure");
    const value = Buffer.alloc(valueBytes, "x");
    for (let written = 0; written < letters; written += batch) {
      await Promise.all(
        Array.from({ length: batch }, (_, index) => {
          const offset = written + index;
          const record = {
            topic,
            partition: offset % partitions,
            offset,
            timestamp: 0,
            key: Buffer.from(`key-${offset}`),
            value,
            headers: [],
          };
          return writer.write({ record, error, disposition: "attempts-exhausted", attempts: 1 });
        }),
      );
    }
    await producer.close();
    return {
      ours: async () => {
        const startedAt = performance.now();
        const { redriven } = await redrive({ kafka, topic, group, job: "bench" });
        return (redriven * 1_000) / (performance.now() - startedAt);
      },
      close: async () => {
        await admin.deleteTopics(
          topics.map(({ name }) => name),
          { timeoutMs: 10_000 },
        );
        await kafka.close();
      },
    };
  },
};
