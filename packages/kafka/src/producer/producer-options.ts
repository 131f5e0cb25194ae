/** How a producer batches, partitions and waits. Names of Kafka's own settings stand beside ours. */
export interface ProducerOptions {
  /** Kafka: `acks`. @default "all" */
  readonly acks?: "all" | 1 | 0;
  /** Kafka: `enable.idempotence`; needs acks "all". @default true with acks "all" */
  readonly idempotent?: boolean;
  /** Kafka: `compression.type`. @default "none" */
  readonly compression?: "none" | "gzip" | "snappy" | "lz4" | "zstd";
  /**
   * How long a message may wait for company, in milliseconds. 0: until the end of the current turn of the event loop. Kafka: `linger.ms`. @default 0
   */
  readonly lingerMs?: number;
  /** Largest batch per partition, in bytes. Kafka: `batch.size` (there a target, here a limit except for a single larger message). @default 1_000_000 */
  readonly batchBytes?: number;
  /** Bytes that may wait or be in flight before `send` itself waits. Kafka: `buffer.memory`. @default 33_554_432 */
  readonly bufferBytes?: number;
  /** Longest time `send` waits for buffer space or for a topic's metadata. Kafka: `max.block.ms`. @default 60_000 */
  readonly maxBlockMs?: number;
  /** Largest message, checked before the wire. Kafka: `max.request.size`. @default 1_048_576 */
  readonly maxMessageBytes?: number;
  /** How long one request may take. Kafka: `request.timeout.ms`. @default 30_000 */
  readonly requestTimeoutMs?: number;
  /** How long a message may take once it has room, all attempts together. Kafka: `delivery.timeout.ms`. @default 120_000, at least `requestTimeoutMs` */
  readonly deliveryTimeoutMs?: number;
  /** How often a batch is sent again, at most. Kafka: `retries`. @default `Infinity`: as long as `deliveryTimeoutMs` allows */
  readonly retries?: number;
  /** Pause before a batch is sent again; doubled each time. Kafka: `retry.backoff.ms`, 100 there. @default 20 */
  readonly retryBackoffMs?: number;
  /** Kafka: `retry.backoff.max.ms`. @default 1_000 */
  readonly retryBackoffMaxMs?: number;
  /** Requests that one broker may be sent before it answers; at most 5 with `idempotent: true`. Kafka: `max.in.flight.requests.per.connection`. @default 5 */
  readonly maxInFlightRequests?: number;
  /**
   * Applied once per message, when it is appended; a message that names its partition goes there.
   * `java`: murmur2 of the key as Java's client; without a key as `sticky`. `sticky`: whatever the key, one partition until its batch is complete, then the
   * next (Kafka: `partitioner.ignore.keys`). `round-robin`: the next partition for every message, whatever the key.
   * A topic that declares its own is partitioned by that. @default "java"
   */
  readonly partitioner?: "java" | "sticky" | "round-robin" | Partitioner;
}

/** Chooses a partition, 0 to `partitionCount` - 1. Must be fast and must not throw. */
export type Partitioner = (message: { readonly topic: string; readonly key: Buffer | null }, partitionCount: number) => number;
