import { kafkajs } from "@millrace/driver-kafkajs";
import { platformatic } from "@millrace/driver-platformatic";
import type { KafkaDriver } from "@millrace/kafka";

/** Makes a driver. */
export type SocketDriver = (brokers: readonly string[], options?: { readonly requestTimeoutMs?: number }) => KafkaDriver;

/** The drivers that open sockets, by their names. */
export const socketDrivers: readonly (readonly [string, SocketDriver])[] = [
  ["kafkajs", (brokers, options = {}) => kafkajs({ brokers: [...brokers], ...options })],
  ["platformatic", (brokers, options = {}) => platformatic({ brokers: [...brokers], ...options })],
];
