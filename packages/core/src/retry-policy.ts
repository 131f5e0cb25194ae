import type { Random } from "./clock.ts";
import { InvalidOptionsError } from "./core-error.ts";

/**
 * When to try again, as plain data. Make one with `exponential`, `fixed` or `noRetry`; every field can also be written by hand.
 */
export interface RetryPolicy {
  /** How often the work is tried in all, the first time included. `Number.POSITIVE_INFINITY` never gives up. */
  readonly attempts: number;
  /** Wait before the second attempt, in milliseconds. */
  readonly initialMs: number;
  /** Longest single wait, in milliseconds. */
  readonly maxMs: number;
  /** Each wait is the one before times this. */
  readonly multiplier: number;
  /** Share of each wait that is random, 0 to 1: a wait of `d` becomes one between `d * (1 - jitter)` and `d`. */
  readonly jitter: number;
  /** Give up when the next attempt would start later than this after the first one, in milliseconds. */
  readonly maxElapsedMs: number;
}

/** What `exponential` and `fixed` take; what is left out has the default named there. */
export type RetryPolicyOptions = Partial<RetryPolicy>;

/** Waits that grow. @default `{ attempts: 5, initialMs: 200, maxMs: 30_000, multiplier: 2, jitter: 0.2, maxElapsedMs: Infinity }` */
export function exponential(options: RetryPolicyOptions = {}): RetryPolicy {
  return resolveRetryPolicy({
    attempts: options.attempts ?? 5,
    initialMs: options.initialMs ?? 200,
    maxMs: options.maxMs ?? Math.max(30_000, options.initialMs ?? 0),
    multiplier: options.multiplier ?? 2,
    jitter: options.jitter ?? 0.2,
    maxElapsedMs: options.maxElapsedMs ?? Number.POSITIVE_INFINITY,
  });
}

/** The same wait every time. @default `{ attempts: 5, delayMs: 1_000, jitter: 0, maxElapsedMs: Infinity }` */
export function fixed(
  options: { readonly attempts?: number; readonly delayMs?: number; readonly jitter?: number; readonly maxElapsedMs?: number } = {},
): RetryPolicy {
  const delayMs = options.delayMs ?? 1_000;
  return resolveRetryPolicy({
    attempts: options.attempts ?? 5,
    initialMs: delayMs,
    maxMs: delayMs,
    multiplier: 1,
    jitter: options.jitter ?? 0,
    maxElapsedMs: options.maxElapsedMs ?? Number.POSITIVE_INFINITY,
  });
}

/** One attempt, no more. */
export const noRetry: RetryPolicy = Object.freeze({
  attempts: 1,
  initialMs: 0,
  maxMs: 0,
  multiplier: 1,
  jitter: 0,
  maxElapsedMs: Number.POSITIVE_INFINITY,
});

/**
 * Checks a policy and freezes a copy of it.
 * @throws InvalidOptionsError (`INVALID_OPTIONS`) naming every problem at once.
 */
export function resolveRetryPolicy(policy: RetryPolicy): RetryPolicy {
  const problems: string[] = [];
  const { attempts, initialMs, maxMs, multiplier, jitter, maxElapsedMs } = policy;
  if (!(attempts >= 1) || !(Number.isInteger(attempts) || attempts === Number.POSITIVE_INFINITY)) {
    problems.push(`attempts must be a whole number of at least 1 (the first try counts), not ${attempts}`);
  }
  if (!(initialMs >= 0) || !Number.isFinite(initialMs)) problems.push(`initialMs must be 0 or more milliseconds, not ${initialMs}`);
  if (!(maxMs >= initialMs)) problems.push(`maxMs must be at least initialMs (${initialMs}), not ${maxMs}`);
  if (!(multiplier >= 1) || !Number.isFinite(multiplier)) problems.push(`multiplier must be at least 1, not ${multiplier}`);
  if (!(jitter >= 0 && jitter <= 1)) problems.push(`jitter must be between 0 and 1, not ${jitter}`);
  if (!(maxElapsedMs >= 0)) problems.push(`maxElapsedMs must be 0 or more milliseconds, not ${maxElapsedMs}`);
  if (problems.length > 0) throw new InvalidOptionsError("retry policy", problems);
  return Object.freeze({ attempts, initialMs, maxMs, multiplier, jitter, maxElapsedMs });
}

/**
 * Milliseconds to wait after failed attempt number `attempt` (1 is the first). Pure: the same arguments and random numbers give the same wait.
 */
export function backoffDelay(policy: RetryPolicy, attempt: number, random: Random = Math.random): number {
  // Zero times a factor that has grown to infinity would be NaN.
  const grown = policy.initialMs === 0 ? 0 : policy.initialMs * policy.multiplier ** (attempt - 1);
  const capped = Math.min(policy.maxMs, grown);
  return policy.jitter === 0 ? capped : capped * (1 - policy.jitter * random());
}

/** What to do after a failed attempt. */
export type RetryDecision =
  | { readonly retry: true; readonly delayMs: number }
  | { readonly retry: false; readonly reason: "attempts-exhausted" | "time-exhausted" };

/** Decides, without doing anything, whether failed attempt number `attempt` is followed by another. */
export function decideRetry(
  policy: RetryPolicy,
  failed: { readonly attempt: number; readonly elapsedMs: number },
  random: Random = Math.random,
): RetryDecision {
  if (failed.attempt >= policy.attempts) return { retry: false, reason: "attempts-exhausted" };
  const delayMs = backoffDelay(policy, failed.attempt, random);
  if (failed.elapsedMs + delayMs > policy.maxElapsedMs) return { retry: false, reason: "time-exhausted" };
  return { retry: true, delayMs };
}
