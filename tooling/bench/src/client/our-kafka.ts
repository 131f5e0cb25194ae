import { kafkajs } from "@millrace/driver-kafkajs";
import { platformatic } from "@millrace/driver-platformatic";
import { createKafka, type Kafka } from "@millrace/kafka";
import { bytes } from "@millrace/serdes";
import { defineTopic, type Topic } from "@millrace/topics";

/** The drivers that are compared, and their raw libraries. */
export type DriverName = "kafkajs" | "platformatic";

/** Bytes of every value. */
export const valueBytes = 200;
const partitions = 3;

/** millrace on a driver. */
export function ourKafka(driver: DriverName, brokers: readonly string[]): Kafka {
  return createKafka({ driver: driver === "kafkajs" ? kafkajs({ brokers }) : platformatic({ brokers }), clientId: "bench" });
}

/** A topic of this run's own. */
export function benchTopic(use: string): Topic<Buffer, Buffer> {
  return defineTopic({ name: `bench-${use}-${process.pid}`, key: bytes(), value: bytes(), partitions });
}
