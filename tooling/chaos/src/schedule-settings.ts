import type { Random } from "@millrace/core";

/** What one schedule is made of, drawn from its seed. */
export interface ScheduleSettings {
  readonly steps: number;
  readonly partitions: number;
  readonly keys: number;
  readonly mostWorkers: number;
  readonly order: "key" | "partition" | "unordered";
  readonly concurrency: number;
  readonly attempts: number;
  readonly retryDelayMs: number;
  readonly handlerMs: number;
  readonly commitIntervalMs: number;
  readonly maxBufferedRecords: number;
  readonly drainMs: number;
  /** Retries that outlive the process; undefined: retries in place only. */
  readonly later: { readonly rounds: number; readonly delayMs: number; readonly maxParked: number } | undefined;
  /** Everything in transactions, so that nothing is ever seen twice; undefined: at least once. */
  readonly exactlyOnce: { readonly maxBatchRecords: number } | undefined;
}

export function drawScheduleSettings(random: Random): ScheduleSettings {
  const one = <Value>(...values: readonly Value[]): Value => values[Math.floor(random() * values.length)] as Value;
  return {
    steps: one(6, 9, 12),
    partitions: one(1, 2, 3),
    keys: one(1, 3, 8),
    mostWorkers: one(2, 3, 4),
    order: one("key", "key", "key", "partition", "unordered"),
    concurrency: one(1, 3, 16),
    attempts: one(2, 3, 4),
    retryDelayMs: one(0, 40, 700),
    handlerMs: one(0, 50, 300),
    commitIntervalMs: one(1, 200, 1_000, 5_000),
    maxBufferedRecords: one(1, 10, 10_000),
    drainMs: one(0, 300, 2_000),
    later: one(undefined, { rounds: one(2, 3), delayMs: one(0, 300, 4_000), maxParked: one(1, 5, 10_000) }),
    exactlyOnce: one(undefined, undefined, { maxBatchRecords: one(1, 7, 500) }),
  };
}
