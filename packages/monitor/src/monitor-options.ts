import {
  type Clock,
  type Instrumentation,
  InvalidOptionsError,
  type Logger,
  noInstrumentation,
  silentLogger,
  systemClock,
} from "@millrace/core";
import type { Kafka, TopicPartition } from "@millrace/kafka";
import type { GroupReport } from "./group-report.ts";

/** How to watch groups. */
export interface MonitorOptions {
  /** Stays its maker's, who closes it after the monitor. */
  readonly kafka: Kafka;
  /** Which groups: by name, or picked among all there are, at each look. @default every group on the cluster */
  readonly groups?: readonly string[] | ((group: string) => boolean);
  /** From one look to the next. @default 30_000 */
  readonly intervalMs?: number;
  /** How many samples make a status. Until there are so many it is `unknown`. @default 10 */
  readonly window?: number;
  /**
   * How groups read: what is left behind an open transaction is not theirs to read yet, and neither are records that were aborted. Concerns `isCaughtUp`, `timeMs`
   * and the status; `records` is the same for both. @default "read_committed"
   */
  readonly isolation?: "read_committed" | "read_uncommitted";
  /** Reads the first record that is not committed, for `timeMs`. Without it the time is always unknown. @default true */
  readonly readsRecords?: boolean;
  /** What a group's consumers hold back on purpose, which the cluster does not know. Asked at each look. @default nothing */
  readonly pausedPartitions?: (group: string) => Iterable<TopicPartition> | Promise<Iterable<TopicPartition>>;
  /**
   * Keeps samples in a compacted topic, which is created where it is missing, so that a monitor that starts again knows at once. `true`: in
   * `millrace.lag-samples`. One that could not be read is not written to. @default false
   */
  readonly samples?: boolean | { readonly topic?: string /** -1: the broker's. @default -1 */; readonly replicationFactor?: number };
  /** How long a look may take. @default 20_000 */
  readonly timeoutMs?: number;
  /** Told after each look. Must not throw. */
  readonly onLook?: (groups: readonly GroupReport[]) => void;
  /** @default systemClock */
  readonly clock?: Clock;
  /** @default silentLogger */
  readonly logger?: Logger;
  /**
   * Gets the gauges `millrace.lag.records` and `millrace.lag.seconds` by group and topic, and `millrace.lag.partitions` by group and status.
   * @default noInstrumentation
   */
  readonly instrumentation?: Instrumentation;
}

/** The usual topic of samples. */
const samplesTopic = "millrace.lag-samples";

/** Options with everything filled in. */
export interface ResolvedMonitorOptions extends Required<Omit<MonitorOptions, "samples">> {
  readonly samples: { readonly topic: string; readonly replicationFactor: number } | null;
}

/** @throws InvalidOptionsError (`INVALID_OPTIONS`) with every problem */
export function resolveMonitorOptions(options: MonitorOptions): ResolvedMonitorOptions {
  const { samples = false, intervalMs = 30_000, window = 10, timeoutMs = 20_000, groups = () => true } = options;
  const problems: string[] = [];
  const least = (name: string, value: number, lowest: number): void => {
    if (!Number.isInteger(value) || value < lowest) problems.push(`${name} must be a whole number of at least ${lowest}, not ${value}`);
  };
  least("intervalMs", intervalMs, 1);
  least("timeoutMs", timeoutMs, 1);
  // Two samples tell the first movement; a hundred are more than fit a record of the samples topic comfortably.
  least("window", window, 2);
  if (window > 100) problems.push(`window must be at most 100, not ${window}`);
  if (typeof groups !== "function" && (groups.length === 0 || groups.some((group) => typeof group !== "string" || group === "")))
    problems.push("groups must name at least one group, and none of them may be empty");
  if (problems.length > 0) throw new InvalidOptionsError("monitor", problems);
  const stored = samples === false ? null : samples === true ? {} : samples;
  return {
    readsRecords: true,
    isolation: "read_committed",
    pausedPartitions: () => [],
    onLook: () => {},
    clock: systemClock,
    logger: silentLogger,
    instrumentation: noInstrumentation,
    ...options,
    groups,
    intervalMs,
    window,
    timeoutMs,
    samples: stored === null ? null : { topic: stored.topic ?? samplesTopic, replicationFactor: stored.replicationFactor ?? -1 },
  };
}
