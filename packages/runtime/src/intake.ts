/** Something whose records are buffered. */
export interface Buffered {
  /** Whether nothing of it is. */
  readonly isEmpty: boolean;
  /** Calls once nothing is; who asked before is forgotten. */
  whenEmpty(wake: () => void): void;
}

/**
 * Bounds what is buffered, by count and by bytes. Whoever adds waits while a bound is exceeded, unless nothing of its own is there: what others have that are paused
 * or stuck must not hold it up for ever.
 */
export class Intake {
  readonly #maxRecords: number;
  readonly #maxBytes: number;
  #records = 0;
  #bytes = 0;
  readonly #waiting = new Set<() => void>();

  constructor(maxRecords: number, maxBytes: number) {
    this.#maxRecords = maxRecords;
    this.#maxBytes = maxBytes;
  }

  get records(): number {
    return this.#records;
  }

  get bytes(): number {
    return this.#bytes;
  }

  add(bytes: number): void {
    this.#records++;
    this.#bytes += bytes;
  }

  remove(bytes: number): void {
    this.#records--;
    this.#bytes -= bytes;
    if (this.#waiting.size > 0 && !this.#isFull()) this.release();
  }

  /** Resolves when there is room for more of it; undefined when there is now. */
  room(buffered: Buffered): Promise<void> | undefined {
    if (!this.#isFull() || buffered.isEmpty) return undefined;
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#waiting.delete(wake);
        resolve();
      };
      this.#waiting.add(wake);
      buffered.whenEmpty(wake);
    });
  }

  /** Lets everyone who waits go on. */
  release(): void {
    for (const wake of this.#waiting) wake();
  }

  #isFull(): boolean {
    return this.#records >= this.#maxRecords || this.#bytes >= this.#maxBytes;
  }
}
