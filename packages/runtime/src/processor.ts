import type { KafkaRecord } from "@millrace/kafka";
import { retryTopicName } from "@millrace/retry";
import { type AttemptEnded, Attempts } from "./attempts.ts";
import type { Batches } from "./batch/batches.ts";
import { BeginGate } from "./begin-gate.ts";
import type { ClaimWork } from "./claim-work.ts";
import { decode } from "./decode.ts";
import { Dispatcher } from "./dispatcher.ts";
import type { DurableRetry } from "./durable/durable-retry.ts";
import type { Intake } from "./intake.ts";
import { chainOfKey, KeyChains } from "./key-chains.ts";
import { beginObserved, observeLeaving, SharedContext } from "./observed-records.ts";
import type { ResolvedProcessOptions } from "./process-options.ts";
import { createAttemptParts, createBatches, createDurableRetry, createTieredRetry, writeDeadLetter } from "./processor-composition.ts";
import type { ProcessorParts, ProcessorStatistics } from "./processor-parts.ts";
import { ProcessorWatch } from "./processor-watch.ts";
import { RecordCounts } from "./record-counts.ts";
import { RecordTask } from "./record-task.ts";
import { type Begun, type Outcome, type SettleSteps, settleRecord } from "./settle.ts";
import { Sleepers } from "./sleepers.ts";
import type { Hindrance } from "./slow-reason.ts";
import type { LoopLook } from "./slow-seconds.ts";
import type { Ticket } from "./watermark.ts";

/** Takes the records of one topic (and of its retry topic) through decoding, key order, handler and settlement. */
export class Processor {
  /** With `retryLater`. */
  readonly durable: DurableRetry | undefined;
  readonly #parts: ProcessorParts;
  readonly #dispatcher: Dispatcher<RecordTask>;
  readonly #steps: SettleSteps;
  readonly #shared = new SharedContext();
  readonly #attempts: Pick<Attempts, "begin" | "expire" | "find" | "fail">;
  /** Where records are handled in batches: they keep the order, and bound what runs. */
  readonly #batches: Batches | undefined;
  /** By partition number: a record that comes back through the retry topic waits its turn among those of the source partition that it came from. */
  readonly #chains = new Map<number, KeyChains<RecordTask>>();
  readonly #gate = new BeginGate((task) => this.#dispatcher.add(task));
  readonly #sleepers: Sleepers;
  readonly #counts: RecordCounts;
  readonly #watch: ProcessorWatch;
  /** Tasks that are not settled. */
  #taken = 0;
  #isAccepting = false;

