import type { ClaimWork } from "../claim-work.ts";

/** A record in a queue. */
export interface Queued {
  /** Those of one lane have an order; null has none. */
  readonly chain: number | null;
  readonly work: ClaimWork;
  /** In a batch of its own. */
  readonly isAlone: boolean;
  /** It has failed before. */
  readonly isRetried: boolean;
  /** `out`: being decoded, or failed and not yet tried again. */
  readonly state: "waiting" | "running" | "out";
}

/**
 * The records of one partition number that are not settled, in the order in which they came: those of a source partition, and of the retry partition that comes
 * back to it.
 */
export class BatchQueue<Key, Item extends Queued> {
  readonly #items = new Map<Key, Item>();
  /** Batches that run. */
  running = 0;
  /** Records of the next batch, at most: fewer while somebody who is to blame for a failure is looked for. */
  limit: number;

  constructor(limit: number) {
    this.limit = limit;
  }

  get size(): number {
    return this.#items.size;
  }

  get(key: Key): Item | undefined {
    return this.#items.get(key);
  }

  enter(key: Key, item: Item): void {
    this.#items.set(key, item);
  }

  leave(key: Key): void {
    this.#items.delete(key);
  }

  /** Those that wait, of one partition. */
  waiting(work: ClaimWork): readonly Item[] {
    return [...this.#items.values()].filter((item) => item.work === work && item.state === "waiting");
  }

  /**
   * The next batch: the first that may be handled, and those behind it that may be handled with it. Nobody passes by another of its lane, and behind one that has
   * failed before there is none of its lane: it would be handled in vain.
   */
  next(): readonly Item[] {
    const batch: Item[] = [];
    const held = new Set<number>();
    for (const item of this.#items.values()) {
      if (batch.length >= this.limit) break;
      const { chain, state, isAlone, isRetried } = item;
      if (chain !== null && held.has(chain)) continue;
      const [first] = batch;
      const fits = state === "waiting" && (first === undefined || (first.work === item.work && !isAlone));
      if (fits) batch.push(item);
      if (chain !== null && (!fits || isRetried)) held.add(chain);
      if (fits && isAlone) break;
    }
    return batch;
  }
}
