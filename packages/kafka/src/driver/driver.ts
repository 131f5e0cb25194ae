import type { Clock, Logger, Random } from "@millrace/core";
import type { DriverCapabilities } from "../capability-table.ts";
import type { ClientEvent } from "../client-event.ts";
import type { DriverAdmin } from "./driver-admin.ts";
import type { DriverConsumer, DriverConsumerHandlers, DriverConsumerSettings } from "./driver-consumer.ts";
import type { DriverProducer, DriverProducerSettings } from "./driver-producer.ts";
import type { DriverTransactionalProducer, DriverTransactionalProducerSettings } from "./driver-transactional-producer.ts";

/**
 * What a Kafka client library must offer to carry `@millrace/kafka`. Small on purpose: batching, partitioning, offsets, reset policies, pausing and
 * back-pressure live above it, once, so that they behave the same on every driver. The suite in `@millrace/kafka/conformance` is its contract.
 */
export interface KafkaDriver {
  readonly name: string;
  readonly capabilities: DriverCapabilities;
  /** Makes a connection. Does no I/O; the first use connects. */
  connect(context: DriverContext): DriverConnection;
}

/** What the port gives a driver. */
export interface DriverContext {
  readonly clientId: string;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly random: Random;
  /** Hears of brokers that are connected and of those that are no more. @default nobody listens */
  readonly onEvent?: ((event: Extract<ClientEvent, { readonly type: "connected" | "disconnected" }>) => void) | undefined;
}

/** A driver bound to one cluster. */
export interface DriverConnection {
  createProducer(settings: DriverProducerSettings): Promise<DriverProducer>;
  /** Connects; `init` is the caller's. */
  createTransactionalProducer(settings: DriverTransactionalProducerSettings): Promise<DriverTransactionalProducer>;
  /**
   * Resolves once joining has begun. It must not wait for a handler before it resolves: `assigned` needs the DriverConsumer, to read committed offsets.
   */
  createConsumer(settings: DriverConsumerSettings, handlers: DriverConsumerHandlers): Promise<DriverConsumer>;
  createAdmin(): Promise<DriverAdmin>;
  /** Closes everything that this connection made. Idempotent. */
  close(): Promise<void>;
}
