/** Names an added offset, to settle it by. */
export type Ticket = number;

const growAt = 1_024;

/**
 * Where a partition may be committed: everything below `position` is settled. Offsets without records (control records, aborted transactions, compacted gaps)
 * count as settled as soon as a fetch has covered them.
 *
 * Offsets are added in ascending order; they may be settled in any order. Amortised constant time each. Holds offsets only, never the records: those that are
 * settled above a slow one would pile up.
 */
export class Watermark {
  #offsets: number[] = [];
  #settled: boolean[] = [];
  /** Ticket of the first element. */
  #first = 0;
  /** Where the unsettled ones begin. */
  #head = 0;
  #end: number;

  /** @param start the first offset to be read */
  constructor(start: number) {
    this.#end = start;
  }

  /** Next offset that may be committed. */
  get position(): number {
    return this.#offsets[this.#head] ?? this.#end;
  }

  /** Offsets added and not yet below the position, settled or not. */
  get pending(): number {
    return this.#offsets.length - this.#head;
  }

  add(offset: number): Ticket {
    this.#settled.push(false);
    return this.#first + this.#offsets.push(offset) - 1;
  }

  /** A fetch has covered everything below `nextOffset`, and what it brought was added before. */
  cover(nextOffset: number): void {
    if (nextOffset > this.#end) this.#end = nextOffset;
  }

  settle(ticket: Ticket): void {
    const settled = this.#settled;
    settled[ticket - this.#first] = true;
    while (settled[this.#head] === true) this.#head++;
    if (this.#head === settled.length) {
      this.#offsets.length = 0;
      settled.length = 0;
    } else if (this.#head >= growAt && this.#head * 2 >= settled.length) {
      this.#offsets = this.#offsets.slice(this.#head);
      this.#settled = settled.slice(this.#head);
    } else return;
    this.#first += this.#head;
    this.#head = 0;
  }
}
