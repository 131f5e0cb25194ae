import { setBaseOffset, setLogAppendTime, setPartitionLeaderEpoch } from "@millrace/protocol";
import { lastOffsetDeltaOf, maxTimestampOf } from "./batch-layout.ts";
import { type EpochEnd, LeaderEpochs } from "./leader-epochs.ts";
import { LogSegment } from "./log-segment.ts";
import { LogTransactions } from "./log-transactions.ts";

/** What a read gives: whole batches, in order, as slices of the log's own memory. */
export interface LogRead {
  readonly slices: readonly Buffer[];
  readonly sizeBytes: number;
}

/** Limits of one read. */
export interface LogReadLimits {
  /** Batches that begin at or after this offset are not given. */
  readonly untilOffset: number;
  readonly maxBytes: number;
  /** Gives the first batch even when it is larger than `maxBytes` (KIP-74). */
  readonly atLeastOne: boolean;
}

const firstSegmentBytes = 16 * 1024;
const largestSegmentBytes = 1024 * 1024;
const nothing: LogRead = { slices: [], sizeBytes: 0 };

/**
 * The records of one partition, kept as the batches in which they came. Offsets are dense at the end: each batch begins where the last one ended.
 * It has one replica, so what is appended is at once below the high watermark.
 */
export class PartitionLog {
  #segments: LogSegment[] = [];
  readonly #epochs = new LeaderEpochs();
  readonly transactions: LogTransactions = new LogTransactions();
  #startOffset = 0;
  #endOffset = 0;

  /** Offset of the oldest record that can still be read. */
  get startOffset(): number {
    return this.#startOffset;
  }

  /** Offset that the next record will get. */
  get endOffset(): number {
    return this.#endOffset;
  }

  get highWatermark(): number {
    return this.#endOffset;
  }

  /** What `read_committed` readers may see: everything below the oldest open transaction. */
  get lastStableOffset(): number {
    return Math.max(this.transactions.firstOpenOffset ?? this.highWatermark, this.#startOffset);
  }

  get sizeBytes(): number {
    return this.#segments.reduce((sum, segment) => sum + segment.sizeBytes, 0);
  }

  get latestEpoch(): number {
    return this.#epochs.latest;
  }

  /** Says that a leader with this epoch begins to write. */
  beginEpoch(epoch: number): void {
    this.#epochs.begin(epoch, this.#endOffset);
  }

  epochOf(offset: number): number {
    return this.#epochs.epochOf(offset);
  }

  endOfEpoch(epoch: number): EpochEnd {
    return this.#epochs.endOf(epoch, this.#endOffset);
  }

  /**
   * Adds one valid batch and gives the offset of its first record. The batch is copied; the copy gets its offset and the leader's epoch,
   * both outside the checksum. With `logAppendTimeMs` all its records get that time (`message.timestamp.type=LogAppendTime`).
   */
  append(batch: Buffer, logAppendTimeMs?: number): number {
    const baseOffset = this.#endOffset;
    const stored = this.#segmentFor(batch.length).append(batch, baseOffset, logAppendTimeMs ?? maxTimestampOf(batch, 0));
    setBaseOffset(stored, 0, baseOffset);
    setPartitionLeaderEpoch(stored, 0, this.latestEpoch);
    if (logAppendTimeMs !== undefined) setLogAppendTime(stored, 0, logAppendTimeMs);
    this.#endOffset = baseOffset + lastOffsetDeltaOf(batch, 0) + 1;
    return baseOffset;
  }

  /** Batches from the one that holds `offset` on. That batch is given whole, with the records before the offset: readers skip them. */
  read(offset: number, limits: LogReadLimits): LogRead {
    if (offset >= limits.untilOffset) return nothing;
    const slices: Buffer[] = [];
    let sizeBytes = 0;
    for (let index = this.#segmentIndex(offset); index < this.#segments.length; index++) {
      const segment = this.#segments[index]!;
      const first = slices.length === 0 ? segment.batchFor(offset) : 0;
      if (first === segment.batchCount) continue;
      const slice = segment.read(first, limits.untilOffset, limits.maxBytes - sizeBytes, limits.atLeastOne && slices.length === 0);
      if (slice === undefined) break;
      slices.push(slice);
      sizeBytes += slice.length;
      // It stopped inside the segment, so the next batch does not fit.
      if (sizeBytes >= limits.maxBytes) break;
      if (!endsWith(segment, slice)) break;
    }
    return slices.length === 0 ? nothing : { slices, sizeBytes };
  }

  /** Every batch from `offset` on, one by one. */
  *batches(offset: number = this.#startOffset): Generator<Buffer> {
    for (let index = this.#segmentIndex(offset); index < this.#segments.length; index++) {
      const segment = this.#segments[index]!;
      for (let batch = segment.batchFor(offset); batch < segment.batchCount; batch++) yield segment.batch(batch);
    }
  }

  /** The batches, in order of offset, that have a record whose timestamp is `timestamp` or later. */
  *batchesSince(timestamp: number): Generator<Buffer> {
    for (const segment of this.#segments) {
      if (segment.maxTimestamp < timestamp) continue;
      for (let batch = segment.batchFor(this.#startOffset); batch < segment.batchCount; batch++) {
        if (segment.maxTimestampOf(batch) >= timestamp) yield segment.batch(batch);
      }
    }
  }

  /** Largest timestamp in the log; -1 when it is empty. */
  get maxTimestamp(): number {
    return this.#segments.reduce((max, segment) => Math.max(max, segment.maxTimestamp), -1);
  }

  /** Gives up the records below `offset`; whole segments below it are freed. The start never moves back. */
  truncateBefore(offset: number): void {
    if (offset <= this.#startOffset) return;
    this.#startOffset = Math.min(offset, this.#endOffset);
    this.#segments = this.#segments.filter((segment) => segment.lastOffset >= this.#startOffset);
    this.#epochs.truncateBefore(this.#startOffset);
    this.transactions.truncateBefore(this.#startOffset);
  }

  #segmentFor(sizeBytes: number): LogSegment {
    const last = this.#segments.at(-1);
    if (last?.canHold(sizeBytes) === true) return last;
    // Small partitions stay small, large ones do not become thousands of pieces.
    const grown = last === undefined ? firstSegmentBytes : Math.min(largestSegmentBytes, Math.max(firstSegmentBytes, last.sizeBytes * 4));
    const segment = new LogSegment(Math.max(grown, sizeBytes));
    this.#segments.push(segment);
    return segment;
  }

  /** Index of the first segment that ends at or after `offset`. */
  #segmentIndex(offset: number): number {
    let low = 0;
    let high = this.#segments.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#segments[middle]!.lastOffset < offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function endsWith(segment: LogSegment, slice: Buffer): boolean {
  const last = segment.batch(segment.batchCount - 1);
  return slice.byteOffset + slice.length === last.byteOffset + last.length;
}
