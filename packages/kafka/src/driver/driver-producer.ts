import type { Headers } from "../record.ts";
import type { TopicDescription } from "./admin-topics.ts";

/** How a driver's producer writes. Sends with other settings need another producer. */
export interface DriverProducerSettings {
  /** -1: all in-sync replicas, 1: the leader, 0: nobody. Kafka: `acks`. */
  readonly acks: -1 | 0 | 1;
  /** Kafka: `enable.idempotence`. */
  readonly idempotent: boolean;
  /** Kafka: `compression.type`. */
  readonly compression: "none" | "gzip" | "snappy" | "lz4" | "zstd";
  /** How long the broker may take to answer one request, in milliseconds. Kafka: `request.timeout.ms`. */
  readonly requestTimeoutMs: number;
  /** How long a batch may take with all its attempts, in milliseconds. Kafka: `delivery.timeout.ms`. */
  readonly deliveryTimeoutMs: number;
  /** How often a batch is sent again, at most; `Infinity`: as long as there is time. Kafka: `retries`. */
  readonly retries: number;
  /** Pause before a batch is sent again, in milliseconds; doubled each time up to `retryBackoffMaxMs`. Kafka: `retry.backoff.ms`. */
  readonly retryBackoffMs: number;
  /** Kafka: `retry.backoff.max.ms`. */
  readonly retryBackoffMaxMs: number;
  /** How many requests a broker may be sent before it answers. Kafka: `max.in.flight.requests.per.connection`. */
  readonly maxInFlightRequests: number;
}

/** A record in the form drivers write. */
export interface ProduceRecord {
  readonly timestamp: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Headers;
}

/** Records for one partition, in the order they must be stored. */
export interface ProduceBatch {
  readonly topic: string;
  readonly partition: number;
  readonly records: readonly ProduceRecord[];
  /** When its first record was appended, on the monotonic time of the context's clock: `deliveryTimeoutMs` counts from then. @default the call */
  readonly appendedAtMs?: number;
}

/** What became of one `ProduceBatch`. */
export type ProduceOutcome =
  /** `baseOffset` is the first record's offset, -1 with acks 0; `logAppendTimestamp` is -1 unless the broker set the time. */
  { readonly ok: true; readonly baseOffset: number; readonly logAppendTimestamp: number } | { readonly ok: false; readonly error: Error };

/** Writes batches. */
export interface DriverProducer {
  /**
   * Writes every batch in as few requests as the driver can. Resolves with one outcome per batch, in order; never rejects for a broker's answer.
   * Batches of one partition from successive calls are stored in call order.
   *
   * `onOutcome` is called once per batch, as soon as its own outcome is known, so that a partition whose leader is away does not hold back the others.
   * A driver that learns all outcomes at once need not call it.
   */
  send(batches: readonly ProduceBatch[], onOutcome?: (index: number, outcome: ProduceOutcome) => void): Promise<readonly ProduceOutcome[]>;
  /** Number of partitions of a topic; asks the cluster when it is unknown or `refresh` is set. Creates the topic where the broker allows it. */
  partitionCount(topic: string, options?: { readonly refresh?: boolean }): Promise<number>;
  /** The partitions of a topic, who leads and who holds each, as the cluster says now. Creates the topic where the broker allows it. */
  partitionsFor(topic: string): Promise<TopicDescription["partitions"]>;
  close(): Promise<void>;
}
