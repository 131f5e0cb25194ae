import { setBaseOffset, setLogAppendTime, setPartitionLeaderEpoch } from "@millrace/protocol";
import { baseOffsetOf, lastOffsetDeltaOf, maxTimestampOf } from "./batch-layout.ts";
import { type EpochEnd, LeaderEpochs } from "./leader-epochs.ts";
import { LogMemory } from "./log-memory.ts";
import type { RetainedPiece } from "./log-retention.ts";
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
  /** At so many bytes it stops where the log's memory has a seam, so that what it gives is one slice. @default never */
  readonly enoughBytes?: number;
}

/** The part of a log that may be compacted. */
export interface CleanablePart {
  readonly batches: readonly Buffer[];
  readonly sizeBytes: number;
  /** What of it has not been compacted before. */
  readonly dirtyBytes: number;
  readonly pieces: number;
}

/** When a log begins a new segment. */
export interface RollRules {
  readonly nowMs: number;
  /** Kafka: `segment.bytes`. */
  readonly segmentBytes: number;
  /** Kafka: `segment.ms`. */
  readonly segmentMs: number;
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
  readonly #memory: LogMemory;
  #startOffset = 0;
  #endOffset = 0;
  #cleanedUntil = 0;
  #cleanedNumber = 0;
  #segmentNumber = 0;
  /** The first piece of the newest segment, and the bytes in all its pieces. */
  #activeFirst: LogSegment | undefined;
  #activeBytes = 0;
  #nowMs = 0;
  #heldAt: number | undefined;

  constructor(memory: LogMemory = new LogMemory()) {
    this.#memory = memory;
  }

  /** Offset of the oldest record that can still be read. */
  get startOffset(): number {
    return this.#startOffset;
  }

  /** Offset that the next record will get. */
  get endOffset(): number {
    return this.#endOffset;
  }

