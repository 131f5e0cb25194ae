import type { ProducerOptions } from "../producer/producer-options.ts";

/** How a transactional producer writes: as any producer, with acks "all" and idempotence. */
export interface TransactionalProducerOptions extends Omit<ProducerOptions, "acks" | "idempotent"> {
  /**
   * Who it is, over restarts: a new producer with the same id fences the one before and aborts what that left open. For work on partitions of a group take
   * `transactionalIdFor`. Kafka: `transactional.id`.
   */
  readonly transactionalId: string;
  /** After this time the broker aborts a transaction that was not ended. Kafka: `transaction.timeout.ms`; the broker's `transaction.max.timeout.ms` is the most. @default 60_000 */
  readonly transactionTimeoutMs?: number;
  /** Nothing else is possible. */
  readonly acks?: "all";
  /** Nothing else is possible. */
  readonly idempotent?: true;
}
