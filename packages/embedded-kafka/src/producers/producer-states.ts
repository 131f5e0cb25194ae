import type { ErrorName, RecordBatchHeader } from "@millrace/protocol";
import { AttemptedSequences } from "./attempted-sequences.ts";
import { sequenceAfter } from "./sequence-number.ts";

interface AppendedBatch {
  readonly baseSequence: number;
  readonly lastSequence: number;
  readonly baseOffset: number;
  readonly timestamp: number;
}

interface ProducerState {
  epoch: number;
  /** Oldest first; none when the epoch is known from a transaction's marker alone. */
  readonly batches: AppendedBatch[];
  /** Of the latest batch or marker. */
  lastTimestamp: number;
  /** Of the latest marker; -1 when there was none. */
  coordinatorEpoch: number;
  lastSeenMs: number;
}

/** A producer as a partition knows it. */
export interface ActiveProducer {
  readonly producerId: number;
  readonly producerEpoch: number;
  /** -1 when nothing has been written with this epoch. */
  readonly lastSequence: number;
  readonly lastTimestamp: number;
  /** -1 when it never ended a transaction here. */
  readonly coordinatorEpoch: number;
}

/** The end of a producer's transaction. */
export interface ProducerMarker {
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly coordinatorEpoch: number;
  readonly timestamp: number;
}

/** What becomes of an idempotent producer's batch. */
export type SequenceCheck =
  | { readonly verdict: "append" }
  /** It is already in the log, at this offset. */
  | { readonly verdict: "duplicate"; readonly baseOffset: number; readonly timestamp: number }
  | { readonly verdict: "refuse"; readonly error: ErrorName; readonly message: string };

const append: SequenceCheck = { verdict: "append" };

/** How many of a producer's latest batches are recognised when they are sent again. Kafka keeps the same number. */
const rememberedBatches = 5;

/**
 * Which batches of which idempotent producers a partition holds. A producer that is not known may begin with any sequence number: its state
 * may have expired while its records live on.
 */
export class ProducerStates {
  readonly #producers = new Map<number, ProducerState>();
  readonly #attempts = new AttemptedSequences();
  readonly #expireAfterMs: () => number;
  readonly #isBusy: (producerId: number) => boolean;
  #sweepAtSize = 1024;

  /** `expireAfterMs` as Kafka's `producer.id.expiration.ms`; `isBusy` says which producers have a transaction open and stay. */
  constructor(expireAfterMs: () => number, isBusy: (producerId: number) => boolean = () => false) {
    this.#expireAfterMs = expireAfterMs;
    this.#isBusy = isBusy;
  }

  get size(): number {
    return this.#producers.size;
  }

  /** The epoch in which a producer last wrote or was ended here. */
  epochOf(producerId: number): number | undefined {
    return this.#producers.get(producerId)?.epoch;
  }

  /** Whether the batch at this offset is the last one that a producer wrote. */
  isLastBatch(producerId: number, baseOffset: number): boolean {
    return this.#producers.get(producerId)?.batches.at(-1)?.baseOffset === baseOffset;
  }

  /** Whether a producer has written nothing in this epoch, which a marker brought. */
  isKnownByMarkerAlone(producerId: number, epoch: number): boolean {
    const state = this.#producers.get(producerId);
    return state?.epoch === epoch && state.batches.length === 0;
  }

  get(producerId: number): ActiveProducer | undefined {
    const state = this.#producers.get(producerId);
    if (state === undefined) return undefined;
    const { epoch: producerEpoch, batches, lastTimestamp, coordinatorEpoch } = state;
    return { producerId, producerEpoch, lastSequence: batches.at(-1)?.lastSequence ?? -1, lastTimestamp, coordinatorEpoch };
  }

