/**
 * Headers of a record, in the order they stand on the wire. Names may repeat; a value may be null.
 * See docs/decisions for why this is a list and not a map.
 */
export type Headers = readonly (readonly [name: string, value: Buffer | null])[];

/** A record as it was read: bytes as they came, the same on every driver. */
export interface KafkaRecord {
  readonly topic: string;
  readonly partition: number;
  /** Position in the partition. Beyond 2^53 - 1 reading fails instead of rounding. */
  readonly offset: number;
  /** Milliseconds since the epoch; whether the producer or the broker set it is the topic's `message.timestamp.type`. */
  readonly timestamp: number;
  readonly key: Buffer | null;
  /** null is a tombstone. */
  readonly value: Buffer | null;
  readonly headers: Headers;
  /** Which leader stored it: after an election that lost records, those at their offsets have a higher one. -1 from logs that do not know. Kafka: leader epoch (KIP-101). */
  readonly leaderEpoch?: number;
}

/** A partition of a topic. */
export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

/** A record to be written, already in bytes. */
export interface RawMessage {
  readonly topic: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers?: Headers;
  /** Milliseconds since the epoch. @default the time of the call */
  readonly timestamp?: number;
  /** @default chosen by the producer's partitioner */
  readonly partition?: number;
}

/** Where a record was stored. */
export interface RecordMetadata {
  readonly topic: string;
  readonly partition: number;
  /** -1 when the broker was not asked to answer (`acks: 0`). */
  readonly offset: number;
  /** The record's timestamp; the broker's own with `message.timestamp.type=LogAppendTime`. */
  readonly timestamp: number;
  /** Bytes of the key as written, -1 without one. */
  readonly serializedKeySize: number;
  /** Bytes of the value as written, -1 for a tombstone. */
  readonly serializedValueSize: number;
}
