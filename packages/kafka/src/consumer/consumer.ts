import type { AnyTopic } from "@millrace/topics";
import type { CommittedOffset, JoinedMembership } from "../driver/driver-consumer.ts";
import type { KafkaRecord, TopicPartition } from "../record.ts";

/**
 * The right of this member to one partition, from its assignment to its revocation. Commits are made on a claim, so that a commit that is no longer
 * this member's to make is dropped instead of overwriting its successor's.
 */
export interface PartitionClaim extends TopicPartition {
  /** Where reading starts, after the reset policy was applied. */
  readonly startOffset: number;
  /** What the group had stored when the partition was assigned; null when nothing. */
  readonly committed: { readonly offset: number; readonly metadata: string | null } | null;
  /** Aborts when the claim ends, after `onRevoked` has settled; with `lost`, before it. */
  readonly signal: AbortSignal;
}

/** Records of one partition, in offset order. */
export interface ConsumedBatch {
  readonly claim: PartitionClaim;
  readonly topic: string;
  readonly partition: number;
  /** May be empty when the fetch covered only offsets without records. */
  readonly records: readonly KafkaRecord[];
  /** Position after the batch, gaps included: commit this when everything in it is settled. */
  readonly nextOffset: number;
  readonly highWatermark: number;
}

/** What a consumer is told. All are awaited. */
export interface ConsumerHandlers {
  /**
   * A batch. The next one of the same partition comes after the promise resolves; other partitions go on meanwhile.
   * A rejection stops the consumer with that error.
   */
  onBatch(batch: ConsumedBatch): Promise<void> | void;
  /**
   * Partitions are coming; awaited before their offsets are read. Whoever stores offsets in transactions claims their transactional ids here: that ends what the
   * member before has left open, which reading the offsets would else wait for, until its time is up. May be called for partitions that then are not assigned,
   * because the group has gone on meanwhile. A rejection stops the consumer with that error.
   */
  onClaiming?(partitions: readonly TopicPartition[]): Promise<void> | void;
  /** Partitions were assigned; awaited before their first batch. */
  onAssigned?(claims: readonly PartitionClaim[]): Promise<void> | void;
  /**
   * Partitions are going (commits on their claims still work), or with `lost` are gone (they no longer do). Called at once, while a batch may still be
   * handled; the group goes on when this and the running `onBatch` calls have settled, at the latest after `rebalanceTimeoutMs`.
   */
  onRevoked?(claims: readonly PartitionClaim[], reason: "rebalance" | "close" | "lost"): Promise<void> | void;
}

/** An offset to commit on a claim. */
export interface OffsetCommit {
  readonly claim: PartitionClaim;
  /** Next offset to read. */
  readonly offset: number;
  /** At most the broker's `offset.metadata.max.bytes` (4,096 by default). */
  readonly metadata?: string;
}

/** How far behind the end of its log the reading of a partition is. */
export interface PartitionLag extends TopicPartition {
  /** Next offset to be delivered. */
  readonly position: number;
  /** Next offset to be written. */
  readonly end: number;
  /** Offsets between the two; control records and compacted gaps count. */
  readonly lag: number;
}

/** A member's standing in its group, as Kafka's `ConsumerGroupMetadata`: what a transaction needs to store offsets for it. */
export interface ConsumerGroupMetadata extends JoinedMembership {
  readonly group: string;
  readonly groupInstanceId: string | null;
  /** The partitions held now. */
  readonly assignment: readonly TopicPartition[];
}

/** What a consumer has done so far; records repeat where a rebalance or a seek repeats them. Times are milliseconds since 1970, null: never. */
export interface ConsumerStatistics {
  /** Records given to `onBatch`. */
  readonly delivered: number;
  /** Records whose `onBatch` has finished. */
  readonly handled: number;
  /** Records whose `onBatch` failed. */
  readonly failed: number;
  /** Bytes of keys and values delivered. */
  readonly deliveredBytes: number;
  readonly lastDeliveredAt: number | null;
  readonly lastHandledAt: number | null;
  readonly lastFailedAt: number | null;
  /** When the group last answered that the membership stands. */
  readonly lastHeartbeatAt: number | null;
  /** When a leader last answered a fetch, be it that there was nothing new. */
  readonly lastFetchedAt: number | null;
}

/** A member of a consumer group. Made by `kafka.consumer()`. */
export interface Consumer {
  /** null: it has none, and can only be given partitions. */
  readonly group: string | null;
  /**
   * Joins the group and starts delivering. Resolves when joining has begun; may be called once. A pattern means every topic whose whole name it matches;
   * topics that are made later are found within `metadataMaxAgeMs`.
   */
  consume(topics: readonly (string | AnyTopic)[] | { readonly pattern: RegExp }, handlers: ConsumerHandlers): Promise<void>;
  /**
   * Holds these partitions and no others, without taking part in a group's rebalances; they begin where the group's offset or the reset policy says. May be
   * called again to hold others: what stays is read on, and the handlers of the first call stay. Resolves when the partitions are held. With a group, its
   * offsets can be committed while it has no members. Cannot be mixed with `consume`. Do not await it inside a handler, when it gives up what is being handled.
   */
  assign(partitions: readonly TopicPartition[], handlers?: ConsumerHandlers): Promise<void>;
  /**
   * Settles when the consumer has stopped: resolves after `close()`, rejects with the error that stopped it. Look at it: a consumer that fails while nobody
   * does is an unhandled rejection, which by Node's default ends the process, rather than a silent stop.
   */
  readonly stopped: Promise<void>;
  /**
   * Commits offsets. `stale` names those dropped because their claim has ended or the broker refused its generation; they are never sent again.
   */
  commit(offsets: readonly OffsetCommit[]): Promise<{ readonly stale: readonly OffsetCommit[] }>;
  /** The claims held now. */
  assignment(): readonly PartitionClaim[];
  /** This member's standing in its group; null while it has none: with `assign`, before it has joined, after it was thrown out, after `close`. */
  groupMetadata(): ConsumerGroupMetadata | null;
  /** Next offset to be delivered, or null when the partition is not held. */
  position(partition: TopicPartition): number | null;
  committed(partitions: readonly TopicPartition[]): Promise<readonly CommittedOffset[]>;
  statistics(): ConsumerStatistics;
  /** Asks the brokers how far behind every partition held is. */
  lag(): Promise<readonly PartitionLag[]>;
  /** Holds delivery back. What was fetched stays buffered, within the consumer's limits. @default every partition held */
  pause(partitions?: readonly TopicPartition[]): void;
  /** @default every partition held */
  resume(partitions?: readonly TopicPartition[]): void;
  /** Moves a held partition: the next batch starts there. */
  seek(partition: TopicPartition, to: number | "beginning" | "end" | { readonly timestamp: number }): Promise<void>;
  /**
   * Waits for `onRevoked` and the running handlers, leaves the group (a static member does not) and stops. Idempotent. Do not await it inside a handler: each would wait for the other,
   * for `rebalanceTimeoutMs`.
   */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}
