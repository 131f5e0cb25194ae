/**
 * Why a processor is not faster. `broker`: it waits for records. `handler`: every place is taken, or what runs must end before more is read. `key-order`: places
 * are free, but what waits has to wait for others of its key or partition. `retry`: for a retry's delay, or its due time. `rate-limit`: for its limit, or for
 * `delayMs`. `paused`, `rebalancing`: for whoever paused it, for its group. `event-loop-blocked`: the process itself is busy.
 */
export type SlowReason = "broker" | "handler" | "key-order" | "retry" | "rate-limit" | "paused" | "rebalancing" | "event-loop-blocked";

/** Every reason. */
export const slowReasons: readonly SlowReason[] = [
  "broker",
  "handler",
  "key-order",
  "retry",
  "rate-limit",
  "paused",
  "rebalancing",
  "event-loop-blocked",
];

/** What keeps a processor from taking records in at all. */
export interface Hindrance {
  readonly isRebalancing: boolean;
  readonly isPaused: boolean;
  /** Records that have been fetched wait to be let in. */
  readonly isRateLimited: boolean;
}

/** A processor at one moment. */
export interface SlowSample extends Hindrance {
  readonly concurrency: number;
  /** Handlers that run. */
  readonly running: number;
  /** Tasks whose turn has come, for lack of a place not begun. */
  readonly ready: number;
  /** Tasks that wait between attempts. */
  readonly sleeping: number;
  /** Records in the retry partitions. */
  readonly parked: number;
  /** Tasks that are not settled, all of the above in memory included. */
  readonly taken: number;
  /** Nothing more of some partition is read before what is in hand gets on. */
  readonly isHeldBack: boolean;
}

/** What a processor waits for at this moment. */
export function slowReason(sample: SlowSample): SlowReason {
  const { concurrency, running, ready, sleeping, parked, taken, isHeldBack } = sample;
  if (sample.isRebalancing) return "rebalancing";
  if (running >= concurrency || ready > 0) return "handler";
  const isRetrying = sleeping > 0 || parked > 0;
  // Of those in the retry partitions it is not known how many are in memory.
  if (running > 0 && taken - running - sleeping > parked) return "key-order";
  if (running > 0 && isHeldBack) return "handler";
  if (sample.isPaused) return "paused";
  if (sample.isRateLimited) return "rate-limit";
  if (running > 0) return "broker";
  if (isRetrying) return "retry";
  return taken > 0 ? "key-order" : "broker";
}
