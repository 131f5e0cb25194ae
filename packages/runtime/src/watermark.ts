import type { EpochStart, OffsetMap, OffsetRange } from "./offset-map.ts";

/** Names an added offset, to settle it by. */
export type Ticket = number;

const growAt = 1_024;
const maxChanges = 32;

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
  #unsettled = 0;
  /** Ticket of the first element. */
  #first = 0;
  /** Where the unsettled ones begin. */
  #head = 0;
  #end: number;
  /** Leader epoch of the newest offset. */
  #epoch = -1;
  /** From which offset on there is which; at least one, ascending. */
  #epochs: EpochStart[] = [{ from: 0, epoch: -1 }];

  /** @param start the first offset to be read */
  constructor(start: number) {
    this.#end = start;
  }

  /** Next offset that may be committed. */
  get position(): number {
    return this.#offsets[this.#head] ?? this.#end;
  }

  /** The lowest offset that may be added next. */
  get end(): number {
    return Math.max(this.#end, (this.#offsets.at(-1) ?? -1) + 1);
  }

  /** Of the first offset that is not settled. */
  get firstTicket(): Ticket {
    return this.#first + this.#head;
  }

  /** Of the next offset that is added; they are consecutive. */
  get nextTicket(): Ticket {
    return this.#first + this.#offsets.length;
  }

  /** Offsets added and not yet below the position, settled or not. */
  get pending(): number {
    return this.#offsets.length - this.#head;
  }

  /** Offsets added and not settled. */
  get unsettled(): number {
    return this.#unsettled;
  }

  /** @param epoch the leader epoch of the record */
  add(offset: number, epoch = -1): Ticket {
    if (epoch !== this.#epoch) {
      this.#epoch = epoch;
      this.#epochs.push({ from: offset, epoch });
      this.#forgetEpochs();
    }
    this.#unsettled++;
    this.#settled.push(false);
    return this.#first + this.#offsets.push(offset) - 1;
  }

  /** A fetch has covered everything below `nextOffset`, and what it brought was added before. */
  cover(nextOffset: number): void {
    if (nextOffset > this.#end) this.#end = nextOffset;
  }

  /** What is settled above the position, as far as its leader epoch is known; undefined when nothing is. */
  settledAbove(): OffsetMap | undefined {
    this.#forgetEpochs();
    const [first, ...later] = this.#epochs as [EpochStart, ...EpochStart[]];
    const ranges: OffsetRange[] = [];
    let from: number | undefined;
    let to = 0;
    for (let index = this.#head; index < this.#offsets.length; index++) {
      const offset = this.#offsets[index] as number;
      if (this.#settled[index] === true && offset >= first.from) {
        from ??= offset;
        to = offset + 1;
      } else if (from !== undefined) {
        ranges.push({ from, to });
        from = undefined;
      }
    }
    if (from !== undefined) ranges.push({ from, to });
    if (ranges.length === 0) return undefined;
    const map = { base: this.position, epoch: first.epoch, ranges };
    return later.length === 0 ? map : { ...map, later };
  }

  /** Whether `settledAbove` leaves nothing out: what is settled, but before more changes of leaders than are remembered. */
  get isToldWhole(): boolean {
    this.#forgetEpochs();
    const known = (this.#epochs[0] as EpochStart).from;
    for (let index = this.#head; index < this.#offsets.length && (this.#offsets[index] as number) < known; index++) {
      if (this.#settled[index] === true) return false;
    }
    return true;
  }

  /** Once for each ticket. */
  settle(ticket: Ticket): void {
    const settled = this.#settled;
    this.#unsettled--;
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

  /** Those that nothing above the position has, and the oldest of too many: kept are the one at the position and so many changes above it. */
  #forgetEpochs(): void {
    const epochs = this.#epochs;
    const { position } = this;
    while (epochs.length > 1 && ((epochs[1] as EpochStart).from <= position || epochs.length > maxChanges + 1)) epochs.shift();
  }
}
