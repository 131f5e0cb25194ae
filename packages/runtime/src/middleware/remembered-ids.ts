import { type Clock, InvalidOptionsError, systemClock } from "@millrace/core";
import type { DedupeStore } from "./dedupe.ts";

/** How much is remembered. */
export interface RememberedIdsOptions {
  /** The oldest are forgotten first. About 200 bytes each. @default 100_000 */
  readonly maxEntries?: number | undefined;
  /** How long, in milliseconds. @default 600_000 */
  readonly ttlMs?: number | undefined;
  readonly clock?: Clock | undefined;
}

/** Ids, bounded in number and in time. */
export class RememberedIds {
  readonly #maxEntries: number;
  readonly #ttlMs: number;
  readonly #clock: Clock;
  /** When each was added, by the wall clock; the oldest first. */
  readonly #ids = new Map<string, number>();

  /** @throws InvalidOptionsError (`INVALID_OPTIONS`) */
  constructor({ maxEntries = 100_000, ttlMs = 600_000, clock = systemClock }: RememberedIdsOptions) {
    const problems: string[] = [];
    if (!Number.isSafeInteger(maxEntries) || maxEntries < 1)
      problems.push(`maxEntries must be a whole number of at least 1, not ${maxEntries}`);
    if (!Number.isSafeInteger(ttlMs) || ttlMs < 1) problems.push(`ttlMs must be a whole number of at least 1, not ${ttlMs}`);
    if (problems.length > 0) throw new InvalidOptionsError("dedupe store", problems);
    this.#maxEntries = maxEntries;
    this.#ttlMs = ttlMs;
    this.#clock = clock;
  }

  get size(): number {
    return this.#ids.size;
  }

  has(id: string): boolean {
    const at = this.#ids.get(id);
    return at !== undefined && at > this.#clock.now() - this.#ttlMs;
  }

  add(id: string, at: number = this.#clock.now()): void {
    this.#ids.delete(id);
    this.#ids.set(id, at);
    const expired = this.#clock.now() - this.#ttlMs;
    for (const [oldest, since] of this.#ids) {
      if (since > expired && this.#ids.size <= this.#maxEntries) break;
      this.#ids.delete(oldest);
    }
  }
}

/**
 * Remembers in this process only: enough for what comes twice while it runs, and not for what comes again after a crash.
 * @throws InvalidOptionsError (`INVALID_OPTIONS`)
 */
export function memoryDedupeStore(options: RememberedIdsOptions = {}): DedupeStore {
  const ids = new RememberedIds(options);
  return { has: (id) => ids.has(id), add: (id) => ids.add(id) };
}
