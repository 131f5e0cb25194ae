import { AbortedError, type Cancel, type Clock, type Logger, MillraceError } from "@millrace/core";
import { type Consumer, KafkaError, type Producer } from "@millrace/kafka";
import type { ClaimWork } from "../claim-work.ts";
import type { RecordTask } from "../record-task.ts";
import type { Past } from "../settle.ts";
import type { FailedAttempts } from "./failed-attempts.ts";
import type { PartitionTransaction } from "./partition-transaction.ts";
import { StepGate } from "./step-gate.ts";
import type { StepSize } from "./step-size.ts";

/** What the handlers of a unit write with. */
export type UnitProducer = Pick<Producer, "send" | "sendRaw">;

/** What a unit is made of. */
export interface ExactlyOnceUnitParts {
  readonly source: ClaimWork;
  /** The retry partition of its number, where there is one. */
  readonly retry: ClaimWork | undefined;
  readonly transaction: PartitionTransaction;
  /** Outlives the unit. */
  readonly failed: FailedAttempts;
  /** Outlives the unit. */
  readonly size: StepSize;
  readonly consumer: Pick<Consumer, "groupMetadata">;
  readonly group: string;
  /** How soon a position is committed to which no record led. */
  readonly commitIntervalMs: number;
  readonly clock: Clock;
  readonly logger: Logger;
  /** A record that was kept out begins when there is a place. */
  release(task: RecordTask): void;
  /** The transaction cannot be committed, and the unit has ended: it must begin anew with what is committed. `isOwnFault`: a record failed, and not the transaction. */
  broken(unit: ExactlyOnceUnit, reason: unknown, isOwnFault: boolean): void;
}

/** Codes that say nothing of the message whose sending failed. */
const codesOfTransaction: ReadonlySet<string> = new Set([
  "PRODUCER_FENCED",
  "TRANSACTION_ABORTABLE",
  "TRANSACTION_ABORTED",
  "TRANSACTION_STATE",
  "ABORTED",
  "CLOSED",
]);

/** Of an offset map, before the bits of its offsets, six in a character. */
const headBytes = 600;

/** How long a step in which nothing runs waits for the rest of its records, in milliseconds. */
const patienceMs = 100;

/**
 * A source partition and the retry partition of its number, worked on in steps: each is one transaction with everything that its records' handlers sent, their dead
 * letters, what was parked, and the offsets behind them. One step at a time; what has its turn meanwhile waits for the next one.
 */
