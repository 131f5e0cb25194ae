import { lastOffsetDeltaOf, maxTimestampOf } from "./batch-layout.ts";

/**
 * A run of batches in one piece of memory. Batches only ever get added, so a slice handed to a reader stays valid for as long as the reader keeps it.
 */
export class LogSegment {
  /** Of the segment that Kafka would have, which may be several pieces of memory. */
  readonly number: number;
  /** When it was last written to. */
  writtenMs = 0;
  readonly #bytes: Buffer;
  #length = 0;
  /** Per batch: its first offset, and where it starts in `#bytes`. Both ascend. */
  readonly #offsets: number[] = [];
  readonly #positions: number[] = [];
  #maxTimestamp = -1;

  constructor(capacityBytes: number, number = 0) {
    this.number = number;
    this.#bytes = Buffer.allocUnsafeSlow(capacityBytes);
  }

  get batchCount(): number {
    return this.#offsets.length;
  }

  /** Bytes of memory held, full or not. */
  get capacityBytes(): number {
    return this.#bytes.length;
  }

  /** Bytes of batches held. */
  get sizeBytes(): number {
    return this.#length;
  }

  /** Largest record timestamp of its batches; -1 when none has one. */
  get maxTimestamp(): number {
    return this.#maxTimestamp;
  }

  /** Offset of the last record; batches may leave gaps below it. */
  get lastOffset(): number {
    const last = this.#offsets.length - 1;
    return last < 0 ? -1 : this.lastOffsetOf(last);
  }

  canHold(sizeBytes: number): boolean {
    return this.#length + sizeBytes <= this.#bytes.length;
  }

  /** Copies a batch to the end and gives the copy, whose header the caller may still finish. Ask `canHold` first. */
  append(batch: Buffer, baseOffset: number, maxTimestamp: number): Buffer {
    const position = this.#length;
    batch.copy(this.#bytes, position);
    this.#length += batch.length;
    this.#offsets.push(baseOffset);
    this.#positions.push(position);
    if (maxTimestamp > this.#maxTimestamp) this.#maxTimestamp = maxTimestamp;
    return this.#bytes.subarray(position, this.#length);
  }

  /** Number of the first batch whose last record is at or after `offset`; `batchCount` when there is none. */
  batchFor(offset: number): number {
    const before = lastAtOrBelow(this.#offsets, offset);
    if (before >= 0 && this.lastOffsetOf(before) >= offset) return before;
    return before + 1;
  }

  lastOffsetOf(batch: number): number {
    return this.#offsets[batch]! + lastOffsetDeltaOf(this.#bytes, this.#positions[batch]!);
  }

  maxTimestampOf(batch: number): number {
    return maxTimestampOf(this.#bytes, this.#positions[batch]!);
  }

  batch(batch: number): Buffer {
    return this.#bytes.subarray(this.#positions[batch], this.#positions[batch + 1] ?? this.#length);
  }

  /**
   * Whole batches from number `first` on that start below `untilOffset` and together have at most `maxBytes`; the first one is given
   * whatever its size when `atLeastOne` is set. `undefined` when there is nothing to give.
   */
  read(first: number, untilOffset: number, maxBytes: number, atLeastOne: boolean): Buffer | undefined {
    if (first >= this.#offsets.length || this.#offsets[first]! >= untilOffset) return undefined;
    const start = this.#positions[first]!;
    const belowUntil = this.#offsets.at(-1)! < untilOffset ? this.#offsets.length : lastAtOrBelow(this.#offsets, untilOffset - 1) + 1;
    const readableEnd = this.#positions[belowUntil] ?? this.#length;
    if (readableEnd - start <= maxBytes) return this.#bytes.subarray(start, readableEnd);
    // The batch that starts last at or below the limit is the first one that does not fit whole.
    const fitting = lastAtOrBelow(this.#positions, start + maxBytes);
    const end = this.#positions[fitting]!;
    if (end > start) return this.#bytes.subarray(start, end);
    return atLeastOne ? this.batch(first) : undefined;
  }
}

/** Index of the last number that is at most `limit`; -1 when all are larger. */
function lastAtOrBelow(ascending: readonly number[], limit: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ascending[middle]! <= limit) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
