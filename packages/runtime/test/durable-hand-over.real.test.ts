import { randomBytes } from "node:crypto";
import { kafkajs } from "@millrace/driver-kafkajs";
import { platformatic } from "@millrace/driver-platformatic";
import { createKafka, type KafkaDriver } from "@millrace/kafka";
import { expect, inject, onTestFinished, test } from "vitest";
import { playDurableHandOver } from "./support/durable-hand-over.ts";

const drivers: readonly (readonly [string, (brokers: string[]) => KafkaDriver])[] = [
  ["kafkajs", (brokers) => kafkajs({ brokers })],
  ["platformatic", (brokers) => platformatic({ brokers })],
];

test.each(drivers)("on Apache Kafka, retries outlive hand-overs in the order of their keys, over %s", async (_name, driver) => {
  const brokers = inject("kafkaBrokers");
  expect(brokers.length).toBeGreaterThan(0);
  await playDurableHandOver((clientId) => {
    const kafka = createKafka({ driver: driver([...brokers]), clientId });
    onTestFinished(() => kafka.close());
    return kafka;
  }, randomBytes(6).toString("hex"));
});