export class ExactlyOnceUnit {
  readonly source: ClaimWork;
  readonly retry: ClaimWork | undefined;
  readonly #parts: ExactlyOnceUnitParts;
  readonly #gate: StepGate;
  readonly #finished = Promise.withResolvers<void>();
  /** Those whose running attempt has sent something. */
  readonly #senders = new Set<RecordTask>();
  #held: RecordTask[] = [];
  #isCommitting = false;
  #isFinishing = false;
  #isClosed = false;
  /** The next step takes any records, not the next ones in a row. */
  #isStalled = false;
  /** Nothing more begins in this step. */
  #isHurried = false;
  #hasSent = false;
  #openedAt = 0;
  #sender: RecordTask | undefined;
  readonly #producer: UnitProducer = {
    // Whose send fails, its attempt does.
    send: (topic, message, options) => {
      if (this.#isClosed) return refuse();
      this.#senders.add(this.#sender as RecordTask);
      return this.#write().send(topic, message, options);
    },
    sendRaw: (message, options) => {
      if (this.#isClosed) return refuse();
      const sent = this.#write().sendRaw(message, options);
      sent.catch((error: unknown) => this.#break(error));
      return sent;
    },
  };
  #timers: Cancel[] = [];
  #touched: Cancel | undefined;
  #waiting: Cancel | undefined;

  constructor(parts: ExactlyOnceUnitParts) {
    this.#parts = parts;
    this.source = parts.source;
    this.retry = parts.retry;
    this.#gate = new StepGate(parts.source.watermark);
    for (const work of this.works) {
      if (work.isDraining) this.#close();
      else work.draining.addEventListener("abort", () => this.#close(), { once: true });
    }
    this.touch();
  }

  get works(): readonly ClaimWork[] {
    return this.retry === undefined ? [this.source] : [this.source, this.retry];
  }

  /** Whether the step is over without having been committed. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Whether a task may begin in this step; else it is kept, and comes back. */
  begin(task: RecordTask): boolean {
    if (!this.#gate.isOpen && !this.#isCommitting && !this.#isFinishing) this.#open();
    const mayBegin = !this.#isHurried && this.#admit(task);
    if (mayBegin) this.#stopWaiting();
    else {
      this.#held.push(task);
      this.#look();
    }
    return mayBegin;
  }

  /** A task that had begun has ended, one way or the other. */
  ended(task: RecordTask, isSettled: boolean): void {
    if (this.#isClosed) return;
    this.#senders.delete(task);
    if (isSettled) this.#parts.failed.settled(task.record);
    this.#gate.ended();
    this.#look();
  }

  /** There may be a position to commit though no record is at work. */
  touch(): void {
    if (this.#touched !== undefined || !this.#isIdle || !this.#hasUncommitted) return;
    this.#touched = this.#parts.clock.schedule(this.#parts.commitIntervalMs, () => {
      this.#touched = undefined;
      if (this.#isIdle && this.#hasUncommitted) this.#end();
    });
  }

  /** Ends the step with what has begun, and begins no other. Resolves when it is committed, or cannot be. */
  finish(): Promise<void> {
    this.#isFinishing = true;
    if (this.#gate.isOpen) this.#hurry();
    else if (!this.#isCommitting && !this.#isClosed) {
      if (this.#hasUncommitted) this.#end();
      else this.#finished.resolve();
    }
    return this.#finished.promise;
  }

  /** What a record has been through in transactions that were aborted. */
  past(task: RecordTask): Past | undefined {
    return this.#parts.failed.find(task.record);
  }

  /** Whether a failure is this record's own: not when it failed because the transaction did, which then is aborted, or was. */
  isBlamed(task: RecordTask, error: unknown): boolean {
    if (task.work.isGivenUp) return false;
    if (!this.#senders.has(task) || this.#parts.transaction.isUsable || isOwnFault(error)) return true;
    this.#break(error);
    return false;
  }

  /**
   * Remembers a failure and what was decided, whatever becomes of the transaction. True when the transaction must be aborted because the attempt has written
   * something; then it is.
   */
  failed(task: RecordTask, past: Past): boolean {
    this.#parts.failed.note(task.record, past);
    if (!this.#senders.has(task)) return false;
    this.#break(past.error, true);
    return true;
  }

  /** What a task writes with, to be used at once: all of it belongs to the transaction of the step. */
  producerFor(task: RecordTask): UnitProducer {
    this.#sender = task;
    return this.#producer;
  }

  get #isIdle(): boolean {
    return !this.#gate.isOpen && !this.#isCommitting && !this.#isFinishing && !this.#isClosed;
  }

  get #hasUncommitted(): boolean {
    return this.works.some(({ uncommitted }) => uncommitted !== undefined);
  }

  #admit(task: RecordTask): boolean {
    if (task.work !== this.source) return this.#canTellOf(task) && this.#gate.admitRetry();
    return (!this.#gate.isWide || this.#canTellOf(task)) && this.#gate.admitSource(task.ticket);
  }

  /** Whether offsets can tell of it when it is settled while others below are not. */
  #canTellOf({ record, work }: RecordTask): boolean {
    const mostOffsets = (this.#parts.size.longestMetadata - headBytes) * 6;
    return record.offset - work.watermark.position <= Math.max(0, mostOffsets);
  }

  #open(): void {
    const { clock, size, transaction } = this.#parts;
    this.#gate.open(size.current, this.#isStalled);
    this.#isStalled = false;
    this.#openedAt = clock.monotonic();
    this.#hasSent = false;
    this.#isHurried = false;
    // Where handlers are slow, steps are short.
    this.#timers.push(clock.schedule(transaction.transactionTimeoutMs / 4, () => this.#hurry()));
  }

  /** Ends the step as soon as what runs has ended. */
  #hurry(): void {
    this.#isHurried = true;
    this.#look();
  }

  /** Ends the step when everything that belongs to it is settled; or when nothing runs and the offsets can tell what is. */
  #look(): void {
    if (!this.#gate.isOpen || this.#gate.running > 0) return;
    if (this.#gate.isComplete || this.#isHurried) this.#cut();
    // Others of this step wait for what is not in it: room in the retry partition, a pause to end, a handler that has outlived its partition.
    else this.#waiting ??= this.#parts.clock.schedule(patienceMs, () => this.#cut());
  }

  /** Nothing runs: ends the step if what is settled is all that belongs to it, or the offsets can tell what is. */
  #cut(): void {
    this.#stopWaiting();
    const isWhole = this.#gate.isComplete && !this.#gate.isWide;
    if (isWhole || this.works.every((work) => work.tellsAll(this.#parts.size.longestMetadata))) {
      this.#end();
      return;
    }
    // What lies below must be settled too.
    this.#isHurried = false;
    this.#gate.shrink();
    this.#releaseHeld();
    this.#look();
  }

  #releaseHeld(): void {
    const isWide = this.#isClosed || this.#isStalled;
    const end = isWide ? Number.POSITIVE_INFINITY : this.source.watermark.firstTicket + this.#parts.size.current;
    const held = this.#held;
    this.#held = [];
    for (const task of held) {
      // They would only come back.
      if (task.work === this.source && task.ticket >= end) this.#held.push(task);
      else this.#parts.release(task);
    }
  }

  #stopWaiting(): void {
    this.#waiting?.();
    this.#waiting = undefined;
  }

  #write(): UnitProducer {
    if (!this.#hasSent) this.#watch();
    return this.#parts.transaction.write();
  }

  /** The broker counts from the first thing that is written. */
  #watch(): void {
    const { clock, size, transaction, logger, group } = this.#parts;
    this.#hasSent = true;
    const limitMs = (transaction.transactionTimeoutMs * 3) / 4;
    this.#timers.push(
      clock.schedule(limitMs, () => {
        if (this.#isCommitting) return;
        size.shrink();
        const { topic, partition } = this.source.claim;
        const details = { group, topic, partition, records: size.current };
        logger.warn("a step took too long for its transaction and begins anew, with fewer records", details);
        this.#break(undefined);
      }),
    );
  }

  #stopTimers(): void {
    this.#stopWaiting();
    for (const cancel of this.#timers.splice(0)) cancel();
    this.#touched?.();
    this.#touched = undefined;
  }

  #end(): void {
    this.#stopTimers();
    this.#gate.close();
    this.#isCommitting = true;
    void this.#commit();
  }

  async #commit(): Promise<void> {
    const { transaction, consumer, failed, size, clock } = this.#parts;
    const elapsedMs = clock.monotonic() - this.#openedAt;
    // What a batch covers beyond its records is known only when they have been taken in, which may be going on.
    await Promise.resolve();
    try {
      const commits = this.works.flatMap((work) => {
        const commit = work.commit(size.longestMetadata);
        return commit === undefined ? [] : [{ work, commit }];
      });
      const membership = consumer.groupMetadata();
      if (membership === null) throw new KafkaError({ code: "COMMIT_STALE", message: "the membership of the group has ended" });
      if (commits.length > 0) {
        const offsets = commits.map(({ work: { claim }, commit: { offset, metadata } }) => {
          return { topic: claim.topic, partition: claim.partition, offset, metadata: metadata ?? null };
        });
        await transaction.commit(offsets, membership);
        for (const { work, commit } of commits) work.wasCommitted(commit);
      }
    } catch (error) {
      if (isMetadataRefused(error)) size.longestMetadata = 0;
      this.#break(error);
      return;
    }
    failed.committed();
    this.#isCommitting = false;
    if (this.#isClosed) return;
    if (elapsedMs < transaction.transactionTimeoutMs / 8) size.grow();
    if (this.#isFinishing) {
      this.#finished.resolve();
      return;
    }
    this.#releaseHeld();
    this.#watchHeld();
    this.touch();
  }

  /**
   * Those that are kept out for the sake of the ones below may be what these wait for: they have the turn of their lane, or had it when there was room in the retry
   * partition. When nothing else happens the next step takes any records.
   */
  #watchHeld(): void {
    if (!this.#isIdle || this.#held.length === 0) return;
    this.#waiting ??= this.#parts.clock.schedule(patienceMs, () => {
      this.#waiting = undefined;
      if (!this.#isIdle) return;
      this.#isStalled = true;
      this.#releaseHeld();
    });
  }

  #break(reason: unknown, isOwnFault = false): void {
    if (this.#isClosed) return;
    this.#close();
    for (const work of this.works) work.giveUp("its transaction is aborted");
    this.#parts.broken(this, reason, isOwnFault);
  }

  /** Nothing of this unit goes on: who has it next begins with what is committed. */
  #close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#stopTimers();
    this.#gate.close();
    this.#senders.clear();
    this.#parts.failed.aborted();
    for (const work of this.works) work.drain();
    this.#releaseHeld();
    this.#finished.resolve();
  }
}

function refuse(): Promise<never> {
  return Promise.reject(new AbortedError("writing in a transaction that is over"));
}

/** Whether it is the record, or a message of its, rather than the moment. */
function isOwnFault(error: unknown): boolean {
  try {
    for (let at = error, depth = 0; at instanceof Error && depth < 10; at = at.cause, depth++) {
      if (MillraceError.is(at) && at.code !== "KAFKA_UNKNOWN_TOPIC" && (at.retryable || codesOfTransaction.has(at.code))) return false;
    }
  } catch {
    // A handler's own, which fails when it is looked at.
  }
  return true;
}

function isMetadataRefused(error: unknown): boolean {
  for (let at = error; KafkaError.is(at); at = at.cause) if (at.kafkaError === "OFFSET_METADATA_TOO_LARGE") return true;
  return false;
}
