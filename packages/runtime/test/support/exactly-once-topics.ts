import { kafkajs } from "@millrace/driver-kafkajs";
import { platformatic } from "@millrace/driver-platformatic";
import type { KafkaDriver } from "@millrace/kafka";
import { json, string } from "@millrace/serdes";
import { defineTopic, type Topic } from "@millrace/topics";

export type DriverName = "kafkajs" | "platformatic";

export function connectBy(driver: DriverName, brokers: string[]): KafkaDriver {
  return driver === "kafkajs" ? kafkajs({ brokers }) : platformatic({ brokers });
}

export const payments = (id: string): Topic<string, number> => {
  return defineTopic({ name: `payments-${id}`, key: string(), value: json<number>(), partitions: 2 });
};

export const receipts = (id: string): Topic<string, number> => {
  return defineTopic({ name: `receipts-${id}`, key: string(), value: json<number>(), partitions: 2 });
};
