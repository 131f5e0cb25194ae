import type { KafkaDriver } from "@millrace/kafka";

/** The drivers that reach real brokers. */
export type DriverName = "kafkajs" | "platformatic";

/** Loads the driver that was asked for, and not the other. */
export async function openDriver(name: DriverName, brokers: readonly string[]): Promise<KafkaDriver> {
  if (name === "kafkajs") return (await import("@millrace/driver-kafkajs")).kafkajs({ brokers });
  return (await import("@millrace/driver-platformatic")).platformatic({ brokers });
}
