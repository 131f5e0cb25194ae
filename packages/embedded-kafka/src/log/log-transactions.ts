/** A transaction whose records are to be skipped by `read_committed` readers. */
export interface AbortedTransaction {
  readonly producerId: number;
  readonly firstOffset: number;
}

interface AbortedRange extends AbortedTransaction {
  /** Offset of the marker. */
  readonly lastOffset: number;
  /** First offset of the oldest transaction that was still open then, or the end of the log: no later entry begins below it. */
  readonly stableOffset: number;
}

/** The transactions of one log: which are open, and which were aborted and are still in it. */
export class LogTransactions {
  /** Per producer, the first offset of its open transaction. In order of that offset, since each begins at the log's end. */
  readonly #open = new Map<number, number>();
  /** In order of their markers. */
  #aborted: AbortedRange[] = [];

  /** First offset of the oldest open transaction. */
  get firstOpenOffset(): number | undefined {
    return this.#open.values().next().value;
  }

  /** How many aborted transactions are remembered. */
  get abortedCount(): number {
    return this.#aborted.length;
  }

  openOffsetOf(producerId: number): number | undefined {
    return this.#open.get(producerId);
  }

  /** A producer wrote a batch within a transaction. Only the first one of a transaction counts. */
  wrote(producerId: number, baseOffset: number): void {
    if (!this.#open.has(producerId)) this.#open.set(producerId, baseOffset);
  }

  /** A marker was written. One without records before it changes nothing. */
  ended(producerId: number, { markerOffset, committed }: { readonly markerOffset: number; readonly committed: boolean }): void {
    const firstOffset = this.#open.get(producerId);
    if (firstOffset === undefined) return;
    this.#open.delete(producerId);
    if (committed) return;
    this.#aborted.push({ producerId, firstOffset, lastOffset: markerOffset, stableOffset: this.firstOpenOffset ?? markerOffset + 1 });
  }

  /**
   * The aborted transactions with records from `offset` on and below `untilOffset`, sorted by their first offset: clients take them from the
   * list one by one as they read.
   */
  abortedIn(offset: number, untilOffset: number): AbortedTransaction[] {
    const found: AbortedTransaction[] = [];
    for (let index = this.#firstEndingAt(offset); index < this.#aborted.length; index++) {
      const { producerId, firstOffset, stableOffset } = this.#aborted[index]!;
      if (firstOffset < untilOffset) found.push({ producerId, firstOffset });
      if (stableOffset >= untilOffset) break;
    }
    return found.sort((left, right) => left.firstOffset - right.firstOffset);
  }

  /** Whether what a producer wrote at `offset` belongs to an aborted transaction. */
  isAborted(producerId: number, offset: number): boolean {
    for (let index = this.#firstEndingAt(offset); index < this.#aborted.length; index++) {
      // A producer has one transaction after the other, so the next one of its that was aborted tells.
      const range = this.#aborted[index]!;
      if (range.producerId === producerId) return range.firstOffset <= offset;
    }
    return false;
  }

  /** Nothing is left of the transaction that this marker ended, so that readers have nothing to skip. */
  forget(markerOffset: number): void {
    const index = this.#firstEndingAt(markerOffset);
    if (this.#aborted[index]?.lastOffset === markerOffset) this.#aborted.splice(index, 1);
  }

  /** Forgets what lies entirely below the log's new start. */
  truncateBefore(offset: number): void {
    this.#aborted = this.#aborted.slice(this.#firstEndingAt(offset));
  }

  /** Index of the first aborted transaction whose marker is at or after `offset`. */
  #firstEndingAt(offset: number): number {
    let low = 0;
    let high = this.#aborted.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#aborted[middle]!.lastOffset < offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
