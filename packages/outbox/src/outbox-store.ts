import type { RawMessage } from "@millrace/kafka";
import type { EntryOutcome, OutboxEntry, OutboxStatus } from "./outbox-entry.ts";

/**
 * Where messages wait to be published: the port between an outbox and an application's database. `Transaction` is whatever the database calls one: a client,
 * a session, an entity manager. All times are the store's own clock's. `@millrace/outbox/conformance` holds the suite that every store passes.
 *
 * Ids and the order of entries follow `append`. A database may let transactions commit in another order than they appended in: within a key the order is as
 * good as what keeps two transactions from changing the same thing at once.
 */
export interface OutboxStore<Transaction> {
  /** Adds messages, pending, in their order, as a part of the transaction: where that is rolled back they have never been there. */
  append(transaction: Transaction, messages: readonly RawMessage[]): Promise<void>;
  /**
   * The oldest pending entries whose time has come, oldest first; at most `limit`. Left out are those that wait for their next attempt, and with each of them the
   * later ones of its topic and key. Takes nothing: asked again, it answers the same.
   */
  due(limit: number): Promise<readonly OutboxEntry[]>;
  /** Keeps what became of pending entries, all of them or none. Entries that are not pending, or not there, stay as they are. */
  record(outcomes: readonly EntryOutcome[]): Promise<void>;
  /** Entries of one status, oldest first; at most `limit`. For people who look. */
  list(status: OutboxStatus, limit: number): Promise<readonly OutboxEntry[]>;
  /** Makes failed entries pending again, as if never tried, in their old places. Resolves with how many there were; other entries stay as they are. */
  requeue(ids: readonly string[]): Promise<number>;
  /** Removes entries that were published longer ago than that. Resolves with how many. */
  removePublished(olderThanMs: number): Promise<number>;
  /**
   * Gives the right to publish to `owner` for so many milliseconds from now, unless another owner has it; whoever has it renews it so. At most one owner has it at
   * any time.
   */
  lease(owner: string, durationMs: number): Promise<boolean>;
  /** Gives the right up, if `owner` has it. */
  release(owner: string): Promise<void>;
}
