import {
  type Clock,
  type Instrumentation,
  type Logger,
  type MeasurementAttributes,
  type Random,
  sleep,
  TimedOutError,
} from "@millrace/core";
import type { KafkaRecord, Producer, TopicCodec } from "@millrace/kafka";
import { type DeadLetterWriter, describeFailure, type FailedRecord, retryTopicName } from "@millrace/retry";
import type { ClaimWork } from "./claim-work.ts";
import { decode } from "./decode.ts";
import { Dispatcher } from "./dispatcher.ts";
import { DurableRetry } from "./durable/durable-retry.ts";
import { type ComposedHandler, composeMiddleware, type Handler, type IncomingMessage } from "./handler.ts";
import type { Intake } from "./intake.ts";
import { KeyChains } from "./key-chains.ts";
import type { ResolvedProcessOptions } from "./process-options.ts";
import { RecordTask } from "./record-task.ts";
import { RejectedRecordError } from "./runtime-error.ts";
import { type Outcome, type SettledOutcome, type SettleSteps, settleRecord } from "./settle.ts";
import { TaskContext } from "./task-context.ts";
import type { Ticket } from "./watermark.ts";

/** What a processor has done since it was made. */
export interface ProcessorStatistics {
  readonly handled: number;
  readonly retried: number;
  readonly deadLettered: number;
  readonly skipped: number;
  /** Put into the retry topic: after a failed round, or behind one of the same key. */
  readonly parked: number;
  /** Records that wait in the retry partitions held now. */
  readonly waiting: number;
  /** Handlers running now. */
  readonly running: number;
  /** The most handlers that ever ran at once. */
  readonly peakConcurrency: number;
}

/** What a processor is made of. */
export interface ProcessorParts {
  readonly topic: string;
  readonly group: string;
  readonly options: ResolvedProcessOptions;
  readonly handler: Handler<unknown, unknown>;
  readonly codec: TopicCodec<unknown, unknown>;
  readonly producer: Producer;
  /** For records that are parked, which may be as large as their topic allows. */
  readonly parkingProducer: Pick<Producer, "sendRaw">;
  readonly deadLetters: DeadLetterWriter;
  readonly intake: Intake;
  /** For what waits in retry partitions with `retryLater`: it must not keep the source from being read. */
  readonly parkedIntake: Intake;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly instrumentation: Instrumentation;
  /** A record was settled: its partition may have something to commit. */
  settled(work: ClaimWork): void;
  /** The runtime must stop. */
  halt(error: unknown): void;
}

/** Takes the records of one topic (and of its retry topic) through decoding, key order, handler and settlement. */
export class Processor {
  /** With `retryLater`. */
  readonly durable: DurableRetry | undefined;
  readonly #parts: ProcessorParts;
  readonly #dispatcher: Dispatcher<RecordTask>;
  readonly #steps: SettleSteps;
  readonly #handle: ComposedHandler;
  readonly #handleTombstone: ComposedHandler;
  /** By partition number: a record that comes back through the retry topic waits its turn among those of the source partition that it came from. */
  readonly #chains = new Map<number, KeyChains<RecordTask>>();
  readonly #active = new Set<RecordTask>();
  readonly #attributes: MeasurementAttributes;
  readonly #counts = { handled: 0, retried: 0, deadLettered: 0, skipped: 0, parked: 0 };

