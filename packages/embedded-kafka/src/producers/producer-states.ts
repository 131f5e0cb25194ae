import type { ErrorName, RecordBatchHeader } from "@millrace/protocol";
import { sequenceAfter } from "./sequence-number.ts";

interface AppendedBatch {
  readonly baseSequence: number;
  readonly lastSequence: number;
  readonly baseOffset: number;
  readonly timestamp: number;
}

interface ProducerState {
  epoch: number;
  /** Oldest first. */
  readonly batches: AppendedBatch[];
  lastSeenMs: number;
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
  readonly #expireAfterMs: number;
  #sweepAtSize = 1024;

  /** `expireAfterMs` as Kafka's `producer.id.expiration.ms`. */
  constructor(expireAfterMs: number) {
    this.#expireAfterMs = expireAfterMs;
  }

  get size(): number {
    return this.#producers.size;
  }

  check(header: RecordBatchHeader): SequenceCheck {
    if (header.producerId < 0) return append;
    const state = this.#producers.get(header.producerId);
    if (state === undefined) return append;
    const { producerEpoch, baseSequence } = header;
    const lastSequence = sequenceAfter(baseSequence, header.lastOffsetDelta);
    if (producerEpoch < state.epoch) {
      const message = `producer ${header.producerId} has epoch ${producerEpoch}, but ${state.epoch} has been seen`;
      return { verdict: "refuse", error: "INVALID_PRODUCER_EPOCH", message };
    }
    if (producerEpoch > state.epoch) return baseSequence === 0 ? append : outOfOrder(header, 0);
    const known = state.batches.find((batch) => batch.baseSequence === baseSequence && batch.lastSequence === lastSequence);
    if (known !== undefined) return { verdict: "duplicate", baseOffset: known.baseOffset, timestamp: known.timestamp };
    const expected = sequenceAfter(state.batches.at(-1)!.lastSequence, 1);
    return baseSequence === expected ? append : outOfOrder(header, expected);
  }

  /** Remembers a batch that `check` let pass and the log took. */
  appended(header: RecordBatchHeader, baseOffset: number, timestamp: number, nowMs: number): void {
    if (header.producerId < 0) return;
    let state = this.#producers.get(header.producerId);
    if (state === undefined || state.epoch !== header.producerEpoch) {
      state = { epoch: header.producerEpoch, batches: [], lastSeenMs: nowMs };
      this.#producers.set(header.producerId, state);
    }
    const { baseSequence } = header;
    state.lastSeenMs = nowMs;
    state.batches.push({ baseSequence, lastSequence: sequenceAfter(baseSequence, header.lastOffsetDelta), baseOffset, timestamp });
    if (state.batches.length > rememberedBatches) state.batches.shift();
    if (this.#producers.size > this.#sweepAtSize) this.#expire(nowMs);
  }

  #expire(nowMs: number): void {
    for (const [id, state] of this.#producers) if (nowMs - state.lastSeenMs > this.#expireAfterMs) this.#producers.delete(id);
    // Next time only when as many new ones have come, so that the sweep costs little per append.
    this.#sweepAtSize = Math.max(1024, this.#producers.size * 2);
  }
}

function outOfOrder(header: RecordBatchHeader, expected: number): SequenceCheck {
  const message = `producer ${header.producerId} sent sequence ${header.baseSequence}, expected ${expected}`;
  return { verdict: "refuse", error: "OUT_OF_ORDER_SEQUENCE_NUMBER", message };
}
