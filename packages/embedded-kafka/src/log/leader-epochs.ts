interface EpochStart {
  readonly epoch: number;
  readonly startOffset: number;
}

/** Answer to "where does this epoch end": -1 and -1 when the epoch is unknown. */
export interface EpochEnd {
  readonly epoch: number;
  readonly endOffset: number;
}

const unknown: EpochEnd = { epoch: -1, endOffset: -1 };

/** Which leader epoch wrote which part of a log (KIP-101). */
export class LeaderEpochs {
  #starts: EpochStart[] = [];

  get latest(): number {
    return this.#starts.at(-1)?.epoch ?? -1;
  }

  /** Says that from `startOffset` on records carry `epoch`. An epoch that is not newer than the latest changes nothing. */
  begin(epoch: number, startOffset: number): void {
    if (epoch <= this.latest) return;
    // An epoch under which nothing was written has no part of the log.
    while ((this.#starts.at(-1)?.startOffset ?? -1) >= startOffset) this.#starts.pop();
    this.#starts.push({ epoch, startOffset });
  }

  /** The epoch that wrote `offset`, or the oldest known one for offsets below it. */
  epochOf(offset: number): number {
    let found = this.#starts[0]?.epoch ?? -1;
    for (const start of this.#starts) if (start.startOffset <= offset) found = start.epoch;
    return found;
  }

  /** The largest epoch up to the asked one, and the offset after its last record. */
  endOf(epoch: number, logEndOffset: number): EpochEnd {
    if (epoch < 0 || epoch > this.latest) return unknown;
    if (epoch === this.latest) return { epoch, endOffset: logEndOffset };
    const next = this.#starts.findIndex((start) => start.epoch > epoch);
    const before = this.#starts[next - 1];
    // Asked for an epoch older than all that are left: its records are gone, so it ends where the log begins.
    if (before === undefined) return { epoch, endOffset: this.#starts[0]!.startOffset };
    return { epoch: before.epoch, endOffset: this.#starts[next]!.startOffset };
  }

  /** Forgets what lies entirely below the log's new start. */
  truncateBefore(offset: number): void {
    const first = this.#starts.findLastIndex((start) => start.startOffset <= offset);
    if (first < 0) return;
    this.#starts = [{ epoch: this.#starts[first]!.epoch, startOffset: offset }, ...this.#starts.slice(first + 1)];
  }
}
