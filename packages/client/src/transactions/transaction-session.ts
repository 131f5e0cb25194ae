import type { Clock } from "@millrace/core";
import { type CommittedOffset, KafkaError, type OffsetsGroup, type TopicPartition } from "@millrace/kafka";
import { clientError } from "../client-error.ts";
import type { ProducerIdentity } from "../producer/producer-identity.ts";
import { fencedError, fencedErrors } from "./transaction-error.ts";
import { classicVersions, type TransactionContext, type TransactionRequests } from "./transaction-requests.ts";

/** What a `TransactionSession` needs. */
export interface TransactionSessionOptions {
  readonly requests: TransactionRequests;
  readonly clock: Clock;
  readonly transactionalId: string;
  readonly transactionTimeoutMs: number;
}

/**
 * One producer's place at its transactional id: its identity, and what the coordinator has been told of the transaction that is open. After anything that went
 * wrong the next transaction begins under a new epoch, so that nothing that is still on its way can get into it.
 */
export class TransactionSession {
  readonly transactionalId: string;
  readonly #requests: TransactionRequests;
  readonly #clock: Clock;
  readonly #transactionTimeoutMs: number;
  #context: TransactionContext | undefined;
  /** When the first request of the transaction left, on the clock's monotonic time; `undefined` while the coordinator cannot know of one. */
  #startedAt: number | undefined;
  #needsNewEpoch = false;
  /** The transaction is ended; the new epoch is still to be had. */
  #mustClaimAgain = false;
  #cancel = new AbortController();
  readonly #added = new Set<string>();
  readonly #wanted = new Map<string, TopicPartition>();
  readonly #groups = new Set<string>();
  readonly #underWay = new Set<Promise<unknown>>();
  #adding: Promise<void> | undefined;

  constructor(options: TransactionSessionOptions) {
    this.transactionalId = options.transactionalId;
    this.#requests = options.requests;
    this.#clock = options.clock;
    this.#transactionTimeoutMs = options.transactionTimeoutMs;
  }

  /** The newest version of Produce that does not say more than the cluster understands. */
  get maxProduceVersion(): number | undefined {
    return this.#context?.isClassic === true ? classicVersions.Produce : undefined;
  }

