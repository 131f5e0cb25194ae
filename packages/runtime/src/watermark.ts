/** Something with an offset that is settled once. */
export interface Settleable {
  readonly offset: number;
  settled: boolean;
}

/**
 * Where a partition may be committed: everything below `position` is settled. Offsets without records (control records, aborted transactions, compacted gaps)
 * count as settled as soon as a fetch has covered them.
 *
 * Entries come in ascending order; they may be settled in any order. Amortised constant time each.
 */
export class Watermark {
  #entries: Settleable[] = [];
  #head = 0;
  #end: number;

  /** @param start the first offset to be read */
  constructor(start: number) {
    this.#end = start;
  }

  /** Next offset that may be committed. */
  get position(): number {
    return this.#entries[this.#head]?.offset ?? this.#end;
  }

  /** Entries added and not yet below the position. */
  get pending(): number {
    return this.#entries.length - this.#head;
  }

  add(entry: Settleable): void {
    this.#entries.push(entry);
  }

  /** A fetch has covered everything below `nextOffset`, and what it brought was added before. */
  cover(nextOffset: number): void {
    if (nextOffset > this.#end) this.#end = nextOffset;
  }

  settle(entry: Settleable): void {
    entry.settled = true;
    const entries = this.#entries;
    while (this.#head < entries.length && entries[this.#head]?.settled === true) this.#head++;
    if (this.#head === entries.length) {
      entries.length = 0;
      this.#head = 0;
    } else if (this.#head >= 1024 && this.#head * 2 >= entries.length) {
      this.#entries = entries.slice(this.#head);
      this.#head = 0;
    }
  }
}
