import { type Clock, InvalidOptionsError, sleep, systemClock } from "@millrace/core";

/** Lets things happen so often and no more. */
export interface RateLimit {
  /**
   * Waits for its turn; calls that wait get theirs in the order in which they came.
   * @throws AbortedError (`ABORTED`); the turn is lost
   */
  take(options?: {
    /** So many at once: the next call waits for all of them. @default 1 */
    readonly count?: number;
    readonly signal?: AbortSignal | undefined;
  }): Promise<void>;
}

// What a timer is late is made up for; more than that is not, so that nobody is flooded after a pause.
const slackMs = 50;

/**
 * Makes a limit of so many a second, spread evenly: after a pause, what belongs to 50 ms may happen at once. It holds no timer while nobody waits.
 * @throws InvalidOptionsError (`INVALID_OPTIONS`)
 */
export function createRateLimit(options: { readonly perSecond: number; readonly clock?: Clock | undefined }): RateLimit {
  const { perSecond, clock = systemClock } = options;
  const problem = perSecondProblem(perSecond);
  if (problem !== undefined) throw new InvalidOptionsError("rate limit", [problem]);
  let nextMs: number | undefined;
  return {
    async take({ count = 1, signal } = {}) {
      const now = clock.monotonic();
      const turn: number = Math.max(nextMs ?? now, now - slackMs);
      nextMs = turn + (count * 1_000) / perSecond;
      if (turn > now || signal?.aborted === true) await sleep(turn - now, { clock, signal, what: "waiting for a rate limit" });
    },
  };
}

/** What is wrong with such a number, under the option's name. */
export function perSecondProblem(value: number, name = "perSecond"): string | undefined {
  return Number.isFinite(value) && value > 0 ? undefined : `${name} must be a number above 0, not ${value}`;
}