  async init(): Promise<void> {
    if (this.#context === undefined) this.#context = await this.#requests.initProducerId(undefined);
  }

  /** Makes partitions part of the transaction, before anything is written to them; answers under which identity. */
  async enter(partitions: readonly TopicPartition[]): Promise<ProducerIdentity> {
    const context = this.#begun();
    if (context.isClassic) {
      const missing = partitions.filter((partition) => !this.#added.has(keyOf(partition)));
      if (missing.length > 0) await this.#tracked(this.#add(context, missing));
    }
    return context.identity;
  }

  async sendOffsets(offsets: readonly CommittedOffset[], group: OffsetsGroup): Promise<void> {
    await this.#tracked(this.#sendOffsets(this.#begun(), offsets, group));
  }

  /** Something of the transaction failed for good. Gives the error that tells why. */
  failed(error: KafkaError): KafkaError {
    this.#needsNewEpoch = true;
    const isFenced = fencedErrors.has(error.kafkaError ?? "");
    // A transaction that took too long is aborted by the broker under the next epoch, which is this producer's if no other has come: ending it tells.
    const mayGoOn = this.#isOverdue && this.#context?.isClassic === false;
    if (mayGoOn && (isFenced || error.kafkaError === "INVALID_TXN_STATE")) return this.#overdueError(error);
    if (!isFenced) return error;
    if (error.code === "PRODUCER_FENCED") return error;
    const { kafkaError, topic, partition } = error;
    return fencedError({
      what: `Producing to "${topic}" partition ${partition}`,
      transactionalId: this.transactionalId,
      kafkaError,
      topic,
      partition,
    });
  }

  async commit(): Promise<void> {
    const context = this.#context;
    if (context !== undefined && this.#startedAt !== undefined) {
      try {
        this.#context = { ...context, identity: await this.#requests.end(context, true) };
      } catch (error) {
        throw this.#explained(error);
      }
    }
    this.#forget();
  }

  /** `unanswered`: requests with batches of the transaction that have been given up; whether any of them still reaches the broker is not known. */
  async abort(unanswered: Promise<boolean>): Promise<void> {
    this.#cancel.abort();
    await Promise.allSettled(this.#underWay);
    // Under one and the same epoch a batch that comes late would be in no transaction that ever ends.
    if (this.#context?.isClassic === true) this.#needsNewEpoch = (await unanswered) || this.#needsNewEpoch;
    if (this.#startedAt !== undefined) {
      if (!this.#mustClaimAgain) await this.#endWithAbort();
      if (this.#mustClaimAgain) this.#context = await this.#requests.initProducerId(this.#context?.identity);
    }
    this.#forget();
  }

  // Claiming the id again would abort what another producer has open by now: only who is not fenced may do it.
  async #endWithAbort(): Promise<void> {
    const context = this.#context;
    if (context === undefined) return;
    try {
      this.#context = { ...context, identity: await this.#requests.end(context, false) };
      this.#mustClaimAgain = context.isClassic && this.#needsNewEpoch;
    } catch (error) {
      const mapped = clientError(error, { what: "Aborting the transaction" });
      if (mapped.retryable || mapped.code === "PRODUCER_FENCED") throw mapped;
      // Nothing is open, or the coordinator has forgotten the id.
      this.#mustClaimAgain = true;
    }
  }

  #begun(): TransactionContext {
    const context = this.#context;
    if (context === undefined) {
      throw new KafkaError({ code: "TRANSACTION_STATE", message: `The producer of "${this.transactionalId}" has not been initialised.` });
    }
    this.#startedAt ??= this.#clock.monotonic();
    return { ...context, signal: this.#cancel.signal };
  }

  #forget(): void {
    this.#startedAt = undefined;
    this.#needsNewEpoch = false;
    this.#mustClaimAgain = false;
    this.#cancel = new AbortController();
    this.#added.clear();
    this.#wanted.clear();
    this.#groups.clear();
  }

  async #add(context: TransactionContext, missing: readonly TopicPartition[]): Promise<void> {
    for (const partition of missing) this.#wanted.set(keyOf(partition), partition);
    while (missing.some((partition) => !this.#added.has(keyOf(partition)))) {
      this.#adding ??= this.#addWanted(context).finally(() => {
        this.#adding = undefined;
      });
      await this.#adding;
    }
  }

  async #addWanted(context: TransactionContext): Promise<void> {
    const wanted = [...this.#wanted.values()];
    this.#wanted.clear();
    await this.#requests.addPartitions(context, wanted);
    for (const partition of wanted) this.#added.add(keyOf(partition));
  }

  async #sendOffsets(context: TransactionContext, offsets: readonly CommittedOffset[], group: OffsetsGroup): Promise<void> {
    try {
      if (context.isClassic && !this.#groups.has(group.group)) {
        await this.#requests.addGroup(context, group.group);
        this.#groups.add(group.group);
      }
      await this.#requests.commitOffsets(context, offsets, group);
    } catch (error) {
      throw this.#explained(error);
    }
  }

  async #tracked<T>(work: Promise<T>): Promise<T> {
    this.#underWay.add(work);
    try {
      return await work;
    } finally {
      this.#underWay.delete(work);
    }
  }

  #explained(error: unknown): KafkaError {
    return this.failed(clientError(error, { what: `The transaction of "${this.transactionalId}"` }));
  }

  get #isOverdue(): boolean {
    return this.#startedAt !== undefined && this.#clock.monotonic() - this.#startedAt >= this.#transactionTimeoutMs;
  }

  #overdueError(cause: KafkaError): KafkaError {
    return new KafkaError({
      code: "TRANSACTION_ABORTABLE",
      kafkaError: cause.kafkaError,
      message: `the transaction of "${this.transactionalId}" has taken longer than its transactionTimeoutMs (${this.#transactionTimeoutMs} ms), and the broker has aborted it. Abort, and do its work again in smaller transactions, or raise the time.`,
      cause,
    });
  }
}

function keyOf({ topic, partition }: TopicPartition): string {
  return `${topic}/${partition}`;
}
