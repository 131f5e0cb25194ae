import type { Kafka } from "@millrace/kafka";
import { createDeadLetterWriter, retryTopology } from "@millrace/retry";
import { ourKafka, valueBytes } from "../client/our-kafka.ts";

const batch = 1_000;
const partitions = 3;

/** The group whose dead letters these are. */
export const group = "bench";

/** Dead letters of 200 bytes, ready to be brought back. */
export interface DeadLetters {
  readonly kafka: Kafka;
  readonly topic: string;
  close(): Promise<void>;
}

/** Writes so many dead letters, a whole number of thousands. */
export async function writeDeadLetters(options: {
  readonly brokers: readonly string[];
  readonly use: string;
  readonly count: number;
}): Promise<DeadLetters> {
  const { brokers, use, count } = options;
  const topic = `bench-${use}-${process.pid}`;
  const kafka = ourKafka("platformatic", brokers);
  const admin = kafka.admin();
  const { deadLetters, retry, audit } = retryTopology({ topic, group, partitions });
  const topics = [deadLetters, retry, audit];
  await admin.ensureTopics(topics);
  const producer = kafka.producer();
  const writer = createDeadLetterWriter({ producer, group, consumerId: "bench" });
  const error = new Error("a failure");
  const value = Buffer.alloc(valueBytes, "x");
  for (let written = 0; written < count; written += batch) {
    await Promise.all(
      Array.from({ length: batch }, (_, index) => {
        const offset = written + index;
        const place = { topic, partition: offset % partitions, offset, timestamp: 0 };
        const record = { ...place, key: Buffer.from(`key-${offset}`), value, headers: [] };
        return writer.write({ record, error, disposition: "attempts-exhausted", attempts: 1 });
      }),
    );
  }
  await producer.close();
  return {
    kafka,
    topic,
    async close() {
      await admin.deleteTopics(
        topics.map(({ name }) => name),
        { timeoutMs: 10_000 },
      );
      await kafka.close();
    },
  };
}
