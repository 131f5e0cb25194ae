import { TimedOutError, withDeadline } from "@millrace/core";
import { Consumer, Producer, stringDeserializers, stringSerializers } from "@platformatic/kafka";
import { Kafka, logLevel, Partitioners } from "kafkajs";
import { letStoppedConsumersBreathe } from "../../support/let-stopped-consumers-breathe.ts";

/** A client that writes to a topic and reads it in a group, whatever happens to brokers meanwhile. */
export interface OutageClient {
  /** Resolves when the brokers have acknowledged the value, and rejects when the client gives up. */
  send(value: string): Promise<void>;
  /** Values that the group has read. */
  readonly seen: ReadonlySet<string>;
  close(): Promise<void>;
}

/** Where a client works. */
export interface OutagePlace {
  readonly brokers: readonly string[];
  readonly topic: string;
  readonly groupId: string;
}

/** The longest that a consumer of kafkajs is waited for; see let-stopped-consumers-breathe.ts. */
const mostLeavingMs = 5_000;

export async function openKafkaJs({ brokers, topic, groupId }: OutagePlace): Promise<OutageClient> {
  letStoppedConsumersBreathe();
  const retry = { initialRetryTime: 50, retries: 30, maxRetryTime: 500 };
  const kafka = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING, retry });
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner, metadataMaxAge: 500 });
  const consumer = kafka.consumer({ groupId, heartbeatInterval: 200, maxWaitTimeInMs: 100, sessionTimeout: 6_000, metadataMaxAge: 500 });
  const seen = new Set<string>();
  await Promise.all([producer.connect(), consumer.connect()]);
  await consumer.subscribe({ topic, fromBeginning: true });
  await consumer.run({ eachMessage: async ({ message }) => void seen.add(String(message.value)) });
  return {
    seen,
    async send(value) {
      await producer.send({ topic, acks: -1, messages: [{ key: value, value }] });
    },
    async close() {
      const leaving = withDeadline(mostLeavingMs, () => consumer.disconnect()).catch((error: unknown) => {
        if (!TimedOutError.is(error)) throw error;
      });
      await Promise.all([producer.disconnect(), leaving]);
    },
  };
}

export async function openPlatformatic({ brokers, topic, groupId }: OutagePlace): Promise<OutageClient> {
  const base = { clientId: "outage", bootstrapBrokers: [...brokers], retries: 30, retryDelay: 100, metadataMaxAge: 500 };
  const producer = new Producer({ ...base, serializers: stringSerializers });
  const seen = new Set<string>();
  const closing = new AbortController();
  let end = (): Promise<unknown> => Promise.resolve();
  let reading: Promise<void> = Promise.resolve();
  // The client gives a stream up when its coordinator or a leader goes at the wrong moment; an application opens another one.
  const read = async (): Promise<void> => {
    while (!closing.signal.aborted) {
      const consumer = new Consumer({
        ...base,
        groupId,
        deserializers: stringDeserializers,
        autocommit: 200,
        maxWaitTime: 100,
        heartbeatInterval: 200,
        sessionTimeout: 6_000,
      });
      end = () => consumer.close(true).catch(() => {});
      try {
        const stream = await consumer.consume({ topics: [topic], mode: "committed", fallbackMode: "earliest" });
        for await (const { value } of stream) seen.add(value);
      } catch {
        await consumer.close(true).catch(() => {});
      }
    }
  };
  reading = read();
  return {
    seen,
    async send(value) {
      await producer.send({ acks: -1, messages: [{ topic, key: value, value }] });
    },
    async close() {
      closing.abort();
      await Promise.all([producer.close(), end()]);
      await reading;
    },
  };
}
