import { type Cancel, type Clock, type Instrumentation, type Logger, TimedOutError } from "@millrace/core";
import type { AttemptEnded } from "../attempts.ts";
import type { ClaimWork } from "../claim-work.ts";
import type { ComposedHandler, IncomingMessage } from "../handler.ts";
import { beginObservedBatch } from "../observed-records.ts";
import type { RecordTask } from "../record-task.ts";
import type { SendingProducer } from "../task-context.ts";
import { BatchAttempt } from "./batch-attempt.ts";
import type { BatchHandler } from "./batch-handler.ts";
import { BatchQueue, type Queued } from "./batch-queue.ts";
import { type BatchReport, judgeBatch, type Verdict } from "./judge-batch.ts";

/** What batches are made of. */
export interface BatchesParts {
  readonly group: string;
  readonly order: "key" | "partition" | "unordered";
  /** Handlers running at once, over all partitions. */
  readonly concurrency: number;
  readonly size: number;
  /** How long a batch that is not full waits for more, in milliseconds. */
  readonly lingerMs: number;
  readonly handler: BatchHandler<unknown, unknown>;
  readonly tombstoneHandler: ComposedHandler;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly instrumentation: Instrumentation;
  producerOf(task: RecordTask): SendingProducer;
  /** Its partition is going, and its attempt was not made. */
  abandoned(task: RecordTask): void;
}

class Item implements Queued {
  readonly task: RecordTask;
  state: "waiting" | "running" | "out" = "out";
  number = 1;
  /** Since when it waits. */
  since = 0;
  ended: AttemptEnded | undefined;

  constructor(task: RecordTask) {
    this.task = task;
  }

  get chain(): number | null {
    return this.task.chain;
  }

  get work(): ClaimWork {
    return this.task.work;
  }

  get isAlone(): boolean {
    return this.task.record.value === null;
  }

  get isRetried(): boolean {
    return this.number > 1;
  }
}

type Queue = BatchQueue<RecordTask, Item>;
type Attempt = BatchAttempt<Item>;

/**
 * Calls a handler with batches of records, and tells of each record how its attempt ended; takes the place of `Attempts`. One batch of a partition at a time, or
 * with `unordered` several.
 */
export class Batches {
  readonly #parts: BatchesParts;
  #concurrency: number;
  readonly #queues = new Map<number, Queue>();
  readonly #running = new Set<Attempt>();
  readonly #watched = new WeakSet<ClaimWork>();
  /** By partition number: ends the wait of a batch that is not full. */
  readonly #lingering = new Map<number, Cancel>();
  #isHeld: ((partition: number) => boolean) | undefined;
  #peak = 0;
  #isLooking = false;

  constructor(parts: BatchesParts) {
    this.#parts = parts;
    this.#concurrency = parts.concurrency;
  }

  /** Batches that run. */
  get running(): number {
    return this.#running.size;
  }

  get peak(): number {
    return this.#peak;
  }

  /** Batches that may run at once. */
  get concurrency(): number {
    return this.#concurrency;
  }

  set concurrency(value: number) {
    this.#concurrency = value;
    this.#look();
  }

  /** From now on no batch begins on the partitions for which this is true. Undefined: on all they do. */
  hold(isHeld: ((partition: number) => boolean) | undefined): void {
    this.#isHeld = isHeld;
    this.#look();
  }

  /** Gives a task its place among the others, which it keeps until it has left. */
  enter(task: RecordTask): void {
    this.#queueOf(task).enter(task, new Item(task));
    this.#watch(task.work);
  }

  /** A task is decoded and wants an attempt, or another one. `ended` is told once, unless its partition goes before. */
  begin(task: RecordTask, number: number, ended: AttemptEnded): void {
    const queue = this.#queueOf(task);
    let item = queue.get(task);
    if (item === undefined) {
      this.enter(task);
      item = queue.get(task) as Item;
    }
    item.number = number;
    item.ended = ended;
    task.attempts = number;
    item.since = this.#parts.clock.monotonic();
    this.#wait(item);
    this.#look();
  }

  /** It is settled, or given up. */
  leave(task: RecordTask): void {
    this.#queueOf(task).leave(task);
    this.#look();
  }

  /** Ends the attempts that have run for so long, in milliseconds. */
  expire(longestMs: number): void {
    const latest = this.#parts.clock.monotonic() - longestMs;
    for (const attempt of this.#running) {
      if (attempt.began > latest) continue;
      const { topic, partition } = attempt;
      const error = new TimedOutError(`the handler of ${attempt.items.length} records of ${topic}/${partition}`, longestMs);
      attempt.whole.expire(error);
      this.#conclude(attempt, { thrown: error });
    }
  }

  /** The task of this record, if a batch with it runs. */
  find(work: ClaimWork, offset: number): RecordTask | undefined {
    for (const { items } of this.#running) {
      const found = items.find(({ task }) => task.work === work && task.record.offset === offset);
      if (found !== undefined) return found.task;
    }
    return undefined;
  }

