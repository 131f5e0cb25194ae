import type { Cancel, Clock } from "@millrace/core";
import { ConditionNotMetError } from "./testing-error.ts";

/** How a virtual clock begins. */
export interface VirtualClockOptions {
  /** Wall time at the start, in milliseconds since the epoch. @default 2026-01-01T00:00:00Z */
  readonly startMs?: number | undefined;
}

/** Limits of `VirtualClock.runUntil`. */
export interface RunUntilOptions {
  /** Longest wait in virtual milliseconds. @default 600_000 (ten minutes) */
  readonly limitMs?: number | undefined;
  /** What is waited for, for the error's message. @default "the condition" */
  readonly what?: string | undefined;
}

/**
 * A clock that stands still until a test moves it. Tasks run in order of their time, and in order of scheduling where the times are equal.
 * Before and after each task promise jobs, `process.nextTick` and `setImmediate` settle, so that whatever a task woke up has scheduled its own next
 * step before time goes on.
 *
 * Work that waits for something real (a socket, a file) takes no virtual time: where a task is scheduled, it runs before that work is done.
 */
export interface VirtualClock extends Clock {
  /** How many tasks wait, background ones included. */
  readonly pending: number;
  /**
   * Moves time forward by `durationMs` and runs what falls due on the way, newly scheduled tasks included. `advance(0)` runs what is due now.
   * Rejects with what a task throws; time then stands at that task and the later ones stay scheduled.
   */
  advance(durationMs: number): Promise<void>;
  /**
   * Moves time from task to task, no further than needed, until the promise settles or the condition is true. Gives the promise's value.
   * @throws ConditionNotMetError (`CONDITION_NOT_MET`) when the next task lies beyond the limit, or nothing is scheduled that could still make it true;
   * else whatever the promise rejects with or a task throws.
   */
  runUntil<T>(goal: Promise<T>, options?: RunUntilOptions): Promise<T>;
  runUntil(goal: () => boolean, options?: RunUntilOptions): Promise<void>;
}

interface Task {
  readonly atMs: number;
  readonly order: number;
  readonly run: () => void;
}

// Taken at load, so that a test that replaces the global timers does not stop this clock.
const nextTurn = setImmediate;
const realTimer = setTimeout;
const realNow = performance.now.bind(performance);

/** How long, in real time, `runUntil` lets real work finish when nothing is scheduled any more. */
const idlePatienceMs = 1_000;

/** Makes a virtual clock. Each is independent of the others and holds no timer of the machine. */
export function createVirtualClock(options: VirtualClockOptions = {}): VirtualClock {
  const startMs = options.startMs ?? Date.UTC(2026, 0, 1);
  /** By time, then by order; the next one is first. */
  const tasks: Task[] = [];
  let elapsedMs = 0;
  let lastOrder = 0;

  const indexOf = (atMs: number, order: number): number => {
    let low = 0;
    let high = tasks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const task = tasks[middle]!;
      if (task.atMs < atMs || (task.atMs === atMs && task.order < order)) low = middle + 1;
      else high = middle;
    }
    return low;
  };

  const schedule = (delayMs: number, run: () => void): Cancel => {
    const task: Task = { atMs: elapsedMs + Math.max(0, delayMs), order: ++lastOrder, run };
    tasks.splice(indexOf(task.atMs, task.order), 0, task);
    return () => {
      const index = indexOf(task.atMs, task.order);
      if (tasks[index] === task) tasks.splice(index, 1);
    };
  };

  /** Runs the next task if it is due by `limitMs` (in elapsed time). */
  const runNext = (limitMs: number): boolean => {
    const task = tasks[0];
    if (task === undefined || !(task.atMs <= limitMs) || task.atMs === Number.POSITIVE_INFINITY) return false;
    tasks.shift();
    elapsedMs = Math.max(elapsedMs, task.atMs);
    task.run();
    return true;
  };

  const advance = async (durationMs: number): Promise<void> => {
    const untilMs = elapsedMs + Math.max(0, durationMs);
    do await settle();
    while (runNext(untilMs));
    elapsedMs = Math.max(elapsedMs, untilMs);
  };

  const runUntilTrue = async (isMet: () => boolean, { limitMs = 600_000, what = "the condition" }: RunUntilOptions): Promise<void> => {
    const beganMs = elapsedMs;
    const untilMs = beganMs + limitMs;
    let idleSince: number | undefined;
    for (;;) {
      await settle();
      if (isMet()) return;
      if (runNext(untilMs)) {
        idleSince = undefined;
        continue;
      }
      if (tasks.length > 0)
        throw new ConditionNotMetError(what, elapsedMs - beganMs, `the next task lies beyond the limit of ${limitMs} ms`);
      idleSince ??= realNow();
      if (realNow() - idleSince > idlePatienceMs) {
        throw new ConditionNotMetError(
          what,
          elapsedMs - beganMs,
          "nothing is scheduled on the virtual clock that could still bring it about",
        );
      }
      await new Promise((resolve) => realTimer(resolve, 1));
    }
  };

  const runUntilSettled = async <T>(promise: Promise<T>, options: RunUntilOptions): Promise<T> => {
    let settled = false;
    const note = (): void => {
      settled = true;
    };
    promise.then(note, note);
    await runUntilTrue(() => settled, { what: "the promise", ...options });
    return await promise;
  };

  return {
    // Whole milliseconds, as the machine's clock gives them, though waits with jitter are not.
    now: () => Math.floor(startMs + elapsedMs),
    monotonic: () => elapsedMs,
    schedule,
    get pending() {
      return tasks.length;
    },
    advance,
    runUntil: <T>(goal: Promise<T> | (() => boolean), options: RunUntilOptions = {}) =>
      typeof goal === "function" ? runUntilTrue(goal, options) : runUntilSettled(goal, options),
  };
}

/** More turns than any chain of immediates in a sound program, so that one that never ends does not stop the clock. */
const mostTurns = 100;

/** Turns the event loop until every promise job, `process.nextTick` and `setImmediate` that is ready has run, and those that they make ready. */
async function settle(): Promise<void> {
  let turns = 0;
  do await new Promise<void>((resolve) => nextTurn(resolve));
  while (process.getActiveResourcesInfo().includes("Immediate") && ++turns < mostTurns);
}
