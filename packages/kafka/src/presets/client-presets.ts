import type { ConsumerOptions } from "../consumer/consumer-options.ts";
import type { ProducerOptions } from "../producer/producer-options.ts";

/** How many partitions and replicas the topics of a system have. */
export interface TopicPreset {
  readonly partitions: number;
  readonly replicationFactor: number;
}

/** Settings that belong together. Everything is plain data, to be spread into options; what is left out keeps this client's own default. */
export interface ClientPreset {
  /** For `createKafka`, where each kind of client has a connection of its own. */
  readonly clientIds?: { readonly producer: string; readonly consumer: string; readonly admin: string };
  /** For `kafka.producer`. */
  readonly producer: ProducerOptions;
  /** For `kafka.consumer` and `kafka.pullConsumer`; the group is yours to name. */
  readonly consumer: Omit<ConsumerOptions, "group">;
  /** For `defineTopic`, and for topics of the admin client. */
  readonly topic: TopicPreset;
  /** For the driver. */
  readonly connection?: { readonly requestTimeoutMs: number };
}

/** The names of the presets. */
export interface ClientPresets {
  /** Agents that talk to each other: whoever comes late starts with what comes next. */
  readonly agents: ClientPreset;
  /** The memory that agents share: one partition, read from its beginning. */
  readonly agentMemory: ClientPreset;
  /** An event bus between services: everything is read from the beginning, commits are the program's. */
  readonly eventBus: ClientPreset & { readonly schemas: { readonly autoRegister: true } };
  /** A producer alone, which is careful. */
  readonly publisher: ClientPreset;
  /** Domain events of an application, many a second, compressed. */
  readonly domainEvents: ClientPreset & { readonly deadLetterTopic: TopicPreset };
  /** A messaging pipeline with the usual settings of Kafka's own clients. */
  readonly pipeline: ClientPreset & { readonly endToEndTopic: TopicPreset };
}

const once = { replicationFactor: 1 } as const;

/**
 * Settings of systems that came before, so that a program that takes one's place behaves like it:
 * `kafka.producer(clientPresets.eventBus.producer)`, `kafka.consumer({ ...clientPresets.eventBus.consumer, group: "billing" })`,
 * `defineTopic({ ...clientPresets.eventBus.topic, name: "orders", key, value })`.
 */
export const clientPresets: ClientPresets = {
  agents: {
    producer: {},
    consumer: { reset: "latest" },
    topic: { partitions: 3, ...once },
  },
  agentMemory: {
    producer: {},
    consumer: { reset: "earliest" },
    topic: { partitions: 1, ...once },
  },
  eventBus: {
    producer: { lingerMs: 5, batchBytes: 16_384, compression: "snappy", acks: "all", retries: 3, retryBackoffMs: 100 },
    consumer: { reset: "earliest", autoCommitMs: 0, fetchMinBytes: 1, fetchMaxWaitMs: 500 },
    topic: { partitions: 1, ...once },
    schemas: { autoRegister: true },
  },
  publisher: {
    // There acks 1 stood beside idempotence, which no broker takes: idempotence wins.
    producer: { acks: "all", idempotent: true, retries: 3, requestTimeoutMs: 30_000, maxInFlightRequests: 5, compression: "none" },
    consumer: {},
    topic: { partitions: 3, ...once },
  },
  domainEvents: {
    producer: { acks: "all", retries: 3, batchBytes: 16_384, lingerMs: 5, compression: "snappy", maxInFlightRequests: 5 },
    consumer: { reset: "latest", autoCommitMs: 5_000, maxBatchRecords: 500, sessionTimeoutMs: 30_000, heartbeatIntervalMs: 3_000 },
    topic: { partitions: 3, ...once },
    deadLetterTopic: { partitions: 1, ...once },
  },
  pipeline: {
    clientIds: { producer: "kafka-producer", consumer: "kafka-consumer", admin: "kafka-admin" },
    producer: {
      acks: "all",
      retries: 3,
      maxInFlightRequests: 5,
      batchBytes: 16_384,
      lingerMs: 0,
      bufferBytes: 33_554_432,
      compression: "none",
      idempotent: true,
      requestTimeoutMs: 30_000,
      retryBackoffMs: 100,
      maxBlockMs: 60_000,
    },
    consumer: {
      autoCommitMs: 5_000,
      reset: "latest",
      fetchMinBytes: 1,
      fetchMaxWaitMs: 500,
      maxPartitionFetchBytes: 1_048_576,
      sessionTimeoutMs: 10_000,
      heartbeatIntervalMs: 3_000,
      maxBatchRecords: 500,
      maxProcessingMs: 300_000,
      isolation: "read_uncommitted",
    },
    topic: { partitions: 1, ...once },
    endToEndTopic: { partitions: 3, ...once },
    connection: { requestTimeoutMs: 30_000 },
  },
};