  /** Fails the attempt of a task at once, and aborts the signal of its batch; the others of the batch come again. */
  fail(task: RecordTask, error: Error): void {
    for (const attempt of this.#running) {
      if (!attempt.items.some((item) => item.task === task)) continue;
      attempt.whole.expire(error);
      this.#end(
        attempt,
        attempt.items.map((item): Verdict => (item.task === task ? { error } : "again")),
      );
      return;
    }
  }

  #queueOf({ work }: RecordTask): Queue {
    const { partition } = work.claim;
    let queue = this.#queues.get(partition);
    if (queue === undefined) {
      queue = new BatchQueue(this.#parts.size);
      this.#queues.set(partition, queue);
    }
    return queue;
  }

  /** What waits when its partition goes is handed back. */
  #watch(work: ClaimWork): void {
    if (this.#watched.has(work)) return;
    this.#watched.add(work);
    const { partition } = work.claim;
    const handBack = (): void => {
      this.#stopLingering(partition);
      for (const item of this.#queues.get(partition)?.waiting(work) ?? []) this.#wait(item);
    };
    if (!work.isDraining) work.draining.addEventListener("abort", handBack, { once: true });
  }

  #wait(item: Item): void {
    if (item.work.isDraining) {
      item.state = "out";
      item.ended = undefined;
      this.#parts.abandoned(item.task);
    } else item.state = "waiting";
  }

  #tell(item: Item, failure: { readonly error: unknown } | undefined, began: number): void {
    const { ended } = item;
    item.state = "out";
    item.ended = undefined;
    ended?.(item.task, failure, began);
  }

  /** Looks for batches that may begin, once everything has come that comes now. */
  #look(): void {
    if (this.#isLooking) return;
    this.#isLooking = true;
    queueMicrotask(() => {
      this.#isLooking = false;
      // Beginning changes their order.
      const queues = [...this.#queues];
      for (const [partition, queue] of queues) this.#beginBatches(partition, queue);
    });
  }

  #beginBatches(partition: number, queue: Queue): void {
    const atOnce = this.#parts.order === "unordered" ? Number.POSITIVE_INFINITY : 1;
    while (this.#running.size < this.#concurrency && queue.running < atOnce && this.#isHeld?.(partition) !== true) {
      const items = queue.next();
      const [first] = items;
      if (first === undefined || this.#lingers(partition, items, queue.limit)) return;
      this.#run(queue, items);
      // Those that had no turn yet come before those that had one.
      this.#queues.delete(partition);
      this.#queues.set(partition, queue);
    }
  }

  /** Whether a batch waits for more. */
  #lingers(partition: number, items: readonly Item[], limit: number): boolean {
    const { lingerMs, clock } = this.#parts;
    const [{ since, isRetried, isAlone }] = items as [Item];
    const remainingMs = since + lingerMs - clock.monotonic();
    const lingers = remainingMs > 0 && items.length < limit && !isRetried && !isAlone;
    this.#stopLingering(partition);
    if (lingers)
      this.#lingering.set(
        partition,
        clock.schedule(remainingMs, () => this.#look()),
      );
    return lingers;
  }

  #stopLingering(partition: number): void {
    this.#lingering.get(partition)?.();
    this.#lingering.delete(partition);
  }

  #run(queue: Queue, items: readonly Item[]): void {
    const began = this.#parts.clock.monotonic();
    const { group, instrumentation } = this.#parts;
    for (const item of items) item.state = "running";
    const observed = beginObservedBatch(items, group, instrumentation);
    const attempt = new BatchAttempt(items, began, this.#parts, observed);
    queue.running++;
    this.#running.add(attempt);
    this.#peak = Math.max(this.#peak, this.#running.size);
    const call = (): Promise<BatchReport> => this.#call(attempt);
    void (observed === undefined ? call() : observed.run(call)).then((report) => this.#conclude(attempt, report));
  }

  async #call(attempt: Attempt): Promise<BatchReport> {
    const { handler, tombstoneHandler } = this.#parts;
    const { messages, whole } = attempt;
    let report: BatchReport;
    try {
      const isTombstone = (attempt.items[0] as Item).isAlone;
      if (isTombstone) await tombstoneHandler(messages[0] as IncomingMessage<unknown, unknown>, whole);
      report = { returned: isTombstone ? undefined : await handler(messages, attempt) };
    } catch (thrown) {
      report = { thrown };
    }
    try {
      await whole.settleSends();
    } catch (thrown) {
      if (!("thrown" in report)) report = { thrown };
    }
    return report;
  }

  #conclude(attempt: Attempt, report: BatchReport): void {
    if (attempt.isOver) return;
    const { items } = attempt;
    const queue = this.#queueOf((items[0] as Item).task);
    const verdicts = judgeBatch(
      items.map(({ chain }) => chain),
      report,
    );
    if ("thrown" in verdicts) {
      queue.limit = Math.ceil(items.length / 2);
      const again = items.map((): Verdict => "again");
      this.#end(attempt, again, { error: verdicts.thrown });
      return;
    }
    queue.limit = Math.min(this.#parts.size, queue.limit * 2);
    this.#end(attempt, verdicts);
  }

  #end(attempt: Attempt, verdicts: readonly Verdict[], failure = verdicts.find((verdict) => typeof verdict === "object")): void {
    attempt.isOver = true;
    attempt.whole.end();
    attempt.observed?.ended(this.#parts.clock.monotonic() - attempt.began, failure);
    this.#running.delete(attempt);
    this.#queueOf((attempt.items[0] as Item).task).running--;
    for (const [index, item] of attempt.items.entries()) {
      const verdict = verdicts[index] as Verdict;
      if (verdict === "again") this.#wait(item);
      else this.#tell(item, verdict === "handled" ? undefined : verdict, attempt.began);
    }
    this.#look();
  }
}
