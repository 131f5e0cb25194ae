import type { Cancel, Clock } from "@millrace/core";
import type { ErrorName } from "@millrace/protocol";
import {
  type EndedTransaction,
  type EndOutcome,
  type EndRequest,
  type InitRequest,
  type ProducerIdentity,
  TransactionalId,
  type TransactionPartition,
} from "./transactional-id.ts";

/** How the coordinator keeps transactional ids. */
export interface TransactionSettings {
  /** Longest time that a producer may ask for. Kafka: `transaction.max.timeout.ms`. */
  readonly transactionMaxTimeoutMs: number;
  /** How long an id without an open transaction is remembered. Kafka: `transactional.id.expiration.ms`. */
  readonly transactionalIdExpirationMs: number;
}

/** What the coordinator needs. */
export interface TransactionCoordinatorOptions {
  readonly clock: Clock;
  readonly settings: TransactionSettings;
  readonly nextProducerId: () => number;
  /** Writes the markers of a transaction that is over, and settles its offsets. */
  readonly complete: (ended: EndedTransaction) => void;
}

/** How often it looks for ids that have expired. Kafka: `transaction.remove.expired.transaction.cleanup.interval.ms`. */
const sweepIntervalMs = 3_600_000;

/**
 * All transactional ids of the cluster. A transaction that ends is complete, markers and all, before anybody hears of it: the only one told
 * to wait (`CONCURRENT_TRANSACTIONS`) is a producer that comes upon an open transaction, as in Kafka.
 */
export class TransactionCoordinator {
  readonly #ids = new Map<string, TransactionalId>();
  readonly #timeouts = new Map<string, Cancel>();
  readonly #options: TransactionCoordinatorOptions;
  #cancelSweep: Cancel | undefined;

  constructor(options: TransactionCoordinatorOptions) {
    this.#options = options;
  }

  all(): Iterable<TransactionalId> {
    return this.#ids.values();
  }

  get(id: string): TransactionalId | undefined {
    return this.#ids.get(id);
  }

  /** Makes a producer the one that the id belongs to. Whoever had it is shut out, and its open transaction aborted. */
  init(id: string, request: InitRequest): ProducerIdentity | ErrorName {
    const { clock, settings, nextProducerId } = this.#options;
    if (id === "") return "INVALID_REQUEST";
    if (request.timeoutMs <= 0 || request.timeoutMs > settings.transactionMaxTimeoutMs) return "INVALID_TRANSACTION_TIMEOUT";
    let transactionalId = this.#ids.get(id);
    if (transactionalId === undefined) {
      transactionalId = new TransactionalId(id, { nextProducerId, nowMs: clock.now() });
      this.#ids.set(id, transactionalId);
      this.#cancelSweep ??= this.#scheduleSweep();
    }
    const outcome = transactionalId.init(request, clock.now());
    if (outcome !== "open-transaction") return outcome;
    this.#abort(transactionalId);
    return "CONCURRENT_TRANSACTIONS";
  }

  /** Adds partitions to the producer's transaction, and begins it where none is open. */
  add(id: string, identity: ProducerIdentity, partitions: readonly TransactionPartition[]): ErrorName {
    const found = this.#find(id, identity);
    if (typeof found === "string") return found;
    const isNew = found.state !== "Ongoing";
    found.add(partitions, this.#options.clock.now());
    if (isNew) {
      const cancel = this.#options.clock.schedule(found.timeoutMs, () => this.#abort(found), { background: true });
      this.#timeouts.set(id, cancel);
    }
    return "NONE";
  }

  /** Whether the producer may write to a partition: whether it has added it to its transaction. */
  verify(id: string, identity: ProducerIdentity, partition: TransactionPartition): ErrorName {
    const found = this.#find(id, identity);
    if (typeof found === "string") return found;
    return found.has(partition) ? "NONE" : "TRANSACTION_ABORTABLE";
  }

  end(id: string, request: EndRequest): EndOutcome {
    if (id === "") return { error: "INVALID_REQUEST" };
    const found = this.#ids.get(id);
    if (found === undefined) return { error: "INVALID_PRODUCER_ID_MAPPING" };
    const outcome = found.end(request, this.#options.clock.now());
    if (outcome.error === undefined && outcome.ended !== undefined) this.#complete(id, outcome.ended);
    return outcome;
  }

  close(): void {
    this.#cancelSweep?.();
    for (const cancel of this.#timeouts.values()) cancel();
    this.#timeouts.clear();
    this.#ids.clear();
  }

  #find(id: string, identity: ProducerIdentity): TransactionalId | ErrorName {
    if (id === "") return "INVALID_REQUEST";
    const found = this.#ids.get(id);
    return found?.problemOf(identity) ?? found ?? "INVALID_PRODUCER_ID_MAPPING";
  }

  /** Ends a transaction that its producer did not end, and shuts the producer out. */
  #abort(transactionalId: TransactionalId): void {
    this.#complete(transactionalId.id, transactionalId.fence(this.#options.clock.now()));
  }

  #complete(id: string, ended: EndedTransaction): void {
    this.#timeouts.get(id)?.();
    this.#timeouts.delete(id);
    this.#options.complete(ended);
  }

  #scheduleSweep(): Cancel {
    return this.#options.clock.schedule(sweepIntervalMs, () => this.#sweep(), { background: true });
  }

  #sweep(): void {
    const { clock, settings } = this.#options;
    const before = clock.now() - settings.transactionalIdExpirationMs;
    for (const { id, state, updatedAtMs } of this.#ids.values()) {
      if (state !== "Ongoing" && updatedAtMs <= before) this.#ids.delete(id);
    }
    this.#cancelSweep = this.#ids.size === 0 ? undefined : this.#scheduleSweep();
  }
}
