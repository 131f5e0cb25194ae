import type { ErrorName } from "@millrace/protocol";
import type { TransactionState } from "./transaction-state.ts";

/** Who a producer is: its id, and how often that was given out anew. */
export interface ProducerIdentity {
  readonly producerId: number;
  readonly producerEpoch: number;
}

/** A partition that a transaction wrote to. */
export interface TransactionPartition {
  readonly topic: string;
  readonly partition: number;
}

/** What has to be written where, now that a transaction is over. */
export interface EndedTransaction extends ProducerIdentity {
  readonly committed: boolean;
  readonly partitions: readonly TransactionPartition[];
}

/** What came of a request to end a transaction. */
export type EndOutcome =
  | { readonly error: ErrorName }
  /** `ended` is missing where the same request has been served before. */
  | { readonly error?: undefined; readonly identity: ProducerIdentity; readonly ended?: EndedTransaction };

/** Who wants a producer, and for how long its transactions may take. */
export interface InitRequest {
  readonly timeoutMs: number;
  /** Who the producer says it is, when it recovers from an error (KIP-360). */
  readonly expected: ProducerIdentity | undefined;
}

/** A request to end a transaction. */
export interface EndRequest extends ProducerIdentity {
  readonly committed: boolean;
  /** Whether the end moves the epoch on (KIP-890, EndTxn 5 and later). */
  readonly bumpsEpoch: boolean;
}

const none = -1;
/** Largest epoch; it only ever stands in markers. */
const largestEpoch = 0x7fff;

/**
 * One transactional id as a state machine: who its producer is, and what the open transaction has written to. It decides; what follows from
 * a decision (markers, timers, offsets) is the coordinator's. An ended transaction is complete at once.
 */
export class TransactionalId {
  readonly id: string;
  readonly #nextProducerId: () => number;
  #producerId: number;
  #previousProducerId = none;
  #epoch = none;
  #lastEpoch = none;
  #timeoutMs = 0;
  #state: TransactionState = "Empty";
  #startedAtMs = none;
  #updatedAtMs: number;
  readonly #partitions = new Map<string, TransactionPartition>();

  constructor(id: string, options: { readonly nextProducerId: () => number; readonly nowMs: number }) {
    this.id = id;
    this.#nextProducerId = options.nextProducerId;
    this.#producerId = options.nextProducerId();
    this.#updatedAtMs = options.nowMs;
  }

  get state(): TransactionState {
    return this.#state;
  }

