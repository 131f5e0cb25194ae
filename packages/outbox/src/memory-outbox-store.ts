import { type Clock, InvalidOptionsError, systemClock } from "@millrace/core";
import type { RawMessage } from "@millrace/kafka";
import { type EntryOutcome, laneOf, type OutboxEntry } from "./outbox-entry.ts";
import { OutboxError } from "./outbox-error.ts";
import type { OutboxStore } from "./outbox-store.ts";

/** A transaction of a memory store: what is appended to it is there when `transaction` has resolved. */
export interface MemoryOutboxTransaction {
  readonly appended: readonly RawMessage[];
}

/** An outbox store in memory, for tests and for programs that can do without their messages after a crash. */
export interface MemoryOutboxStore extends OutboxStore<MemoryOutboxTransaction> {
  /** Runs `work` in a transaction: what it appends is there when it resolves, and was never there when it throws. */
  transaction<T>(work: (transaction: MemoryOutboxTransaction) => T | Promise<T>): Promise<T>;
}

interface Kept extends OutboxEntry {
  /** When it may be tried again, or when it was published. */
  readonly at: number;
}

/**
 * Makes one.
 * @throws InvalidOptionsError (`INVALID_OPTIONS`)
 */
export function createMemoryOutboxStore(
  options: {
    /** Entries it holds, published ones that were not removed included; beyond, a transaction that appends fails with `OUTBOX_FULL`. @default 100_000 */
    readonly maxEntries?: number;
    readonly clock?: Clock;
  } = {},
): MemoryOutboxStore {
  const { maxEntries = 100_000, clock = systemClock } = options;
  if (!(maxEntries >= 1)) throw new InvalidOptionsError("memory outbox store", [`maxEntries must be at least 1, not ${maxEntries}`]);
  /** In the order of their appending. */
  const entries = new Map<string, Kept>();
  const open = new Map<MemoryOutboxTransaction, RawMessage[]>();
  let lastId = 0;
  let leased: { readonly owner: string; readonly until: number } | undefined;

  const commit = (messages: readonly RawMessage[]): void => {
    if (entries.size + messages.length > maxEntries) {
      throw new OutboxError({
        code: "OUTBOX_FULL",
        retryable: true,
        message: `the outbox holds ${entries.size} of at most ${maxEntries} entries, and ${messages.length} more were appended; let a relay publish them, or raise maxEntries`,
      });
    }
    for (const message of messages) {
      const id = String(++lastId);
      entries.set(id, { id, message, status: "pending", attempts: 0, createdAt: clock.now(), error: null, at: 0 });
    }
  };

  const settle = (kept: Kept, outcome: EntryOutcome): Kept => {
    const now = clock.now();
    if (outcome.status === "published") return { ...kept, status: "published", at: now };
    const { status, attempts, error } = outcome;
    return { ...kept, status, attempts, error, at: status === "pending" ? now + outcome.delayMs : now };
  };

  return {
    async transaction(work) {
      const appended: RawMessage[] = [];
      const transaction: MemoryOutboxTransaction = { appended };
      open.set(transaction, appended);
      try {
        const result = await work(transaction);
        commit(appended);
        return result;
      } finally {
        open.delete(transaction);
      }
    },
    async append(transaction, messages) {
      const appended = open.get(transaction);
      if (appended === undefined)
        throw new OutboxError({
          code: "OUTBOX_TRANSACTION_OVER",
          message: "the transaction is over; append before the work given to transaction() has resolved",
        });
      appended.push(...messages);
    },
    async due(limit) {
      const now = clock.now();
      const held = new Set<string>();
      const found: OutboxEntry[] = [];
      for (const entry of entries.values()) {
        if (found.length >= limit) break;
        if (entry.status !== "pending") continue;
        const lane = laneOf(entry.message);
        if (lane !== null && held.has(lane)) continue;
        if (entry.at <= now) found.push(entry);
        else if (lane !== null) held.add(lane);
      }
      return found;
    },
    async record(outcomes) {
      for (const outcome of outcomes) {
        const kept = entries.get(outcome.id);
        if (kept?.status === "pending") entries.set(kept.id, settle(kept, outcome));
      }
    },
    async list(status, limit) {
      return [...entries.values()].filter((entry) => entry.status === status).slice(0, limit);
    },
    async requeue(ids) {
      const failed = ids.flatMap((id) => entries.get(id) ?? []).filter(({ status }) => status === "failed");
      for (const kept of failed) entries.set(kept.id, { ...kept, status: "pending", attempts: 0, error: null, at: 0 });
      return failed.length;
    },
    async removePublished(olderThanMs) {
      const latest = clock.now() - olderThanMs;
      const old = [...entries.values()].filter(({ status, at }) => status === "published" && at < latest);
      for (const { id } of old) entries.delete(id);
      return old.length;
    },
    async lease(owner, durationMs) {
      const now = clock.now();
      if (leased !== undefined && leased.owner !== owner && leased.until > now) return false;
      leased = { owner, until: now + durationMs };
      return true;
    },
    async release(owner) {
      if (leased?.owner === owner) leased = undefined;
    },
  };
}
