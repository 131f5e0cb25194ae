/** Bounds what is buffered, by count and by bytes. Whoever adds waits while a bound is exceeded. */
export class Intake {
  readonly #maxRecords: number;
  readonly #maxBytes: number;
  #records = 0;
  #bytes = 0;
  #waiting: (() => void)[] = [];

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
    if (this.#waiting.length > 0 && !this.#isFull()) this.release();
  }

  /** Resolves when there is room; undefined when there is room now. */
  room(): Promise<void> | undefined {
    if (!this.#isFull()) return undefined;
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Lets everyone who waits go on. */
  release(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }

  #isFull(): boolean {
    return this.#records >= this.#maxRecords || this.#bytes >= this.#maxBytes;
  }
}
