import { Producer } from "@platformatic/kafka";
import { rawKafkajs, rawProducer } from "../embedded/raw-kafkajs.ts";
import type { DriverName } from "./our-kafka.ts";

/** A producer of a raw library, with its own defaults but for what both sides share: all replicas acknowledge, no compression, no idempotence. */
export interface RawProducer {
  send(topic: string, values: readonly Buffer[]): Promise<unknown>;
  close(): Promise<void>;
}

export async function openRawProducer(library: DriverName, brokers: string[]): Promise<RawProducer> {
  if (library === "platformatic") {
    const producer = new Producer({ clientId: "bench", bootstrapBrokers: brokers, acks: -1, idempotent: false });
    return {
      send: (topic, values) => producer.send({ messages: values.map((value) => ({ topic, value })) }),
      close: () => producer.close(),
    };
  }
  const producer = rawProducer(rawKafkajs(brokers));
  await producer.connect();
  return {
    send: (topic, values) => producer.send({ topic, acks: -1, messages: values.map((value) => ({ value })) }),
    close: () => producer.disconnect(),
  };
}
