import { exponential, fixed, type RetryPolicy } from "@millrace/core";

/** The names of the presets, as configurations write them: `event-bus` for `eventBus`. */
export interface RetryPresets {
  /** An event bus between services: three retries, after 0.1, 0.2 and 0.4 s. */
  readonly eventBus: RetryPolicy;
  /** Domain events of an application: three retries, after 5, 10 and 20 s. */
  readonly domainEvents: RetryPolicy;
  /** A messaging pipeline with the usual settings of Kafka's own clients: three retries, 0.1 s after one another. */
  readonly pipeline: RetryPolicy;
  /** Activities of Temporal workflows: three attempts in all, since their `maximumAttempts` counts the first, after 1 and 2 s; no wait is above 10 s. */
  readonly temporal: RetryPolicy;
}

const retries = (extra: number): number => 1 + extra;
const exact = { jitter: 0 } as const;

/**
 * Policies of systems that came before, to the millisecond. What they call retries are extra attempts; the `attempts` of a policy count the first one, as
 * Temporal's do.
 */
export const retryPresets: RetryPresets = Object.freeze({
  eventBus: exponential({ ...exact, attempts: retries(3), initialMs: 100, multiplier: 2 }),
  domainEvents: exponential({ ...exact, attempts: retries(3), initialMs: 5_000, multiplier: 2 }),
  pipeline: fixed({ ...exact, attempts: retries(3), delayMs: 100 }),
  temporal: exponential({ ...exact, attempts: 3, initialMs: 1_000, multiplier: 2, maxMs: 10_000 }),
});
