import { AbortedError, abortable, type Clock, exponential, type Logger, type Random, retry, sleep } from "@millrace/core";
import { type ConsumerGroupMetadata, type Kafka, KafkaError, type TransactionalProducer, type TransactionOffset } from "@millrace/kafka";
import { patientDelay } from "../settle.ts";

/** What a partition's transactions are made with. */
export interface PartitionTransactionParts {
  readonly kafka: Pick<Kafka, "transactionalProducer">;
  readonly transactionalId: string;
  readonly transactionTimeoutMs: number;
  /** How soon a member hears that it is one no longer. */
  readonly heartbeatMs: number;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** The runtime stops. */
  readonly signal: AbortSignal;
}

// As large as letters, with which the broker has the last word.
const largestMessageBytes = 128 * 1_048_576;
const closeTimeoutMs = 5_000;
// A coordinator that is lost for longer lets the group's member fail, which is started anew.
const claiming = exponential({ attempts: 4, initialMs: 100, maxMs: 2_000 });
const recovering = exponential({ attempts: Number.POSITIVE_INFINITY, initialMs: 100, maxMs: 5_000 });

/**
 * The transactions of one partition, one after the other, under its transactional id. From its claiming on one is always begun, which costs nothing: the broker hears
 * of it with the first thing that is written.
 */
export class PartitionTransaction {
  readonly transactionTimeoutMs: number;
  readonly #parts: PartitionTransactionParts;
  readonly #ends = new AbortController();
  #producer: TransactionalProducer;
  #isDirty = false;
  /** Recoveries since the last commit. */
  #recoveries = 0;
  #recovering: Promise<void> | undefined;
  #closed: Promise<void> | undefined;

  constructor(parts: PartitionTransactionParts) {
    this.#parts = parts;
    this.transactionTimeoutMs = parts.transactionTimeoutMs;
    this.#producer = this.#create();
  }

  /** Whether something may have been written that is not committed. */
  get isDirty(): boolean {
    return this.#isDirty;
  }

  /** Whether nothing in the transaction of now has failed. */
  get isUsable(): boolean {
    return this.#producer.state === "in_transaction";
  }

  /** What is written with this belongs to the transaction of now. */
  write(): TransactionalProducer {
    this.#isDirty = true;
    return this.#producer;
  }

  /**
   * Makes this the owner of the id, and aborts what another one left open.
   * @throws AbortedError when the runtime stops; KafkaError when that cannot be done, or not for now
   */
  async claim(): Promise<void> {
    const { signal, transactionalId } = this.#parts;
    await abortable(this.#begin(claiming), { signal, what: `claiming ${transactionalId}` });
  }

  /**
   * Commits with these offsets, and begins anew. When the answer is lost it asks until it is told.
   * @throws KafkaError when it is not committed, or nobody can tell: then `recover`
   */
  async commit(offsets: readonly TransactionOffset[], group: ConsumerGroupMetadata): Promise<void> {
    const producer = this.write();
    const { clock, random, logger, transactionalId } = this.#parts;
    await producer.sendOffsets(offsets, group);
    for (let failures = 1; ; failures++) {
      try {
        await producer.commit();
        break;
      } catch (error) {
        if (producer.state !== "in_doubt" || this.#ends.signal.aborted) throw error;
        const delayMs = patientDelay(failures, random);
        logger.warn("whether a transaction is committed is not known; asking again", { transactionalId, delay_ms: delayMs, error });
        await sleep(delayMs, { clock, signal: this.#ends.signal }).catch(() => undefined);
      }
    }
    this.#isDirty = false;
    this.#recoveries = 0;
    await producer.begin();
  }

  /**
   * Aborts what is open, whatever has happened, and begins anew; with a new producer of the same id, which finishes what is open, where the old one is of no use.
   *
   * @param isPassing not the first time in a row, it waits a while: whatever it was may need some time
   * @throws AbortedError when it ends meanwhile; KafkaError when it can never work
   */
  recover(reason: unknown, isPassing: boolean): Promise<void> {
    // Who asks for it meanwhile has ended too, and wrote nothing since.
    this.#recovering ??= this.#recover(reason, isPassing).finally(() => {
      this.#recovering = undefined;
    });
    return this.#recovering;
  }

  /** Aborts what is open and lets go of the id. Idempotent. */
  close(): Promise<void> {
    this.#ends.abort();
    this.#closed ??= this.#producer.close({ timeoutMs: closeTimeoutMs }).catch((error: unknown) => this.#note(error));
    return this.#closed;
  }

  async #recover(reason: unknown, isPassing: boolean): Promise<void> {
    const { clock, random, heartbeatMs } = this.#parts;
    const { signal } = this.#ends;
    this.#recoveries++;
    // Another one may own the partition: who is no longer a member hears of it before it takes the id back from its owner.
    if (isOthers(reason)) await sleep(heartbeatMs, { clock, signal });
    if (["in_transaction", "abortable_error"].includes(this.#producer.state)) {
      await this.#patiently(recovering, () => this.#producer.abort()).catch((error: unknown) => this.#note(error));
    }
    if (isPassing && this.#recoveries > 1) await sleep(patientDelay(this.#recoveries - 1, random), { clock, signal });
    await this.#begin(recovering);
    this.#isDirty = false;
  }

  async #begin(policy: typeof claiming): Promise<void> {
    await this.#patiently(policy, async () => {
      if (this.#producer.state !== "initialising" && this.#producer.state !== "ready") {
        await this.#producer.close({ timeoutMs: closeTimeoutMs }).catch((error: unknown) => this.#note(error));
        if (this.#ends.signal.aborted) throw new AbortedError(this.#parts.transactionalId);
        this.#producer = this.#create();
      }
      await this.#producer.begin();
    });
  }

  async #patiently(policy: typeof claiming, work: () => Promise<void>): Promise<void> {
    const { clock, random, signal } = this.#parts;
    const attempt = async (): Promise<void> => {
      try {
        await work();
      } catch (error) {
        // Its producer is closed under it when the partition goes.
        throw this.#ends.signal.aborted ? new AbortedError(this.#parts.transactionalId) : error;
      }
    };
    await retry(attempt, policy, {
      clock,
      random,
      signal: AbortSignal.any([signal, this.#ends.signal]),
      shouldRetry: (error) => KafkaError.is(error) && (error.retryable || error.code === "PRODUCER_FENCED"),
      onRetry: ({ error }) => this.#note(error),
    });
  }

  #note(error: unknown): void {
    const { logger, transactionalId } = this.#parts;
    if (!this.#ends.signal.aborted) logger.debug("a transactional producer failed", { transactionalId, error });
  }

  #create(): TransactionalProducer {
    const { kafka, transactionalId, transactionTimeoutMs } = this.#parts;
    // What a transaction waits for must be over before the broker ends it.
    const timeoutMs = Math.max(1, Math.floor(transactionTimeoutMs / 2));
    return kafka.transactionalProducer({
      transactionalId,
      transactionTimeoutMs,
      maxBlockMs: timeoutMs,
      deliveryTimeoutMs: timeoutMs,
      maxMessageBytes: largestMessageBytes,
      bufferBytes: 2 * largestMessageBytes,
    });
  }
}

function isOthers(error: unknown): boolean {
  for (let at = error; KafkaError.is(at); at = at.cause) if (at.code === "PRODUCER_FENCED" || at.code === "COMMIT_STALE") return true;
  return false;
}
