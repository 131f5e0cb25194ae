import { memory } from "@millrace/driver-memory";
import {
  createKafka,
  type Kafka,
  type KafkaDriver,
  type KafkaRecord,
  type ProduceBatch,
  type ProduceOutcome,
  type RawMessage,
  readTopics,
} from "@millrace/kafka";
import { onTestFinished } from "vitest";
import { createDeadLetterWriter, type DeadLetterNaming, retryTopology } from "../../src/index.ts";

/** A cluster with the topics of `orders` and group `billing`, and dead letters on it. */
export interface LetterCluster {
  readonly kafka: Kafka;
  /** Another connection; `onSend` sees every batch before the broker does, and may fail it. */
  readonly connect: (onSend?: (batch: ProduceBatch) => void | Promise<void>) => Kafka;
  readonly read: (topic: string) => Promise<KafkaRecord[]>;
  /** Writes a dead letter for each value, at offsets from 0 on, from partition 1. */
  readonly fail: (values: readonly string[], options?: { readonly group?: string; readonly error?: unknown }) => Promise<void>;
  readonly sendRaw: (message: RawMessage) => Promise<void>;
}

export async function createLetterCluster(
  options: { readonly naming?: DeadLetterNaming; readonly maxMessageBytes?: number } = {},
): Promise<LetterCluster> {
  const inner = memory();
  const connect = (onSend: (batch: ProduceBatch) => void | Promise<void> = () => undefined): Kafka => {
    const driver: KafkaDriver = {
      ...inner,
      connect(context) {
        const connection = inner.connect(context);
        return {
          ...connection,
          async createProducer(settings) {
            const producer = await connection.createProducer(settings);
            return {
              ...producer,
              async send(batches) {
                const outcomes = batches.map(async (batch): Promise<ProduceOutcome> => {
                  try {
                    await onSend(batch);
                  } catch (error) {
                    return { ok: false, error: error as Error };
                  }
                  return (await producer.send([batch]))[0]!;
                });
                return await Promise.all(outcomes);
              },
            };
          },
        };
      },
    };
    const kafka = createKafka({ driver });
    onTestFinished(() => kafka.close());
    return kafka;
  };
  const kafka = connect();
  const { deadLetters, retry, audit } = retryTopology({ topic: "orders", group: "billing", partitions: 2, ...options });
  await kafka.admin().ensureTopics([deadLetters, retry, audit]);
  const producer = kafka.producer();
  let next = 0;
  return {
    kafka,
    connect,
    async read(topic) {
      const records: KafkaRecord[] = [];
      for await (const record of readTopics(kafka, [topic])) records.push(record);
      return records;
    },
    async fail(values, { group = "billing", error = new Error("no") } = {}) {
      const writer = createDeadLetterWriter({ producer, group, consumerId: "billing-1", naming: options.naming });
      for (const value of values) {
        const record = {
          topic: "orders",
          partition: 1,
          offset: next++,
          timestamp: 5,
          key: Buffer.from("k"),
          value: Buffer.from(value),
          headers: [],
        };
        await writer.write({ record, error, disposition: "attempts-exhausted", attempts: 5 });
      }
    },
    sendRaw: async (message) => void (await producer.sendRaw(message)),
  };
}
