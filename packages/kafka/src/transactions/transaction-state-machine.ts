import { KafkaError, type KafkaErrorCode } from "../kafka-error.ts";
import type { TransactionState } from "./transaction-state.ts";

/** What may be asked of a transactional producer. */
export type TransactionOperation = "begin transaction" | "send" | "send offsets" | "commit transaction" | "abort transaction";

/** In which states each operation may be asked for. */
const allowed: Readonly<Record<TransactionOperation, readonly TransactionState[]>> = {
  "begin transaction": ["ready"],
  send: ["in_transaction"],
  "send offsets": ["in_transaction"],
  "commit transaction": ["in_transaction", "in_doubt"],
  "abort transaction": ["in_transaction", "abortable_error"],
};

/** Where each state may lead; besides, everything may be closed. */
const successors: Readonly<Record<TransactionState, readonly TransactionState[]>> = {
  initialising: ["ready", "failed"],
  ready: ["in_transaction"],
  in_transaction: ["committing", "aborting", "abortable_error", "fenced"],
  committing: ["committed", "abortable_error", "in_doubt", "fenced", "failed"],
  committed: ["ready"],
  aborting: ["aborted", "abortable_error", "fenced", "failed"],
  aborted: ["ready"],
  abortable_error: ["aborting"],
  in_doubt: ["committing"],
  fenced: [],
  failed: [],
  closed: [],
};

/** What to do in a state in which so little can be done. */
const advice: Partial<Record<TransactionState, string>> = {
  abortable_error: "Abort the transaction, and do its work again",
  in_doubt: "Commit again to learn what became of the transaction, or close the producer",
  fenced: "Close the producer",
  failed: "Close the producer",
};

/** The states of a transactional producer, the ways between them, and what may be asked in each. */
export class TransactionStateMachine {
  readonly #onChange: (from: TransactionState, to: TransactionState) => void;
  #state: TransactionState = "initialising";
  /** Why it is `abortable_error`, `in_doubt`, `fenced` or `failed`. */
  #reason: KafkaError | undefined;

  constructor(onChange: (from: TransactionState, to: TransactionState) => void) {
    this.#onChange = onChange;
  }

  get state(): TransactionState {
    return this.#state;
  }

  /** Whether an operation may be asked for now. */
  allows(operation: TransactionOperation): boolean {
    return allowed[operation].includes(this.#state);
  }

  /**
   * Fails unless the operation may be asked for now.
   * @throws KafkaError `TRANSACTION_STATE`, `TRANSACTION_ABORTABLE`, `PRODUCER_FENCED`, or what made it fail for good
   */
  require(operation: TransactionOperation): void {
    if (!this.allows(operation)) throw this.refusal(operation);
  }

  /** The error for an operation that the state does not allow. */
  refusal(operation: TransactionOperation): KafkaError {
    const reason = this.#reason;
    const what = advice[this.#state];
    const message = `Cannot ${operation} in state: ${this.#state}${what === undefined ? "" : `. ${what}`}${reason === undefined ? "" : `: ${reason.message}`}`;
    return new KafkaError({
      code: this.#refusalCode,
      message,
      kafkaError: reason?.kafkaError,
      topic: reason?.topic,
      partition: reason?.partition,
      cause: reason,
    });
  }

  get #refusalCode(): KafkaErrorCode {
    if (this.#state === "abortable_error") return "TRANSACTION_ABORTABLE";
    if (this.#state === "fenced" || this.#state === "failed") return this.#reason?.code ?? "TRANSACTION_STATE";
    return "TRANSACTION_STATE";
  }

  /** Goes to another state. `reason` stays known while the state does. */
  move(to: TransactionState, reason?: KafkaError): void {
    const from = this.#state;
    if (from === to || (to !== "closed" && !successors[from].includes(to)) || from === "closed") {
      throw new Error(`a transactional producer cannot go from ${from} to ${to}`);
    }
    this.#state = to;
    this.#reason = reason;
    this.#onChange(from, to);
  }
}
