/** Where a transactional id stands. Kafka's names, as clients see them. */
export type TransactionState = "Empty" | "Ongoing" | "CompleteCommit" | "CompleteAbort";

/**
 * Every state that Kafka knows, for those who ask by state. A transaction here ends in one step, so the ones on the way to an end are never
 * met.
 */
export const knownTransactionStates: ReadonlySet<string> = new Set([
  "Empty",
  "Ongoing",
  "PrepareCommit",
  "PrepareAbort",
  "CompleteCommit",
  "CompleteAbort",
  "Dead",
  "PrepareEpochFence",
]);
