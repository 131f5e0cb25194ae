import type { AnyTopic } from "@millrace/topics";
import type { ConsumerGroupMetadata } from "../consumer/consumer.ts";
import type { TopicDescription } from "../driver/admin-topics.ts";
import type { Producer } from "../producer/producer.ts";
import type { TopicPartition } from "../record.ts";
import type { TransactionState } from "./transaction-state.ts";

/** An offset that a transaction stores for a group: the next one to read. */
export interface TransactionOffset extends TopicPartition {
  readonly offset: number;
  /** @default null */
  readonly metadata?: string | null;
}

/**
 * For which group offsets are stored. With what `consumer.groupMetadata()` says, offsets of a member that is no longer one are refused (KIP-447); with the
 * group alone they are not.
 */
export type TransactionGroup = Pick<ConsumerGroupMetadata, "group"> &
  Partial<Pick<ConsumerGroupMetadata, "memberId" | "generationId" | "groupInstanceId">>;

/** What is written together. */
export interface Transaction extends Pick<Producer, "send" | "sendBatch" | "sendRaw"> {
  /**
   * Stores offsets of a group if the transaction is committed, and only then.
   * @throws KafkaError `COMMIT_STALE` when the membership has ended: somebody else reads the partitions now
   */
  sendOffsets(offsets: readonly TransactionOffset[], group: TransactionGroup): Promise<void>;
}

/**
 * A producer whose messages and offsets are visible to `read_committed` readers all together or not at all. One transaction at a time. Made by
 * `kafka.transactionalProducer()`, which begins to claim the transactional id at once.
 *
 * When something in a transaction fails, its own promise rejects, and the state is `abortable_error`: the transaction cannot be committed any more, whether or
 * not anybody looked at that promise.
 */
export interface TransactionalProducer extends Transaction {
  readonly transactionalId: string;
  /** Each change is also a `transaction-state` event of the connection. */
  readonly state: TransactionState;
  /**
   * Begins a transaction, when the id is claimed. After a passing failure to claim it, another call tries again.
   * @throws KafkaError `TRANSACTION_STATE`; `KAFKA_UNREACHABLE` and others of claiming the id; `PRODUCER_FENCED`
   */
  begin(): Promise<void>;
  /**
   * Waits for everything that was sent, and commits.
   * @throws KafkaError `TRANSACTION_ABORTABLE` (with its cause): it is not committed, call `abort`. `PRODUCER_FENCED`. A retryable one, such as `KAFKA_TIMED_OUT`:
   * whether it is committed is unknown (`in_doubt`), call `commit` again; what is not retryable then leaves it unknown for good (`failed`)
   */
  commit(): Promise<void>;
  /**
   * Aborts: what has not been acknowledged is rejected with `TRANSACTION_ABORTED`. Fit to go on after any error but `PRODUCER_FENCED`.
   * @throws KafkaError retryable: call `abort` again; `PRODUCER_FENCED`
   */
  abort(): Promise<void>;
  /**
   * Begins a transaction, does the work and commits; aborts when the work fails or the commit is refused, and rejects with that error. What is given to the
   * work must not be used after it.
   */
  transaction<T>(work: (transaction: Transaction) => Promise<T>): Promise<T>;
  /** The partitions of a topic, who leads and who holds each. @throws KafkaError `KAFKA_UNKNOWN_TOPIC`, `KAFKA_UNREACHABLE` */
  partitionsFor(topic: string | AnyTopic): Promise<TopicDescription["partitions"]>;
  /** Aborts the open transaction, if there is one, then closes. A commit that is under way is waited for. Idempotent. @default timeoutMs 30_000 */
  close(options?: { readonly timeoutMs?: number }): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}
