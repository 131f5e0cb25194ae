/** How many records a step takes: fewer after one that took too long, more after those that were quick. */
export class StepSize {
  /** How much metadata the broker takes with offsets. Kafka: `offset.metadata.max.bytes`. */
  longestMetadata = 4_096;
  readonly #most: number;
  #current: number;

  constructor(maxBatchRecords: number) {
    this.#most = maxBatchRecords;
    this.#current = maxBatchRecords;
  }

  get current(): number {
    return this.#current;
  }

  shrink(): void {
    this.#current = Math.max(1, Math.floor(this.#current / 2));
  }

  grow(): void {
    this.#current = Math.min(this.#most, this.#current * 2);
  }
}
