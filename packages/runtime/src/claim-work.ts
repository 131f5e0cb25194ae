import type { KafkaRecord, PartitionClaim } from "@millrace/kafka";
import type { ExactlyOnceUnit } from "./exactly-once/exactly-once-unit.ts";
import { appendOffsetMap, decodeOffsetMap, encodeOffsetMap, epochAt, isInRanges, type OffsetMap } from "./offset-map.ts";
import { type Ticket, Watermark } from "./watermark.ts";

// From here on, a partition's window counts as full.
const crowded = 0.9;

/** What is to be committed of a partition. */
export interface WorkCommit {
  readonly offset: number;
  /** Which records above it are settled; undefined when none are. */
  readonly metadata: string | undefined;
  /** How many records were settled by then. */
  readonly settled: number;
}

/** Where the work on a partition begins. */
export interface WorkStart {
  readonly startOffset: number;
  /** What the group has stored; null when nothing, or when something else is to be. */
  readonly committed: PartitionClaim["committed"];
}

/** The work on one claimed partition, from assignment to revocation. */
export class ClaimWork {
  readonly claim: PartitionClaim;
  /** Where it begins. */
  readonly startOffset: number;
  readonly watermark: Watermark;
  /** What it is worked on with in transactions, where its processor does so. */
  unit: ExactlyOnceUnit | undefined;
  /** Position that was last committed; -1 when it must be committed anew, were it only to pin where the group started. */
  #committed: number;
  readonly #draining = new AbortController();
  readonly #given = new AbortController();
  // Asking the signals costs too much for every record.
  #isDraining = false;
  #isGivenUp = false;
  /** What the group had settled beyond its offset when the partition came. */
  #remembered: OffsetMap | undefined;
  #settled = 0;
  #settledWhenCommitted = 0;
  /** Whether more is settled above the position than a commit can tell. */
  #isMapFull = false;
  #running = 0;
  #idle: (() => void)[] = [];
  #maxPending = Number.POSITIVE_INFINITY;
  #advanced: (() => void) | undefined;
  #emptied: (() => void) | undefined;

  /** @param start where it begins, when that is not where the claim did */
  constructor(claim: PartitionClaim, { startOffset, committed }: WorkStart = claim) {
    this.claim = claim;
    this.startOffset = startOffset;
    this.watermark = new Watermark(startOffset);
    // They differ where the group's offset is no longer in the log: then a lower position is the right one.
    const isResumed = committed?.offset === startOffset;
    this.#committed = isResumed ? startOffset : -1;
    this.#remembered = isResumed ? decodeOffsetMap(committed.metadata, startOffset) : undefined;
  }

  /** Aborts when the partition is going: nothing new starts, waits between attempts end; handlers that run may finish. */
  get draining(): AbortSignal {
    return this.#draining.signal;
  }

  /** Aborts when handlers must give up too. */
  get givenUp(): AbortSignal {
    return this.#given.signal;
  }

  get isDraining(): boolean {
    return this.#isDraining;
  }

  get isGivenUp(): boolean {
    return this.#isGivenUp;
  }

  /** Position to commit, or undefined when it is committed already, and what is settled above it too. */
  get uncommitted(): number | undefined {
    const position = this.watermark.position;
    const isNewer = position === this.#committed && this.#settled > this.#settledWhenCommitted;
    return position > this.#committed || isNewer ? position : undefined;
  }

