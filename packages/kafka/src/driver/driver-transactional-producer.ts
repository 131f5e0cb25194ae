import type { CommittedOffset } from "./driver-consumer.ts";
import type { DriverProducer, DriverProducerSettings } from "./driver-producer.ts";

/** How a driver's transactional producer writes: with idempotence and acks -1, whatever else. */
export interface DriverTransactionalProducerSettings extends Omit<DriverProducerSettings, "acks" | "idempotent"> {
  /** Kafka: `transactional.id`. */
  readonly transactionalId: string;
  /** After this time the broker aborts a transaction that its producer did not end, in milliseconds. Kafka: `transaction.timeout.ms`. */
  readonly transactionTimeoutMs: number;
  /** How long `init`, `sendOffsets` and `end` may take, all attempts together, in milliseconds. Kafka: `max.block.ms`. */
  readonly maxBlockMs: number;
}

/** For which group offsets are stored, and under which membership: `""`, -1 and null say nothing of one, and nothing is checked then. */
export interface OffsetsGroup {
  readonly group: string;
  readonly memberId: string;
  readonly generationId: number;
  readonly groupInstanceId: string | null;
}

/**
 * Writes batches and offsets that count together or not at all. What is sent after one `end` belongs to the next transaction; there is no `begin` on the wire.
 *
 * `PRODUCER_FENCED` may come of anything: another producer has this transactional id, and this one can do nothing any more.
 */
export interface DriverTransactionalProducer extends DriverProducer {
  /**
   * Makes this the one producer of the transactional id: others are fenced, and their open transaction is aborted. Once it has succeeded, calling it again
   * does nothing.
   * @throws KafkaError retryable when it may be called again, else what the broker refuses for good
   */
  init(): Promise<void>;
  /**
   * Stores offsets of a group with the transaction.
   * @throws KafkaError `COMMIT_STALE` when the group no longer knows the membership; `PRODUCER_FENCED`; others
   */
  sendOffsets(offsets: readonly CommittedOffset[], group: OffsetsGroup): Promise<void>;
  /**
   * Commits; every batch must have its outcome and every `sendOffsets` be over.
   * @throws KafkaError retryable: whether the transaction is committed is unknown, and another call asks again. `PRODUCER_FENCED`. Any other: it is not
   * committed and must be aborted
   */
  commit(): Promise<void>;
  /**
   * Aborts. Batches without an outcome fail at once; none of them can get into a later transaction. After errors it takes a new epoch.
   * @throws KafkaError retryable when it may be called again; `PRODUCER_FENCED`; any other: this producer can do nothing any more
   */
  abort(): Promise<void>;
}
