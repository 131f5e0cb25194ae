import { type Clock, sleep, systemClock } from "@millrace/core";
import type { CircuitBreaker } from "@millrace/retry";
import type { Middleware } from "../handler.ts";

// How soon to ask again while others try out whether it has recovered: doubled each time.
const firstPollMs = 100;
const longestPollMs = 1_000;

/**
 * Keeps records away from what is unwell. While the circuit is open they wait, hold their places among the running ones and thereby hold the source back:
 * rejecting them at once would use up their attempts within seconds and fill the dead-letter topic. The wait counts as time of the handler, also for a runtime
 * that stops meanwhile: it waits for as long as `drainMs`, and whoever comes next handles them.
 *
 * After `maxWaitMs` an attempt is rejected with `RETRY_CIRCUIT_OPEN`, which is retried; with `retryLater`, later.
 */
export function circuitBreaker(
  breaker: CircuitBreaker,
  options: {
    /** 0 rejects at once. @default as long as the attempt may take */
    readonly maxWaitMs?: number;
    readonly clock?: Clock;
  } = {},
): Middleware {
  const { maxWaitMs = Number.POSITIVE_INFINITY, clock = systemClock } = options;
  return async (message, context, next) => {
    const latest = clock.monotonic() + maxWaitMs;
    for (let pollMs = firstPollMs; ; pollMs = Math.min(pollMs * 2, longestPollMs)) {
      let called = false;
      try {
        await breaker.call(() => {
          called = true;
          return next(message, context);
        });
        return;
      } catch (error) {
        const remaining = latest - clock.monotonic();
        if (called || remaining <= 0) throw error;
        const delayMs = Math.min(remaining, breaker.retryAfterMs || pollMs);
        await sleep(delayMs, { clock, signal: context.signal, what: `waiting for circuit "${breaker.name}"` });
      }
    }
  };
}
