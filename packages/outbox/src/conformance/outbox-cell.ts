import type { OutboxStore } from "../outbox-store.ts";

/** What the suite runs on: an empty store, and how its database runs transactions. */
export interface OutboxTarget<Transaction> {
  readonly store: OutboxStore<Transaction>;
  /** Runs `work` in a transaction: committed when it resolves, rolled back when it rejects. */
  transaction<T>(work: (transaction: Transaction) => Promise<T>): Promise<T>;
}

/** One behaviour that every store must show. Knows no test runner: it resolves, or rejects with what was wrong. Give each cell an empty store. */
export interface OutboxCell {
  readonly name: string;
  run<Transaction>(target: OutboxTarget<Transaction>): Promise<void>;
}
