/** Times the reading of a topic from the first batch that arrives to the last record: what is before it is waiting. */
export class ReadingClock {
  readonly #records: number;
  readonly #resolve: (rate: number) => void;
  /** Records a second. */
  readonly rate: Promise<number>;
  #startedAt: number | undefined;
  #first = 0;
  #seen = 0;

  constructor(records: number) {
    this.#records = records;
    const { promise, resolve } = Promise.withResolvers<number>();
    this.rate = promise;
    this.#resolve = resolve;
  }

  /** True when everything has been read. */
  count(arrived: number): boolean {
    this.#seen += arrived;
    if (this.#startedAt === undefined) {
      this.#startedAt = performance.now();
      this.#first = arrived;
    }
    if (this.#seen < this.#records) return false;
    this.#resolve(((this.#seen - this.#first) * 1_000) / (performance.now() - this.#startedAt));
    return true;
  }
}