  constructor(parts: ProcessorParts) {
    this.#parts = parts;
    this.#sleepers = new Sleepers(parts.clock);
    const attributes = Object.freeze({ topic: parts.topic, group: parts.group });
    this.#counts = new RecordCounts(parts.instrumentation, attributes);
    const concurrency = parts.batch === undefined ? parts.options.concurrency : Number.POSITIVE_INFINITY;
    this.#dispatcher = new Dispatcher(concurrency, (task) => this.#begin(task), parts.clock);
    const wait = (task: RecordTask, delayMs: number): Promise<boolean> => this.#wait(task, delayMs);
    this.durable = createDurableRetry(parts, { start: (task) => this.#dispatcher.add(task), wait, abandoned: (task) => this.#leave(task) });
    const later = this.durable ?? createTieredRetry(parts, wait);
    const attempts = createAttemptParts(parts);
    this.#batches = createBatches(parts, attempts, (task) => this.#finish(task, "abandoned"));
    this.#attempts = this.#batches ?? new Attempts(attempts, this.#shared);
    const { options, clock, logger, instrumentation } = parts;
    const watched = { attempts: this.#attempts, sleepers: this.#sleepers, attributes };
    this.#watch = new ProcessorWatch({ parkingTopic: this.durable?.retryTopic, options, clock, logger, instrumentation, ...watched });
    this.#steps = {
      options: parts.options,
      clock: parts.clock,
      random: parts.random,
      logger: parts.logger,
      decode: async (task) => await decode(task, parts.codec),
      attempt: (task, attempt) => this.#attempt(task, attempt),
      writeDeadLetter: (task, failed) => writeDeadLetter(parts, task, failed),
      decideRound: later === undefined ? undefined : (task) => later.decide(task),
      park: (task, attempts, delayMs) => (later as NonNullable<typeof later>).park(task, attempts, delayMs),
      wait,
      retried: () => this.#counts.add("retried"),
    };
  }

  get topic(): string {
    return this.#parts.topic;
  }

  /** Read beside the topic. */
  get retryTopic(): string | undefined {
    const { topic, group, options } = this.#parts;
    return options.deadLetter === undefined ? undefined : retryTopicName(topic, group);
  }

  get exactlyOnce(): ResolvedProcessOptions["exactlyOnce"] {
    return this.#parts.options.exactlyOnce;
  }

  statistics(): ProcessorStatistics {
    return {
      handled: this.#counts.of("handled"),
      retried: this.#counts.of("retried"),
      deadLettered: this.#counts.of("dead-lettered"),
      skipped: this.#counts.of("skipped"),
      parked: this.#counts.of("parked"),
      slowSeconds: this.#watch.slowSeconds,
      waiting: this.durable?.parked ?? 0,
      running: (this.#batches ?? this.#dispatcher).running,
      peakConcurrency: (this.#batches ?? this.#dispatcher).peak,
    };
  }

  /** Records that wait for an earlier one of their key or partition. */
  get behindOthers(): number {
    const { running } = this.#batches ?? this.#dispatcher;
    return Math.max(0, this.#taken - running - this.#dispatcher.waiting - this.#sleepers.size - (this.durable?.parked ?? 0));
  }

  /** Takes records in, in offset order. They start as soon as order and concurrency allow. */
  accept(records: readonly KafkaRecord[], work: ClaimWork): void {
    const { order } = this.#parts.options;
    const intake = this.#intakeOf(work);
    const tasks: RecordTask[] = [];
    const remembered: Ticket[] = [];
    for (const record of records) {
      if (work.isRemembered(record)) {
        remembered.push(work.watermark.add(record.offset, record.leaderEpoch));
        continue;
      }
      const chain = order === "partition" ? 0 : order === "key" && record.key !== null ? chainOfKey(record.key) : null;
      const task = new RecordTask(record, work, chain);
      intake.add(task.bytes);
      tasks.push(task);
    }
    work.forgetBelow((records.at(-1)?.offset ?? -1) + 1);
    // Only now: a task that finishes at once must not move the watermark past records that are not in it yet.
    for (const ticket of remembered) work.settle(ticket);
    this.#counts.add("remembered", remembered.length);
    this.#taken += tasks.length;
    this.#isAccepting = true;
    const { instrumentation, group } = this.#parts;
    // Batches are observed call by call.
    if (this.#batches === undefined)
      beginObserved(tasks, () => this.#enter(tasks, work), { instrumentation, group, work, shared: this.#shared });
    else this.#enter(tasks, work);
    this.#isAccepting = false;
    this.#counts.tell();
  }

  /** They have been counted: from here on they may begin, and end. */
  #enter(tasks: readonly RecordTask[], work: ClaimWork): void {
    if (this.durable !== undefined) for (const task of tasks) this.durable.enter(task);
    else if (this.#batches !== undefined) {
      for (const task of tasks) this.#batches.enter(task);
      for (const task of tasks) this.#dispatcher.add(task);
    } else {
      const chains = this.#chainsOf(work.claim.partition);
      for (const task of tasks) if (chains.enter(task)) this.#dispatcher.add(task);
    }
  }

  /** Resolves when more may be taken in of a partition; undefined when it may now. */
  room(work: ClaimWork): Promise<void> | undefined {
    return this.#intakeOf(work).room(work);
  }

  /** A record that was kept out may begin. */
  release(task: RecordTask): void {
    this.#dispatcher.add(task);
  }

  /** From now on nothing begins on the partitions for which this is true. Undefined: everything does. */
  hold(isHeld: ((partition: number) => boolean) | undefined): void {
    this.#gate.close(isHeld);
    this.#batches?.hold(isHeld);
  }

  /** Changes how many handlers run at once. */
  scale(concurrency: number): void {
    (this.#batches ?? this.#dispatcher).concurrency = concurrency;
  }

  /** Looks after what runs, once a second or so. */
  watch(works: Iterable<ClaimWork>, loop: LoopLook, hindrance: Hindrance): void {
    this.#watch.look(works, loop, {
      ...hindrance,
      concurrency: (this.#batches ?? this.#dispatcher).concurrency,
      running: (this.#batches ?? this.#dispatcher).running,
      ready: this.#dispatcher.waiting,
      parked: this.durable?.parked ?? 0,
      taken: this.#taken,
    });
  }

  #isParked({ claim }: ClaimWork): boolean {
    return this.durable !== undefined && claim.topic === this.durable.retryTopic;
  }

  #leave(task: RecordTask): void {
    const { work, bytes } = task;
    this.#taken--;
    this.#intakeOf(work).remove(bytes);
    observeLeaving(task);
  }

  #intakeOf(work: ClaimWork): Intake {
    return this.#isParked(work) ? this.#parts.parkedIntake : this.#parts.intake;
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
    if (this.#gate.holds(task)) {
      this.#dispatcher.finished();
      return;
    }
    const { resume } = task;
    if (resume !== undefined) {
      task.resume = undefined;
      resume();
      return;
    }
    const { work } = task;
    if (work.unit !== undefined && !work.isDraining && !work.unit.begin(task)) {
      this.#dispatcher.finished();
      return;
    }
    work.began();
    if (work.isDraining) {
      this.#finish(task, "abandoned");
      return;
    }
    const outcome = this.durable?.before(task);
    if (outcome === undefined) this.#handle(task);
    else if (typeof outcome === "string") this.#finish(task, outcome);
    else void this.#settle(task, () => outcome);
  }

  /** The way of nearly every record: decoded at once and handled at the first attempt. What else happens is settled step by step. */
  #handle(task: RecordTask): void {
    let decoding: Promise<void> | undefined;
    try {
      decoding = decode(task, this.#parts.codec);
    } catch (error) {
      decoding = Promise.reject(error);
    }
    if (decoding !== undefined) {
      this.#settleBegun(task, { decoding });
      return;
    }
    const past = task.work.unit?.past(task);
    if (past === undefined) this.#attempts.begin(task, 1, this.#ended);
    else this.#settleBegun(task, past);
  }

  readonly #ended: AttemptEnded = (task, failure, began) => {
    this.#observe(task, failure, began);
    if (failure === undefined) this.#finish(task, "handled");
    else this.#settleBegun(task, { error: failure.error, began });
  };

  #observe(task: RecordTask, failure: { readonly error: unknown } | undefined, began: number): void {
    task.observed?.processing.attempted(task.record, this.#parts.clock.monotonic() - began, failure);
  }

  #settleBegun(task: RecordTask, begun: Begun): void {
    void this.#settle(task, () => settleRecord(task, this.#steps, begun));
  }

  async #settle(task: RecordTask, settle: () => Promise<Outcome>): Promise<void> {
    let outcome: Outcome = "abandoned";
    try {
      const observed = task.call ?? task.observed?.processing;
      outcome = await (observed === undefined ? settle() : observed.within(task.record, settle));
    } catch (error) {
      task.work.drain();
      this.#parts.halt(error);
    }
    this.#finish(task, outcome);
  }

  #finish(task: RecordTask, outcome: Outcome): void {
    const { work } = task;
    if (outcome === "blocked" && !work.isDraining) {
      this.#dispatcher.finished();
      this.#batches?.leave(task);
      this.durable?.putBack(task);
      work.unit?.ended(task, false);
      work.ended();
      return;
    }
    this.#leave(task);
    if (outcome !== "abandoned" && outcome !== "blocked") {
      work.settle(task.ticket);
      this.#counts.add(outcome);
      this.#parts.settled(work);
    }
    this.#batches?.leave(task);
    if (this.durable === undefined && this.#batches === undefined) {
      const next = this.#chainsOf(work.claim.partition).leave(task);
      this.#dispatcher.finished();
      if (next !== null) this.#dispatcher.add(next);
    } else {
      this.#dispatcher.finished();
      this.durable?.finished(task, outcome);
    }
    work.unit?.ended(task, outcome !== "abandoned" && outcome !== "blocked");
    work.ended();
    if (this.#dispatcher.running === 0 && !this.#isAccepting) this.#counts.tell();
  }

  /** A wait between attempts: the key waits, but its place among the running ones goes to somebody else. False when the partition is going, at once. */
  async #wait(task: RecordTask, delayMs: number): Promise<boolean> {
    const { work } = task;
    this.#dispatcher.finished();
    work.ended();
    await this.#sleepers.sleep(task, delayMs);
    await new Promise<void>((resolve) => {
      task.resume = resolve;
      this.#dispatcher.add(task);
    });
    work.began();
    return !work.isDraining;
  }

  #attempt(task: RecordTask, attempt: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#attempts.begin(task, attempt, (_, failure, began) => {
        this.#observe(task, failure, began);
        if (failure === undefined) resolve();
        else reject(failure.error);
      });
    });
  }
}