  /** What readers may see: everything, unless it is held back. */
  get highWatermark(): number {
    return Math.max(this.#heldAt ?? this.#endOffset, this.#startOffset);
  }

  /** Holds back what comes from now on, or no more. */
  holdHighWatermark(hold: boolean): void {
    this.#heldAt = hold ? (this.#heldAt ?? this.#endOffset) : undefined;
  }

  /** What `read_committed` readers may see: everything below the oldest open transaction. */
  get lastStableOffset(): number {
    return Math.max(Math.min(this.transactions.firstOpenOffset ?? this.highWatermark, this.highWatermark), this.#startOffset);
  }

  get sizeBytes(): number {
    return totalBytes(this.#segments);
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
    const segment = this.#segmentFor(batch.length);
    const stored = segment.append(batch, baseOffset, logAppendTimeMs ?? maxTimestampOf(batch, 0));
    segment.writtenMs = this.#nowMs;
    this.#activeFirst ??= segment;
    this.#activeBytes += batch.length;
    setBaseOffset(stored, 0, baseOffset);
    setPartitionLeaderEpoch(stored, 0, this.latestEpoch);
    if (logAppendTimeMs !== undefined) setLogAppendTime(stored, 0, logAppendTimeMs);
    this.#endOffset = baseOffset + lastOffsetDeltaOf(batch, 0) + 1;
    return baseOffset;
  }

  /** Begins a new segment if that is due before a batch is appended: retention and compaction leave the newest one alone. */
  rollIfDue(batch: Buffer, { nowMs, segmentBytes, segmentMs }: RollRules): void {
    this.#nowMs = nowMs;
    const first = this.#activeFirst;
    if (first === undefined) return;
    const firstTimestamp = first.maxTimestampOf(0);
    const timestamp = maxTimestampOf(batch, 0);
    const waitedMs = firstTimestamp >= 0 && timestamp >= 0 ? timestamp - firstTimestamp : nowMs - first.writtenMs;
    if (this.#activeBytes + batch.length > segmentBytes || waitedMs > segmentMs) this.roll();
  }

  /** Begins a new segment with the next batch, unless there is nothing in the newest one. */
  roll(): void {
    if (this.#activeFirst === undefined) return;
    this.#segmentNumber++;
    this.#activeFirst = undefined;
    this.#activeBytes = 0;
  }

  /** How much memory a batch of this size would take beyond what the log has. */
  growthFor(sizeBytes: number): number {
    const last = this.#segments.at(-1);
    return last?.number === this.#segmentNumber && last.canHold(sizeBytes) ? 0 : this.#newCapacity(sizeBytes);
  }

  /** What retention may give up, oldest first: Kafka's segments, or the smaller pieces of memory they are made of. */
  pieces(unit: "segment" | "memory"): RetainedPiece[] {
    if (unit === "memory") return this.#segments;
    const runs = Map.groupBy(this.#segments, (segment) => segment.number);
    return [...runs.values()].map((run) => ({
      lastOffset: run.at(-1)!.lastOffset,
      sizeBytes: totalBytes(run),
      maxTimestamp: Math.max(...run.map((segment) => segment.maxTimestamp)),
      writtenMs: run.at(-1)!.writtenMs,
    }));
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
      if (sizeBytes >= Math.min(limits.maxBytes, limits.enoughBytes ?? limits.maxBytes)) break;
      // It stopped inside the segment, so the next batch does not fit.
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
    this.#keep(this.#segments.filter((segment) => segment.lastOffset >= this.#startOffset));
    this.#epochs.truncateBefore(this.#startOffset);
    this.transactions.truncateBefore(this.#startOffset);
  }

  /** The batches of the segments that may be compacted: not the newest, nothing that a transaction holds open, nothing younger than `lagMs`. */
  cleanable(nowMs: number, lagMs: number): CleanablePart {
    const runs = Map.groupBy(this.#segments, (segment) => segment.number);
    const segments: LogSegment[] = [];
    for (const [number, run] of runs) {
      const tooYoung =
        lagMs > 0 && run.some(({ maxTimestamp, writtenMs }) => (maxTimestamp >= 0 ? maxTimestamp : writtenMs) > nowMs - lagMs);
      if (number === this.#segmentNumber || run.at(-1)!.lastOffset >= this.lastStableOffset || tooYoung) break;
      segments.push(...run);
    }
    const dirty = segments.filter((segment) => segment.lastOffset >= this.#cleanedUntil);
    const batches = segments.flatMap((segment) => Array.from({ length: segment.batchCount }, (_, batch) => segment.batch(batch)));
    return { batches, sizeBytes: totalBytes(segments), dirtyBytes: totalBytes(dirty), pieces: segments.length };
  }

  /** Puts compacted batches in the place of those that `cleanable` gave. Nothing may have been appended or given up in between. */
  replaceCleanable({ pieces }: CleanablePart, batches: readonly Buffer[]): void {
    const old = this.#segments.slice(0, pieces);
    const last = old.at(-1);
    if (last === undefined) return;
    this.#cleanedUntil = last.lastOffset + 1;
    const replaced: LogSegment[] = [];
    for (let next = 0; next < batches.length; ) {
      let count = 1;
      let size = batches[next]!.length;
      while (next + count < batches.length && size + batches[next + count]!.length <= largestSegmentBytes)
        size += batches[next + count++]!.length;
      // Each is a segment of its own, under a number that no other has.
      const segment = new LogSegment(size, --this.#cleanedNumber);
      for (const batch of batches.slice(next, next + count)) segment.append(batch, baseOffsetOf(batch, 0), maxTimestampOf(batch, 0));
      segment.writtenMs = last.writtenMs;
      this.#memory.take(size);
      replaced.push(segment);
      next += count;
    }
    this.#keep([...replaced, ...this.#segments.slice(pieces)]);
  }

  /** Gives its memory back: its topic is gone. */
  release(): void {
    this.#keep([]);
  }

  #keep(segments: LogSegment[]): void {
    const kept = new Set(segments);
    for (const segment of this.#segments) if (!kept.has(segment)) this.#memory.give(segment.capacityBytes);
    this.#segments = segments;
    const active = segments.filter((segment) => segment.number === this.#segmentNumber);
    this.#activeFirst = active[0];
    this.#activeBytes = totalBytes(active);
  }

  #segmentFor(sizeBytes: number): LogSegment {
    const last = this.#segments.at(-1);
    if (last?.number === this.#segmentNumber && last.canHold(sizeBytes)) return last;
    const segment = new LogSegment(this.#newCapacity(sizeBytes), this.#segmentNumber);
    this.#memory.take(segment.capacityBytes);
    this.#segments.push(segment);
    return segment;
  }

  #newCapacity(sizeBytes: number): number {
    const last = this.#segments.at(-1);
    // Small partitions stay small, large ones do not become thousands of pieces.
    const grown = last === undefined ? firstSegmentBytes : Math.min(largestSegmentBytes, Math.max(firstSegmentBytes, last.sizeBytes * 4));
    return Math.max(grown, sizeBytes);
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

function totalBytes(segments: readonly LogSegment[]): number {
  return segments.reduce((sum, segment) => sum + segment.sizeBytes, 0);
}

function endsWith(segment: LogSegment, slice: Buffer): boolean {
  const last = segment.batch(segment.batchCount - 1);
  return slice.byteOffset + slice.length === last.byteOffset + last.length;
}
