interface Attempt {
  readonly epoch: number;
  readonly lowestSequence: number;
}

/** Producers whose attempts are remembered, as a bound on memory: nothing else holds back who sends batches that are all refused. */
const mostProducers = 1_000;

/**
 * The lowest sequence number with which each producer has tried to begin its part of a transaction in a partition. Until one of its batches gets
 * in, none with a higher number may: the lower one was refused and comes again, and would find its place taken (KIP-890).
 */
export class AttemptedSequences {
  readonly #attempts = new Map<number, Attempt>();

  /** The lowest one that this producer tried, or `undefined`. */
  lowestOf(producerId: number): number | undefined {
    return this.#attempts.get(producerId)?.lowestSequence;
  }

  /** A producer tries; a newer epoch begins anew. */
  attempted(producerId: number, epoch: number, sequence: number): void {
    const before = this.#attempts.get(producerId);
    const isLower = before === undefined || epoch > before.epoch || (epoch === before.epoch && sequence < before.lowestSequence);
    if (!isLower) return;
    this.#attempts.set(producerId, { epoch, lowestSequence: sequence });
    if (this.#attempts.size > mostProducers) this.#attempts.delete(this.#attempts.keys().next().value!);
  }

  /** One of its batches is in, or its transaction is over. */
  settled(producerId: number): void {
    this.#attempts.delete(producerId);
  }
}
