import type { AnyTopic } from "@millrace/topics";
import type { CommittedOffset } from "../driver/driver-consumer.ts";
import type { KafkaRecord, TopicPartition } from "../record.ts";
import type { ConsumerGroupMetadata, ConsumerHandlers, PartitionClaim } from "./consumer.ts";

/** Limits of one `poll`. */
export interface PollOptions {
  /** How long to wait when nothing is there. @default 1_000 */
  readonly timeoutMs?: number;
  /** Kafka: `max.poll.records`. @default 500 */
  readonly maxRecords?: number;
  readonly signal?: AbortSignal;
}

/** An offset to commit without naming the claim; a partition that is no longer held makes it stale. */
export interface PolledOffset extends TopicPartition {
  /** Next offset to read. */
  readonly offset: number;
  readonly metadata?: string;
}

/**
 * A member of a consumer group that is asked for records. Made by `kafka.pullConsumer()`. What `poll` has answered counts as being worked on until the
 * next `poll`: for so long a rebalance waits, up to `rebalanceTimeoutMs`, so that its offsets can still be committed.
 * After `close` every method but `close` fails with `CLOSED`.
 */
export interface PullConsumer {
  /** null: it has none, and can only be given partitions. */
  readonly group: string | null;
  /** Joins the group. Resolves when joining has begun; may be called once. A pattern means every topic whose whole name it matches, now or later. */
  subscribe(
    topics: readonly (string | AnyTopic)[] | { readonly pattern: RegExp },
    listeners?: Pick<ConsumerHandlers, "onAssigned" | "onRevoked">,
  ): Promise<void>;
  /**
   * Holds these partitions and no others, without taking part in a group's rebalances. May be called again; the listeners of the first call stay. Resolves
   * when the partitions are held. Cannot be mixed with `subscribe`.
   */
  assign(partitions: readonly TopicPartition[], listeners?: Pick<ConsumerHandlers, "onAssigned" | "onRevoked">): Promise<void>;
  /** The topics subscribed to by name. */
  subscription(): readonly string[];
  /**
   * Records that have arrived, in offset order per partition, from several partitions in turn; empty when none came in time. One call at a time.
   * @throws the error that stopped the consumer, AbortedError (`ABORTED`)
   */
  poll(options?: PollOptions): Promise<readonly KafkaRecord[]>;
  /** Record by record. Ends when the consumer is closed; leaving the loop early leaves the consumer open. */
  [Symbol.asyncIterator](): AsyncGenerator<KafkaRecord, void, undefined>;
  /** Commits what is given, or else everything that was polled. `stale` names what was dropped because its partition is no longer held. */
  commit(offsets?: readonly PolledOffset[]): Promise<{ readonly stale: readonly TopicPartition[] }>;
  /** `commit` without waiting. The callback is called exactly once; what it throws is logged. */
  commitAsync(callback?: (error: Error | null) => void): void;
  /** The claims held now. */
  assignment(): readonly PartitionClaim[];
  /** This member's standing in its group; null while it has none. */
  groupMetadata(): ConsumerGroupMetadata | null;
  /** Offset of the next record that `poll` will answer, or null when the partition is not held. */
  position(partition: TopicPartition): number | null;
  committed(partitions: readonly TopicPartition[]): Promise<readonly CommittedOffset[]>;
  seek(partition: TopicPartition, to: number | { readonly timestamp: number }): Promise<void>;
  /** @default every partition held */
  seekToBeginning(partitions?: readonly TopicPartition[]): Promise<void>;
  /** @default every partition held */
  seekToEnd(partitions?: readonly TopicPartition[]): Promise<void>;
  /** `poll` answers nothing of these until they are resumed. @default every partition held */
  pause(partitions?: readonly TopicPartition[]): void;
  /** @default every partition that is paused */
  resume(partitions?: readonly TopicPartition[]): void;
  paused(): readonly TopicPartition[];
  /** Commits what was polled if `commit` says so (by default with `autoCommitMs`), leaves the group and stops. Idempotent. */
  close(options?: { readonly commit?: boolean }): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}