  get identity(): ProducerIdentity {
    return { producerId: this.#producerId, producerEpoch: this.#epoch };
  }

  get timeoutMs(): number {
    return this.#timeoutMs;
  }

  /** When the latest transaction began; -1 when there was none since the producer got its epoch. */
  get startedAtMs(): number {
    return this.#startedAtMs;
  }

  get updatedAtMs(): number {
    return this.#updatedAtMs;
  }

  get partitions(): readonly TransactionPartition[] {
    return [...this.#partitions.values()];
  }

  /** Whether a partition is part of the open transaction. */
  has({ topic, partition }: TransactionPartition): boolean {
    return this.#partitions.has(keyOf(topic, partition));
  }

  /**
   * Gives the id to a producer, with a new epoch. `"open-transaction"` means that there is a transaction to be aborted first, by `fence`;
   * the producer is to ask again.
   */
  init({ timeoutMs, expected }: InitRequest, nowMs: number): ProducerIdentity | ErrorName | "open-transaction" {
    if (expected !== undefined && !this.#mayBe(expected)) return "PRODUCER_FENCED";
    if (this.#state === "Ongoing") return "open-transaction";
    if (this.#isExhausted && (expected === undefined || expected.producerEpoch === this.#epoch)) {
      this.#rotate(expected === undefined ? none : this.#epoch);
    } else if (expected === undefined) {
      this.#previousProducerId = this.#producerId;
      this.#lastEpoch = none;
      this.#epoch++;
    } else if (this.#epoch === none || expected.producerEpoch === this.#epoch) {
      this.#previousProducerId = this.#producerId;
      this.#lastEpoch = this.#epoch++;
    } else if (expected.producerEpoch !== this.#lastEpoch) {
      return "PRODUCER_FENCED";
    }
    // What is left is the same request once more: the epoch that came of it stands.
    this.#timeoutMs = timeoutMs;
    this.#state = "Empty";
    this.#startedAtMs = none;
    this.#updatedAtMs = nowMs;
    return this.identity;
  }

  /** Why this producer may not work on the transaction, or `undefined`. */
  problemOf({ producerId, producerEpoch }: ProducerIdentity): ErrorName | undefined {
    if (producerId !== this.#producerId) return "INVALID_PRODUCER_ID_MAPPING";
    return producerEpoch === this.#epoch ? undefined : "PRODUCER_FENCED";
  }

  /** Adds partitions to the transaction, and begins it where none is open. Check with `problemOf` first. */
  add(partitions: readonly TransactionPartition[], nowMs: number): void {
    if (this.#state !== "Ongoing") this.#startedAtMs = nowMs;
    this.#state = "Ongoing";
    this.#updatedAtMs = nowMs;
    for (const { topic, partition } of partitions) this.#partitions.set(keyOf(topic, partition), { topic, partition });
  }

  /** Ends the transaction as its producer wants. */
  end(request: EndRequest, nowMs: number): EndOutcome {
    return request.bumpsEpoch ? this.#endWithNewEpoch(request, nowMs) : this.#endWithSameEpoch(request, nowMs);
  }

  /** Aborts the open transaction and shuts its producer out, unless that recovers before another one comes. */
  fence(nowMs: number): EndedTransaction {
    this.#previousProducerId = this.#producerId;
    this.#lastEpoch = this.#epoch;
    return this.#complete(false, this.#epoch + 1, nowMs);
  }

  #endWithSameEpoch(request: EndRequest, nowMs: number): EndOutcome {
    const problem = this.problemOf(request);
    if (problem !== undefined) return { error: problem };
    if (this.#state === "Ongoing") return { identity: this.identity, ended: this.#complete(request.committed, this.#epoch, nowMs) };
    const repeated = this.#state === (request.committed ? "CompleteCommit" : "CompleteAbort");
    return repeated ? { identity: this.identity } : { error: "INVALID_TXN_STATE" };
  }

  /** KIP-890: the end gives a new epoch, so that what is still on its way from before it cannot get into the next transaction. */
  #endWithNewEpoch({ producerId, producerEpoch, committed }: EndRequest, nowMs: number): EndOutcome {
    const isOver = this.#state === "CompleteCommit" || this.#state === "CompleteAbort";
    const overflowed = producerId === this.#previousProducerId && producerEpoch === largestEpoch - 1 && this.#epoch === 0;
    const repeated = isOver && (overflowed || producerEpoch + 1 === this.#epoch);
    if (producerEpoch !== this.#epoch && !repeated) return { error: "PRODUCER_FENCED" };
    if (producerId !== this.#producerId && !(isOver && overflowed)) return { error: "INVALID_PRODUCER_ID_MAPPING" };
    if (repeated) {
      const same = this.#state === (committed ? "CompleteCommit" : "CompleteAbort");
      return same ? { identity: this.identity } : { error: "INVALID_TXN_STATE" };
    }
    // Nothing was written: there is nothing to commit, but a producer may abort to be sure.
    if (this.#state !== "Ongoing" && committed) return { error: "INVALID_TXN_STATE" };
    if (this.#state !== "Ongoing") this.#startedAtMs = nowMs;
    const wasExhausted = this.#isExhausted;
    const epochBefore = this.#epoch;
    const ended = this.#complete(committed, this.#epoch + 1, nowMs);
    if (wasExhausted) this.#rotate(epochBefore);
    else {
      this.#previousProducerId = this.#producerId;
      this.#lastEpoch = epochBefore;
    }
    return { identity: this.identity, ended };
  }

  #complete(committed: boolean, epoch: number, nowMs: number): EndedTransaction {
    const ended = { producerId: this.#producerId, producerEpoch: epoch, committed, partitions: this.partitions };
    this.#epoch = epoch;
    this.#partitions.clear();
    this.#state = committed ? "CompleteCommit" : "CompleteAbort";
    this.#updatedAtMs = nowMs;
    return ended;
  }

  get #isExhausted(): boolean {
    return this.#epoch >= largestEpoch - 1;
  }

  #rotate(lastEpoch: number): void {
    this.#previousProducerId = this.#producerId;
    this.#producerId = this.#nextProducerId();
    this.#lastEpoch = lastEpoch;
    this.#epoch = 0;
  }

  #mayBe({ producerId, producerEpoch }: ProducerIdentity): boolean {
    if (this.#epoch === none || producerId === this.#producerId) return true;
    // Perhaps the answer that told of the new id was lost.
    return producerId === this.#previousProducerId && producerEpoch >= largestEpoch - 1;
  }
}

function keyOf(topic: string, partition: number): string {
  return `${partition} ${topic}`;
}
