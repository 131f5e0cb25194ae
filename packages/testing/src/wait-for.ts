import { inspect } from "node:util";
import { type Clock, sleep, systemClock, TimedOutError, withDeadline } from "@millrace/core";
import { ConditionNotMetError } from "./testing-error.ts";

/** How `waitFor` waits. */
export interface WaitForOptions {
  /** What is waited for, for the error's message. @default "the condition" */
  readonly what?: string | undefined;
  /** @default 5_000 */
  readonly timeoutMs?: number | undefined;
  /** Pause between two looks at the condition. @default 10 */
  readonly intervalMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** @default systemClock */
  readonly clock?: Clock | undefined;
}

/** What is left of `T` once it is known to be truthy. */
export type Truthy<T> = Exclude<T, false | null | undefined | 0 | "" | 0n>;

/**
 * Looks at a condition again and again until it gives something truthy, and gives that. A condition that throws counts as not met yet, so
 * assertions can stand inside it.
 * @throws ConditionNotMetError (`CONDITION_NOT_MET`) after `timeoutMs`, with the last value, or the last failure as `cause`; a condition whose
 * promise never settles is given up too. AbortedError (`ABORTED`) when the signal aborts.
 */
export async function waitFor<T>(condition: () => T | Promise<T>, options: WaitForOptions = {}): Promise<Truthy<T>> {
  const { what = "the condition", timeoutMs = 5_000, intervalMs = 10, signal, clock = systemClock } = options;
  let reason = "it has not answered yet";
  let failure: unknown;
  const lookUntilMet = async (deadline: AbortSignal): Promise<Truthy<T>> => {
    for (;;) {
      try {
        const value = await condition();
        if (value) return value as Truthy<T>;
        reason = `the last value was ${inspect(value, { depth: 4, breakLength: 120 })}`;
        failure = undefined;
      } catch (error) {
        reason = `it last failed with ${error instanceof Error ? error.message : inspect(error)}`;
        failure = error;
      }
      await sleep(intervalMs, { clock, signal: deadline });
    }
  };
  try {
    return await withDeadline(timeoutMs, lookUntilMet, { signal, clock, what });
  } catch (error) {
    if (TimedOutError.is(error)) throw new ConditionNotMetError(what, timeoutMs, reason, { cause: failure });
    throw error;
  }
}
