import { type Clock, systemClock } from "./clock.ts";
import { AbortedError, TimedOutError } from "./core-error.ts";

/** Limits of a wait. */
export interface WaitOptions {
  readonly signal?: AbortSignal | undefined;
  /** @default systemClock */
  readonly clock?: Clock | undefined;
  /** What is waited for, for the error's message. */
  readonly what?: string | undefined;
}

/**
 * Waits `delayMs` milliseconds.
 * @throws AbortedError (`ABORTED`) as soon as the signal aborts; no timer is left behind.
 */
export function sleep(delayMs: number, options: WaitOptions = {}): Promise<void> {
  const { signal, clock = systemClock, what = "sleep" } = options;
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) {
      reject(new AbortedError(what, { cause: signal.reason }));
      return;
    }
    const onAbort = (): void => {
      cancel();
      reject(new AbortedError(what, { cause: signal?.reason }));
    };
    const cancel = clock.schedule(delayMs, () => {
      signal?.removeEventListener("abort", onAbort);
      resolve();
    });
    signal?.addEventListener("abort", onAbort, { once: true });
  });
}

/**
 * Settles as `promise` does, or rejects as soon as the signal aborts. The promise itself goes on: what it holds must be released by whoever made it.
 * @throws AbortedError (`ABORTED`)
 */
export function abortable<T>(promise: Promise<T>, options: WaitOptions): Promise<T> {
  const { signal, what = "operation" } = options;
  if (signal === undefined) return promise;
  return new Promise<T>((resolve, reject) => {
    const onAbort = (): void => reject(new AbortedError(what, { cause: signal.reason }));
    if (signal.aborted) onAbort();
    else signal.addEventListener("abort", onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}

/**
 * Runs `work` under a deadline. The signal given to `work` aborts when the deadline passes or the caller's signal aborts, so that `work` can stop and clean up.
 * @throws TimedOutError (`TIMED_OUT`) when the deadline passes first; AbortedError (`ABORTED`) when the caller's signal aborts first; else whatever `work` throws.
 */
export async function withDeadline<T>(timeoutMs: number, work: (signal: AbortSignal) => Promise<T>, options: WaitOptions = {}): Promise<T> {
  const { signal, clock = systemClock, what = "operation" } = options;
  const controller = new AbortController();
  if (signal?.aborted === true) throw new AbortedError(what, { cause: signal.reason });
  return await new Promise<T>((resolve, reject) => {
    const settle = (): void => {
      cancel();
      signal?.removeEventListener("abort", onAbort);
    };
    const giveUp = (error: Error): void => {
      settle();
      controller.abort(error);
      reject(error);
    };
    const onAbort = (): void => giveUp(new AbortedError(what, { cause: signal?.reason }));
    const cancel = clock.schedule(timeoutMs, () => giveUp(new TimedOutError(what, timeoutMs)));
    signal?.addEventListener("abort", onAbort, { once: true });
    // An async wrapper, so that a synchronous throw becomes a rejection.
    (async () => await work(controller.signal))().then(
      (value) => {
        settle();
        resolve(value);
      },
      (error: unknown) => {
        settle();
        reject(error);
      },
    );
  });
}