  *all(): Generator<ActiveProducer> {
    for (const producerId of this.#producers.keys()) yield this.get(producerId)!;
  }

  /** What becomes of a batch. With `startsAtZero` a producer that is not known has to begin at 0 (KIP-890). */
  check(header: RecordBatchHeader, { startsAtZero = false }: { readonly startsAtZero?: boolean } = {}): SequenceCheck {
    if (header.producerId < 0) return append;
    const state = this.#producers.get(header.producerId);
    const { producerEpoch, baseSequence } = header;
    const lowest = this.#attempts.lowestOf(header.producerId);
    const isHeldBack = lowest !== undefined && baseSequence > lowest;
    if (state === undefined) {
      if (startsAtZero && baseSequence !== 0) return outOfOrder(header, 0);
      return isHeldBack ? outOfOrder(header, lowest) : append;
    }
    const lastSequence = sequenceAfter(baseSequence, header.lastOffsetDelta);
    if (producerEpoch < state.epoch) {
      const message = `producer ${header.producerId} has epoch ${producerEpoch}, but ${state.epoch} has been seen`;
      return { verdict: "refuse", error: "INVALID_PRODUCER_EPOCH", message };
    }
    // Not 0 is out of order here whether or not it is held back; 0 is never held back.
    if (producerEpoch > state.epoch) return baseSequence === 0 ? append : outOfOrder(header, 0);
    const known = state.batches.find((batch) => batch.baseSequence === baseSequence && batch.lastSequence === lastSequence);
    if (known !== undefined) return { verdict: "duplicate", baseOffset: known.baseOffset, timestamp: known.timestamp };
    if (isHeldBack) return outOfOrder(header, lowest);
    const last = state.batches.at(-1);
    const expected = last === undefined ? 0 : sequenceAfter(last.lastSequence, 1);
    return baseSequence === expected ? append : outOfOrder(header, expected);
  }

  /** Remembers that a producer tries to begin its part of a transaction: whatever becomes of it, batches behind this one have to wait. */
  attempted(producerId: number, epoch: number, baseSequence: number): void {
    this.#attempts.attempted(producerId, epoch, baseSequence);
  }

  /** Remembers a batch that `check` let pass and the log took. */
  appended(header: RecordBatchHeader, baseOffset: number, timestamp: number, nowMs: number): void {
    if (header.producerId < 0) return;
    const state = this.#stateIn(header.producerId, header.producerEpoch, nowMs);
    const { baseSequence } = header;
    if (header.isTransactional) this.#attempts.settled(header.producerId);
    state.lastTimestamp = timestamp;
    state.batches.push({ baseSequence, lastSequence: sequenceAfter(baseSequence, header.lastOffsetDelta), baseOffset, timestamp });
    if (state.batches.length > rememberedBatches) state.batches.shift();
    if (this.#producers.size > this.#sweepAtSize) this.#expire(nowMs);
  }

  /** Remembers that a producer's transaction was ended. A marker with a newer epoch shuts out what the older one still sends. */
  marked({ producerId, producerEpoch, coordinatorEpoch, timestamp }: ProducerMarker, nowMs: number): void {
    const state = this.#stateIn(producerId, producerEpoch, nowMs);
    state.coordinatorEpoch = coordinatorEpoch;
    state.lastTimestamp = timestamp;
    this.#attempts.settled(producerId);
  }

  #stateIn(producerId: number, epoch: number, nowMs: number): ProducerState {
    let state = this.#producers.get(producerId);
    if (state === undefined || state.epoch !== epoch) {
      state = { epoch, batches: [], lastTimestamp: -1, coordinatorEpoch: state?.coordinatorEpoch ?? -1, lastSeenMs: nowMs };
      this.#producers.set(producerId, state);
    }
    state.lastSeenMs = nowMs;
    return state;
  }

  #expire(nowMs: number): void {
    const expireAfterMs = this.#expireAfterMs();
    for (const [id, state] of this.#producers) {
      if (nowMs - state.lastSeenMs > expireAfterMs && !this.#isBusy(id)) this.#producers.delete(id);
    }
    // Next time only when as many new ones have come, so that the sweep costs little per append.
    this.#sweepAtSize = Math.max(1024, this.#producers.size * 2);
  }
}

function outOfOrder(header: RecordBatchHeader, expected: number): SequenceCheck {
  const message = `producer ${header.producerId} sent sequence ${header.baseSequence}, expected ${expected}`;
  return { verdict: "refuse", error: "OUT_OF_ORDER_SEQUENCE_NUMBER", message };
}