  /** Offsets below the position that are not committed. */
  get uncommittedCount(): number {
    return Math.max(0, this.watermark.position - Math.max(this.#committed, this.startOffset));
  }

  /** What to commit, or undefined. The metadata takes at most so many bytes; 0: none. */
  commit(longestMetadata: number): WorkCommit | undefined {
    const offset = this.uncommitted;
    if (offset === undefined) return undefined;
    const map = longestMetadata > 0 ? this.#settledAbove() : undefined;
    const encoded = map === undefined ? undefined : encodeOffsetMap(map, longestMetadata);
    // With nothing below to wait for, there never would be room.
    this.#isMapFull = encoded?.isWhole === false && this.watermark.pending > 0;
    this.#wakeIfRoom();
    return { offset, metadata: encoded?.text, settled: this.#settled };
  }

  /** Whether a commit now, with so much metadata, tells of everything that is settled. */
  tellsAll(longestMetadata: number): boolean {
    if (!this.watermark.isToldWhole) return false;
    const map = this.#settledAbove();
    return map === undefined || this.watermark.pending === 0 || encodeOffsetMap(map, longestMetadata).isWhole;
  }

  /** It was committed. */
  wasCommitted({ offset, settled }: WorkCommit): void {
    this.#committed = Math.max(this.#committed, offset);
    this.#settledWhenCommitted = Math.max(this.#settledWhenCommitted, settled);
  }

  /** Whether somebody of the group had settled this very record, beyond the offset that was committed. */
  isRemembered({ offset, leaderEpoch = -1 }: KafkaRecord): boolean {
    const map = this.#remembered;
    return map !== undefined && leaderEpoch === epochAt(map, offset) && isInRanges(map.ranges, offset);
  }

  /** Nothing below will be asked about any more. */
  forgetBelow(offset: number): void {
    if (offset >= (this.#remembered?.ranges.at(-1)?.to ?? 0)) this.#remembered = undefined;
  }

  drain(): void {
    this.#isDraining = true;
    this.#draining.abort();
    this.#wake();
  }

  giveUp(reason: string): void {
    this.#isGivenUp = true;
    this.drain();
    this.#given.abort(new DOMException(reason, "AbortError"));
  }

  settle(ticket: Ticket): void {
    this.watermark.settle(ticket);
    this.#settled++;
    this.#wakeIfRoom();
    if (this.#emptied !== undefined && this.isEmpty) this.#tellEmpty();
  }

  /** Whether everything that was taken in is settled. */
  get isEmpty(): boolean {
    return this.watermark.unsettled === 0;
  }

  /** Calls once everything that was taken in is settled; who asked before is forgotten. */
  whenEmpty(wake: () => void): void {
    this.#emptied = wake;
  }

  /**
   * Resolves when fewer than `maxPending` offsets wait below and above a record that is slow to settle, and a commit can tell which of them are settled, or when
   * the partition is going; undefined when that is so now. Without it, one such record would let everything behind it pile up as work to be done again after a
   * crash.
   */
  room(maxPending: number): Promise<void> | undefined {
    this.#maxPending = maxPending;
    if (this.#hasRoom || this.#isDraining) return undefined;
    return new Promise((resolve) => {
      this.#advanced = resolve;
    });
  }

  /** Whether something waits for room. */
  get isHeldBack(): boolean {
    return this.#advanced !== undefined;
  }

  /** Whether there is no room behind the oldest unsettled record, or hardly any. */
  get isCrowded(): boolean {
    return this.#isMapFull || this.watermark.pending >= this.#maxPending * crowded;
  }

  began(): void {
    this.#running++;
  }

  ended(): void {
    this.#running--;
    if (this.#running > 0) return;
    const idle = this.#idle;
    this.#idle = [];
    for (const resolve of idle) resolve();
  }

  /** Resolves when no handler of this partition runs. */
  whenIdle(): Promise<void> {
    if (this.#running === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }

  /** What is settled above the position: also what was when the partition came, and has not been read again yet. */
  #settledAbove(): OffsetMap | undefined {
    const map = this.watermark.settledAbove();
    return this.#remembered === undefined ? map : appendOffsetMap(map, this.#remembered, this.watermark);
  }

  #tellEmpty(): void {
    const wake = this.#emptied;
    this.#emptied = undefined;
    wake?.();
  }

  get #hasRoom(): boolean {
    return this.watermark.pending < this.#maxPending && !this.#isMapFull;
  }

  #wakeIfRoom(): void {
    if (this.#advanced !== undefined && this.#hasRoom) this.#wake();
  }

  #wake(): void {
    const advanced = this.#advanced;
    this.#advanced = undefined;
    advanced?.();
  }
}
