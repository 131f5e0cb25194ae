import { sleep } from "./abortable.ts";
import { type Clock, type Random, systemClock } from "./clock.ts";
import { AbortedError } from "./core-error.ts";
import { decideRetry, type RetryPolicy } from "./retry-policy.ts";

/** How `retry` runs. */
export interface RetryOptions {
  readonly clock?: Clock | undefined;
  readonly random?: Random | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Whether this failure is worth another attempt. @default every failure is */
  readonly shouldRetry?: ((error: unknown) => boolean) | undefined;
  /** Called before each wait. Must not throw. */
  readonly onRetry?: ((failed: { readonly attempt: number; readonly delayMs: number; readonly error: unknown }) => void) | undefined;
}

/**
 * Runs `work` until it succeeds, the policy gives up, or `shouldRetry` says no; then rejects with the last failure itself.
 * `work` gets the number of the attempt, from 1.
 * @throws AbortedError (`ABORTED`) when the signal is aborted before the first attempt or aborts before the next one; work under way is not
 * interrupted.
 */
export async function retry<T>(work: (attempt: number) => Promise<T>, policy: RetryPolicy, options: RetryOptions = {}): Promise<T> {
  const { clock = systemClock, random = Math.random, signal, shouldRetry, onRetry } = options;
  if (signal?.aborted === true) throw new AbortedError("first attempt", { cause: signal.reason });
  const startedAt = clock.monotonic();
  for (let attempt = 1; ; attempt++) {
    try {
      return await work(attempt);
    } catch (error) {
      if (shouldRetry?.(error) === false) throw error;
      const decision = decideRetry(policy, { attempt, elapsedMs: clock.monotonic() - startedAt }, random);
      if (!decision.retry) throw error;
      onRetry?.({ attempt, delayMs: decision.delayMs, error });
      await sleep(decision.delayMs, { clock, signal, what: "wait before the next attempt" });
    }
  }
}
