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
  /** How long it stays open before calls try it out, in milliseconds. @default 60_000 */
  readonly resetMs?: number;
  /** Calls at once that try it out while it is half open; so many successes in a row close it. @default 1 */
  readonly trialCalls?: number;
  /** Whether an error says that what is protected is unwell; one that does not counts neither way. @default every error but an abort */
  readonly isFailure?: (error: unknown) => boolean;
  /** Told at once, in order. Must not throw. */
  readonly onEvent?: (event: CircuitEvent) => void;
  readonly clock?: Clock;
}

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
  /** Calls that try it out: under way, and those that went well. */
  let trials = 0;
  let successes = 0;
  /** What began before the last change of state says nothing about the state after it. */
  let era = 0;

  const state = (): CircuitState => (told === "open" && clock.monotonic() - openedAtMs >= resetMs ? "half-open" : told);
  const retryAfter = (): number => (state() === "open" ? openedAtMs + resetMs - clock.monotonic() : 0);
  const become = (to: CircuitState): void => {
    const from = told;
    told = to;
    era++;
    trials = 0;
    successes = 0;
    if (to === "open") openedAtMs = clock.monotonic();
    if (to === "closed") failures = 0;
    onEvent({ type: "circuit_breaker.state.changed", circuit: name, from, to });
  };

  const enter = (): void => {
    const now = state();
    if (now === "half-open" && told === "open") become("half-open");
    if (now === "closed") return;
    if (now === "half-open" && trials < trialCalls) {
      trials++;
      return;
    }
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
      enter();
      const began = era;
      try {
        const result = await work();
        if (began === era) {
          if (told === "half-open") trials--;
          succeeded();
        }
        return result;
      } catch (error) {
        if (began === era) {
          if (told === "half-open") trials--;
          if (isFailure(error)) failed(error);
        }
        throw error;
      }
    },
  };
}
