import { type Clock, type Logger, type Processing, TimedOutError } from "@millrace/core";
import type { ClaimWork } from "./claim-work.ts";
import type { ComposedHandler, IncomingMessage } from "./handler.ts";
import type { SharedContext } from "./observed-records.ts";
import type { RecordTask } from "./record-task.ts";
import { type SendingProducer, TaskContext } from "./task-context.ts";

/** What attempts are made of. */
export interface AttemptParts {
  readonly group: string;
  readonly logger: Logger;
  readonly clock: Clock;
  /** The handler of this task's kind of record, middleware included. */
  handlerOf(task: RecordTask): ComposedHandler;
  /** What the handler of a task sends with. */
  producerOf(task: RecordTask): SendingProducer;
}

/** Told once how an attempt ended, undefined being success, and when it began, by the monotonic clock. */
export type AttemptEnded = (task: RecordTask, failure: { readonly error: unknown } | undefined, began: number) => void;

/** Calls handlers, waits for what they return and what they send, and ends those that have to end. */
export class Attempts {
  readonly #parts: AttemptParts;
  readonly #shared: SharedContext;
  readonly #running: RunningAttempt[] = [];
  /** Used again and again: to make one for each record costs more than to run it. */
  readonly #idle: RunningAttempt[] = [];

  constructor(parts: AttemptParts, shared: SharedContext) {
    this.#parts = parts;
    this.#shared = shared;
  }

  /** Calls the handler of a task that is decoded. `ended` is told, possibly before this returns. */
  begin(task: RecordTask, number: number, ended: AttemptEnded): void {
    const processing = task.observed?.processing;
    if (processing === undefined) this.#begin(task, number, ended, undefined);
    else if (this.#shared.has(task)) this.#begin(task, number, ended, processing);
    else {
      const own = processing.isShared?.(task.record) === true ? processing : undefined;
      // As a whole: what begins when it ends is mostly of the same context.
      processing.attempt(task.record, number, () => {
        const before = this.#shared.enter(own);
        this.#begin(task, number, ended, own);
        this.#shared.enter(before);
      });
    }
  }

  /** `shared`: in whose shared context this is. */
  #begin(task: RecordTask, number: number, ended: AttemptEnded, shared: Processing | undefined): void {
    const began = this.#parts.clock.monotonic();
    task.attempts = number;
    const context = new TaskContext(task, number, this.#parts);
    const promise = this.#call(task, context);
    if (promise === undefined) {
      context.end();
      ended(task, undefined, began);
      return;
    }
    const attempt = this.#idle.pop() ?? new RunningAttempt((over) => this.#over(over), this.#shared);
    attempt.place = this.#running.push(attempt) - 1;
    attempt.run(promise, { task, context, began, ended, shared });
  }

  /** Fails the attempts that have run for so long, in milliseconds. */
  expire(longestMs: number): void {
    const latest = this.#parts.clock.monotonic() - longestMs;
    for (const attempt of this.#running.slice()) {
      if (attempt.began > latest || attempt.task === undefined) continue;
      const { topic, partition, offset } = attempt.task.record;
      attempt.fail(new TimedOutError(`the handler of ${topic}/${partition} offset ${offset}`, longestMs));
    }
  }

  /** The task of this record, if its attempt runs. */
  find(work: ClaimWork, offset: number): RecordTask | undefined {
    return this.#running.find(({ task }) => task?.work === work && task.record.offset === offset)?.task;
  }

  /** Fails the attempt of a task at once, and aborts its signal. */
  fail(task: RecordTask, error: Error): void {
    this.#running.find((attempt) => attempt.task === task)?.fail(error);
  }

  /** Undefined when it is over already. */
  #call(task: RecordTask, context: TaskContext): Promise<unknown> | undefined {
    // It may enter any context, and have other tasks begin there.
    const before = this.#shared.enter(undefined);
    try {
      const handle = this.#parts.handlerOf(task);
      const result: unknown = handle(task.message as IncomingMessage<unknown, unknown>, context);
      const isOver = result === null || (typeof result !== "object" && typeof result !== "function");
      return isOver && !context.hasSent ? undefined : Promise.resolve(result);
    } catch (error) {
      return Promise.reject(error);
    } finally {
      this.#shared.enter(before);
    }
  }

  #over(attempt: RunningAttempt): void {
    const last = this.#running.pop() as RunningAttempt;
    if (last !== attempt) {
      last.place = attempt.place;
      this.#running[attempt.place] = last;
    }
    if (!attempt.isLost) this.#idle.push(attempt);
  }
}

interface Run {
  readonly task: RecordTask;
  readonly context: TaskContext;
  readonly began: number;
  readonly ended: AttemptEnded;
  readonly shared: Processing | undefined;
}

/** One attempt at a time, from its handler's return to its end. */
class RunningAttempt {
  /** Where it stands among the running ones. */
  place = 0;
  /** Its handler may still run though it has ended: it cannot be used again. */
  isLost = false;
  readonly #over: (attempt: RunningAttempt) => void;
  readonly #shared: SharedContext;
  #run: Run | undefined;
  readonly #fulfilled = (): void => {
    const sends = this.#run?.context.settleSends();
    if (sends === undefined) this.#end(undefined, this.#run?.shared);
    else sends.then(() => this.#end(undefined, this.#run?.shared), this.#fail);
  };
  readonly #rejected = (error: unknown): void => {
    const sends = this.#run?.context.settleSends();
    const fail = (): void => this.#fail(error);
    // What the failed handler sent must be over before the next attempt sends it again.
    if (sends === undefined) fail();
    else sends.then(fail, fail);
  };
  readonly #fail = (error: unknown): void => this.#end({ error }, this.#run?.shared);

  constructor(over: (attempt: RunningAttempt) => void, shared: SharedContext) {
    this.#over = over;
    this.#shared = shared;
  }

  run(promise: Promise<unknown>, run: Run): void {
    this.#run = run;
    promise.then(this.#fulfilled, this.#rejected);
  }

  get task(): RecordTask | undefined {
    return this.#run?.task;
  }

  get began(): number {
    return this.#run?.began ?? Number.POSITIVE_INFINITY;
  }

  /** Ends it, whatever its handler does. */
  fail(error: Error): void {
    this.isLost = true;
    this.#run?.context.expire(error);
    // Whoever does this does it in a context of its own.
    this.#end({ error }, undefined);
  }

  /** `shared`: in whose shared context this is, as what a promise leads to is done in the context in which it was waited for. */
  #end(failure: { readonly error: unknown } | undefined, shared: Processing | undefined): void {
    const run = this.#run;
    // It has ended before.
    if (run === undefined) return;
    this.#run = undefined;
    run.context.end();
    this.#over(this);
    const before = this.#shared.enter(shared);
    run.ended(run.task, failure, run.began);
    this.#shared.enter(before);
  }
}
