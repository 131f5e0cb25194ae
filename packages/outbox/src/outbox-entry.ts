import type { RawMessage } from "@millrace/kafka";

/** `pending`: to be published. `published`: stored by the broker. `failed`: given up; published only when it is requeued. */
export type OutboxStatus = "pending" | "published" | "failed";

/** A message in a store. */
export interface OutboxEntry {
  /** The store's own name for it; never used again. */
  readonly id: string;
  readonly message: RawMessage;
  readonly status: OutboxStatus;
  /** Failed attempts to publish it. */
  readonly attempts: number;
  /** When it was appended, in milliseconds since the epoch. */
  readonly createdAt: number;
  /** What its last attempt failed with; null when none has. */
  readonly error: string | null;
}

/** What became of an attempt to publish an entry. */
export type EntryOutcome =
  | { readonly id: string; readonly status: "published" }
  /** To be tried again, not before so many milliseconds from now. */
  | { readonly id: string; readonly status: "pending"; readonly attempts: number; readonly delayMs: number; readonly error: string }
  | { readonly id: string; readonly status: "failed"; readonly attempts: number; readonly error: string };

/** What the order of an entry is kept within: the entries of one topic and key; null for one without a key, which has no order. */
export function laneOf({ topic, key }: RawMessage): string | null {
  return key === null ? null : `${topic}/${key.toString("latin1")}`;
}