  constructor(parts: ProcessorParts) {
    this.#parts = parts;
    this.#attributes = Object.freeze({ topic: parts.topic, group: parts.group });
    this.#dispatcher = new Dispatcher(parts.options.concurrency, (task) => this.#begin(task));
    this.durable = this.#createDurableRetry();
    this.#handle = composeMiddleware(parts.options.middleware, parts.handler);
    this.#handleTombstone = composeMiddleware(
      parts.options.middleware,
      (parts.options.onTombstone ?? rejectTombstone) as Handler<unknown, unknown>,
    );
    this.#steps = {
      options: parts.options,
      clock: parts.clock,
      random: parts.random,
      logger: parts.logger,
      decode: (task) => decode(task, parts.codec),
      attempt: (task, attempt) => this.#attempt(task, attempt),
      writeDeadLetter: (failed) => this.#writeDeadLetter(failed),
      decideRound: this.durable === undefined ? undefined : (task) => (this.durable as DurableRetry).decide(task),
      park: (task, attempts, delayMs) => (this.durable as DurableRetry).park(task, attempts, delayMs),
      wait: (task, delayMs) => this.#wait(task, delayMs),
      retried: () => {
        this.#counts.retried++;
        parts.instrumentation.count("millrace.records.retried", 1, this.#attributes);
      },
    };
  }

  statistics(): ProcessorStatistics {
    return {
      ...this.#counts,
      waiting: this.durable?.parked ?? 0,
      running: this.#dispatcher.running,
      peakConcurrency: this.#dispatcher.peak,
    };
  }

  /** Takes records in, in offset order. They start as soon as order and concurrency allow. */
  accept(records: readonly KafkaRecord[], work: ClaimWork): void {
    const { order } = this.#parts.options;
    const chains = this.#chainsOf(work.claim.partition);
    const tasks: RecordTask[] = [];
    const remembered: Ticket[] = [];
    for (const record of records) {
      if (work.isRemembered(record)) {
        remembered.push(work.watermark.add(record.offset, record.leaderEpoch));
        continue;
      }
      const chain = order === "partition" ? "" : order === "key" && record.key !== null ? record.key.toString("latin1") : null;
      const task = new RecordTask(record, work, chain);
      this.#intakeOf(work).add(task.bytes);
      tasks.push(task);
    }
    work.forgetBelow((records.at(-1)?.offset ?? -1) + 1);
    // Only now: a task that finishes at once must not move the watermark past records that are not in it yet.
    for (const ticket of remembered) work.settle(ticket);
    if (remembered.length > 0) this.#parts.instrumentation.count("millrace.records.remembered", remembered.length, this.#attributes);
    if (this.durable !== undefined) for (const task of tasks) this.durable.enter(task);
    else for (const task of tasks) if (chains.enter(task)) this.#dispatcher.add(task);
  }

  /** Resolves when more may be taken in of a partition; undefined when it may now. */
  room(work: ClaimWork): Promise<void> | undefined {
    return this.#intakeOf(work).room();
  }

  /** Fails attempts that have run longer than allowed. */
  expireAttempts(): void {
    const { handlerTimeoutMs } = this.#parts.options;
    const latest = this.#parts.clock.monotonic() - handlerTimeoutMs;
    for (const task of this.#active) {
      if (task.attemptBegan !== undefined && task.attemptBegan <= latest) {
        task.failAttempt?.(
          new TimedOutError(`the handler of ${task.record.topic}/${task.record.partition} offset ${task.record.offset}`, handlerTimeoutMs),
        );
      }
    }
  }

  #intakeOf({ claim }: ClaimWork): Intake {
    return this.durable !== undefined && claim.topic === this.durable.retryTopic ? this.#parts.parkedIntake : this.#parts.intake;
  }

  #createDurableRetry(): DurableRetry | undefined {
    const { options, topic, group, parkingProducer: producer, clock, random, logger } = this.#parts;
    const { retryLater: policy, order, maxParked } = options;
    if (policy === undefined) return undefined;
    const given = { topic, group, order, policy, maxParked, producer, clock, random, logger };
    return new DurableRetry({
      ...given,
      retryTopic: retryTopicName(topic, group),
      start: (task) => this.#dispatcher.add(task),
      wait: (task, delayMs) => this.#wait(task, delayMs),
      abandoned: ({ work, bytes }) => this.#intakeOf(work).remove(bytes),
    });
  }

  #chainsOf(partition: number): KeyChains<RecordTask> {
    let chains = this.#chains.get(partition);
    if (chains === undefined) {
      chains = new KeyChains();
      this.#chains.set(partition, chains);
    }
    return chains;
  }

  #begin(task: RecordTask): void {
    const { resume } = task;
    task.resume = undefined;
    if (resume === undefined) void this.#run(task);
    else resume();
  }

  async #run(task: RecordTask): Promise<void> {
    const { work } = task;
    let outcome: Outcome = "abandoned";
    work.began();
    if (!work.draining.aborted) {
      this.#active.add(task);
      try {
        const handle = (): Promise<Outcome> => settleRecord(task, this.#steps);
        outcome = this.durable === undefined ? await handle() : await this.durable.settle(task, handle);
      } catch (error) {
        work.drain();
        this.#parts.halt(error);
      }
      this.#active.delete(task);
    }
    this.#finish(task, outcome);
  }

  #finish(task: RecordTask, outcome: Outcome): void {
    const { work } = task;
    if (outcome === "blocked" && !work.draining.aborted) {
      this.#dispatcher.finished();
      this.durable?.putBack(task);
      work.ended();
      return;
    }
    this.#intakeOf(work).remove(task.bytes);
    if (outcome !== "abandoned" && outcome !== "blocked") {
      work.settle(task.ticket);
      this.#count(outcome);
      this.#parts.settled(work);
    }
    if (this.durable === undefined) {
      const next = this.#chainsOf(work.claim.partition).leave(task);
      this.#dispatcher.finished();
      if (next !== null) this.#dispatcher.add(next);
    } else {
      this.#dispatcher.finished();
      this.durable.finished(task, outcome);
    }
    work.ended();
  }

  /** A wait between attempts: the key waits, but its place among the running ones goes to somebody else. False when the partition is going, at once. */
  async #wait(task: RecordTask, delayMs: number): Promise<boolean> {
    const { work } = task;
    this.#active.delete(task);
    this.#dispatcher.finished();
    work.ended();
    // Rejects only when the partition is going.
    await sleep(delayMs, { clock: this.#parts.clock, signal: work.draining }).catch(() => undefined);
    await new Promise<void>((resolve) => {
      task.resume = resolve;
      this.#dispatcher.add(task);
    });
    work.began();
    this.#active.add(task);
    return !work.draining.aborted;
  }

  async #writeDeadLetter(failed: FailedRecord): Promise<void> {
    const { topic } = await this.#parts.deadLetters.write(failed);
    const { error, record } = failed;
    const { partition, offset } = record;
    this.#parts.logger.warn(`Message sent to DLQ ${topic}: ${describeFailure(error).message}`, {
      topic: record.topic,
      partition,
      offset,
      disposition: failed.disposition,
    });
  }

  #count(outcome: SettledOutcome): void {
    if (outcome === "handled") this.#counts.handled++;
    else if (outcome === "dead-lettered") this.#counts.deadLettered++;
    else if (outcome === "parked") this.#counts.parked++;
    else if (outcome === "skipped") this.#counts.skipped++;
    this.#parts.instrumentation.count(`millrace.records.${outcome}`, 1, this.#attributes);
  }

  #attempt(task: RecordTask, attempt: number): Promise<void> {
    const { clock, producer, logger, group } = this.#parts;
    const context = new TaskContext({ task, group, attempt, producer, logger });
    return new Promise<void>((resolve, reject) => {
      task.attemptBegan = clock.monotonic();
      task.failAttempt = (error) => {
        context.expire(error);
        reject(error);
      };
      this.#callThenSettleSends(task, context).then(resolve, reject);
    }).finally(() => {
      context.end();
      task.attemptBegan = undefined;
      task.failAttempt = undefined;
    });
  }

  async #callThenSettleSends(task: RecordTask, context: TaskContext): Promise<void> {
    try {
      const handle = task.record.value === null ? this.#handleTombstone : this.#handle;
      await handle(task.message as IncomingMessage<unknown, unknown>, context);
    } catch (error) {
      // What the failed handler sent must be over before the next attempt sends it again.
      await context.settleSends()?.catch(() => undefined);
      throw error;
    }
    await context.settleSends();
  }
}

function rejectTombstone(): never {
  throw new RejectedRecordError("the record is a tombstone and its processor has no onTombstone option");
}
