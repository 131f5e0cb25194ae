import type { Clock } from "@millrace/core";

/**
 * Time that was watched, in milliseconds: between two calls at most half of the shortest limit passes. A process that was frozen, or that nobody asked about for
 * long, is not held to what it did not do meanwhile; it takes two looks at least until a limit is over.
 */
export function createWatchedTime(clock: Clock, limits: readonly number[]): () => number {
  const mostMs = Math.min(...limits) / 2;
  let watchedMs = 0;
  let last: number | undefined;
  return () => {
    const now = clock.monotonic();
    if (last !== undefined) watchedMs += Math.min(now - last, mostMs);
    last = now;
    return watchedMs;
  };
}
