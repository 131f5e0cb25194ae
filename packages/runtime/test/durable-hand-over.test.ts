import { kafkajs } from "@millrace/driver-kafkajs";
import { platformatic } from "@millrace/driver-platformatic";
import { startEmbeddedKafka } from "@millrace/embedded-kafka";
import { createKafka, type KafkaDriver } from "@millrace/kafka";
import { onTestFinished, test } from "vitest";
import { playDurableHandOver } from "./support/durable-hand-over.ts";

const drivers: readonly (readonly [string, (brokers: string[]) => KafkaDriver])[] = [
  ["kafkajs", (brokers) => kafkajs({ brokers })],
  ["platformatic", (brokers) => platformatic({ brokers })],
];

test.each(drivers)(
  "retries outlive hand-overs in the order of their keys, over %s",
  async (name, driver) => {
    const broker = await startEmbeddedKafka();
    onTestFinished(() => broker.close());
    await playDurableHandOver((clientId) => {
      const kafka = createKafka({ driver: driver([...broker.brokers]), clientId });
      onTestFinished(() => kafka.close());
      return kafka;
    }, name);
  },
  90_000,
);
