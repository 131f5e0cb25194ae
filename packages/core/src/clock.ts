/** Undoes what returned it; calling it again, or too late, does nothing. */
export type Cancel = () => void;

/**
 * Where time comes from. Everything in millrace that waits or reads the time takes a clock, so that tests run in virtual time.
 * `systemClock` is the default everywhere.
 */
export interface Clock {
  /** Wall time in milliseconds since the epoch. May jump. */
  now(): number;
  /** Milliseconds from an arbitrary start; never goes back. For durations. */
  monotonic(): number;
  /**
   * Runs `task` once after `delayMs` milliseconds (0 or less: as soon as possible, never synchronously).
   * `background: true` lets the process end while the task waits.
   */
  schedule(delayMs: number, task: () => void, options?: { readonly background?: boolean }): Cancel;
}

// Node fires a longer timer after 1 ms, with a warning.
const longestTimerMs = 2 ** 31 - 1;

/** The machine's own clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  schedule(delayMs, task, options) {
    let timer: NodeJS.Timeout;
    const arm = (remainingMs: number): void => {
      timer = setTimeout(
        () => {
          if (remainingMs > longestTimerMs) arm(remainingMs - longestTimerMs);
          else task();
        },
        // Node cuts off fractions: a timer would fire too early.
        Math.ceil(Math.max(0, Math.min(remainingMs, longestTimerMs))),
      );
      if (options?.background === true) timer.unref();
    };
    arm(delayMs);
    return () => clearTimeout(timer);
  },
};

/** A source of numbers in [0, 1). `Math.random` is the default everywhere; tests give a seeded one. */
export type Random = () => number;
