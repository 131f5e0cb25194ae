import { kafkajs } from "@millrace/driver-kafkajs";
import { platformatic } from "@millrace/driver-platformatic";
import type { KafkaDriver } from "@millrace/kafka";

/** The drivers that open sockets. */
export type SocketDriver = "kafkajs" | "platformatic";

/** How such a driver is made here. */
export interface SocketDriverOptions {
  readonly brokers: readonly string[];
  readonly connectionTimeoutMs: number;
  readonly requestTimeoutMs: number;
}

export const socketDrivers: { readonly [Name in SocketDriver]: (options: SocketDriverOptions) => KafkaDriver } = { kafkajs, platformatic };
