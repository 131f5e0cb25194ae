import { AbortedError, type Clock, InvalidOptionsError, systemClock } from "@millrace/core";
import { RetryError } from "./retry-error.ts";

/** `closed`: calls go through. `open`: they are rejected. `half-open`: a few go through, to find out. */
export type CircuitState = "closed" | "open" | "half-open";

/** What a circuit breaker tells, under names that other systems know. */
export type CircuitEvent =
  | { readonly type: "circuit_breaker.state.changed"; readonly circuit: string; readonly from: CircuitState; readonly to: CircuitState }
  /** `failures` in a row, this one included. */
  | { readonly type: "circuit_breaker.call.failed"; readonly circuit: string; readonly error: unknown; readonly failures: number }
  | { readonly type: "circuit_breaker.call.rejected"; readonly circuit: string; readonly retryAfterMs: number };

/** How a circuit breaker works. */
export interface CircuitBreakerOptions {
  /** What it protects, for events and errors. */
  readonly name: string;
  /** So many failures in a row open it. @default 5 */
  readonly failureThreshold?: number;
  /**
   * How long it stays open before calls try it out, in milliseconds. A call that tries it out and has not ended after as long again, a second at least, gives its
   * place to another one. @default 60_000
   */
  readonly resetMs?: number;
  /** Calls at once that try it out while it is half open; so many successes in a row close it. @default 1 */
  readonly trialCalls?: number;
  /** Whether an error says that what is protected is unwell; one that does not counts neither way. @default every error but an abort */
  readonly isFailure?: (error: unknown) => boolean;
  /** Told at once, in order. Must not throw. */
  readonly onEvent?: (event: CircuitEvent) => void;
  readonly clock?: Clock;
}

// Also where a circuit is tried out at once, one trial is to be waited for.
const leastTrialMs = 1_000;

/** Keeps calls away from what is unwell. */
export interface CircuitBreaker {
  readonly name: string;
  /** Whether a call now would go through; an open circuit whose time is up is `half-open`. */
  readonly state: CircuitState;
  /** How long an open circuit stays so, in milliseconds; 0 in any other state. */
  readonly retryAfterMs: number;
  /**
   * Makes a call, or does not; passes on what it gives or throws.
   * @throws RetryError (`RETRY_CIRCUIT_OPEN`, retryable) without making the call
   */
  call<T>(work: () => T | Promise<T>): Promise<T>;
}

/**
 * Makes a circuit breaker. It has no timer: its state follows from its clock.
 * @throws InvalidOptionsError (`INVALID_OPTIONS`)
 */
export function createCircuitBreaker(options: CircuitBreakerOptions): CircuitBreaker {
  const { name, failureThreshold = 5, resetMs = 60_000, trialCalls = 1, clock = systemClock } = options;
  const { isFailure = (error) => !AbortedError.is(error), onEvent = () => undefined } = options;
  const problems: string[] = [];
  if (typeof name !== "string" || name === "") problems.push("name must be a text of at least one character");
  for (const [option, value] of [
    ["failureThreshold", failureThreshold],
    ["trialCalls", trialCalls],
  ] as const) {
    if (!Number.isSafeInteger(value) || value < 1) problems.push(`${option} must be a whole number of at least 1, not ${value}`);
  }
  if (!(resetMs >= 0)) problems.push(`resetMs must be 0 or more milliseconds, not ${resetMs}`);
  if (problems.length > 0) throw new InvalidOptionsError("circuit breaker", problems);

  let told: CircuitState = "closed";
  let failures = 0;
  let openedAtMs = 0;
  /** When calls that try it out and have not ended began. */
  const trials = new Set<{ readonly since: number }>();
  /** Those that went well. */
  let successes = 0;
  /** What began before the last change of state says nothing about the state after it. */
  let era = 0;

  const state = (): CircuitState => (told === "open" && clock.monotonic() - openedAtMs >= resetMs ? "half-open" : told);
  const retryAfter = (): number => (state() === "open" ? openedAtMs + resetMs - clock.monotonic() : 0);
  const become = (to: CircuitState): void => {
    const from = told;
    told = to;
    era++;
    trials.clear();
    successes = 0;
    if (to === "open") openedAtMs = clock.monotonic();
    if (to === "closed") failures = 0;
    onEvent({ type: "circuit_breaker.state.changed", circuit: name, from, to });
  };

  const beginTrial = (): { readonly since: number } | undefined => {
    const since = clock.monotonic();
    for (const trial of trials) if (since - trial.since >= Math.max(resetMs, leastTrialMs)) trials.delete(trial);
    if (trials.size >= trialCalls) return undefined;
    const trial = { since };
    trials.add(trial);
    return trial;
  };

  /** The trial that a call is, if it is one. */
  const enter = (): { readonly since: number } | undefined => {
    const now = state();
    if (now === "half-open" && told === "open") become("half-open");
    if (now === "closed") return undefined;
    const trial = now === "half-open" ? beginTrial() : undefined;
    if (trial !== undefined) return trial;
    const retryAfterMs = retryAfter();
    onEvent({ type: "circuit_breaker.call.rejected", circuit: name, retryAfterMs });
    throw new RetryError({
      code: "RETRY_CIRCUIT_OPEN",
      retryable: true,
      message: `"${name}" is not called: ${failures} calls in a row failed; ${now === "open" ? `it is tried again in ${Math.ceil(retryAfterMs)} ms` : "whether it has recovered is being tried"}`,
    });
  };

  const succeeded = (): void => {
    if (told === "closed") failures = 0;
    else if (++successes === trialCalls) become("closed");
  };

  const failed = (error: unknown): void => {
    failures++;
    onEvent({ type: "circuit_breaker.call.failed", circuit: name, error, failures });
    if (told === "half-open" || failures >= failureThreshold) become("open");
  };

  return {
    name,
    get state() {
      return state();
    },
    get retryAfterMs() {
      return retryAfter();
    },
    async call(work) {
      const trial = enter();
      const began = era;
      const ended = (): boolean => {
        if (trial !== undefined) trials.delete(trial);
        return began === era;
      };
      let result: Awaited<ReturnType<typeof work>>;
      try {
        result = await work();
      } catch (error) {
        if (ended() && isFailure(error)) failed(error);
        throw error;
      }
      if (ended()) succeeded();
      return result;
    },
  };
}
