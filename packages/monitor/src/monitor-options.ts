import {
  type Clock,
  hasTopicNameCharacters,
  type Instrumentation,
  InvalidOptionsError,
  type Logger,
  maxTopicNameLength,
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

/** Bounds of numbers, which are whole: what options are checked by, and the section of a configuration too. */
export const monitorBounds: Readonly<
  Record<"intervalMs" | "timeoutMs" | "window" | "replicationFactor", { readonly least: number; readonly most?: number }>
> = {
  intervalMs: { least: 1 },
  timeoutMs: { least: 1 },
  // Two samples tell the first movement; a hundred are more than fit a record of the samples topic comfortably.
  window: { least: 2, most: 100 },
  replicationFactor: { least: -1, most: 32_767 },
};
/** How groups may read. */
export const groupIsolations: readonly NonNullable<MonitorOptions["isolation"]>[] = ["read_committed", "read_uncommitted"];

/** @throws InvalidOptionsError (`INVALID_OPTIONS`) with every problem */
export function resolveMonitorOptions(options: MonitorOptions): ResolvedMonitorOptions {
  const { samples = false, intervalMs = 30_000, window = 10, timeoutMs = 20_000, groups = () => true } = options;
  const { isolation = "read_committed", readsRecords = true } = options;
  const { topic = samplesTopic, replicationFactor = -1 } = typeof samples === "object" && samples !== null ? samples : {};
  const problems: string[] = [];
  const within = (name: keyof typeof monitorBounds, value: number): void => {
    const { least, most = Number.POSITIVE_INFINITY } = monitorBounds[name];
    if (Number.isInteger(value) && value >= least && value <= most) return;
    const range = most === Number.POSITIVE_INFINITY ? `of at least ${least}` : `from ${least} to ${most}`;
    const path = name === "replicationFactor" ? "samples.replicationFactor" : name;
    problems.push(`${path} must be a whole number ${range}, not ${value}`);
  };
  if (typeof options.kafka?.admin !== "function") problems.push("kafka must be what createKafka() of @millrace/kafka gives");
  within("intervalMs", intervalMs);
  within("timeoutMs", timeoutMs);
  within("window", window);
  within("replicationFactor", replicationFactor);
  if (replicationFactor === 0) problems.push("samples.replicationFactor must be -1, for the broker's, or at least 1, not 0");
  if (!groupIsolations.includes(isolation)) problems.push(`isolation must be one of ${groupIsolations.join(", ")}, not ${isolation}`);
  if (typeof samples !== "boolean" && (typeof samples !== "object" || samples === null))
    problems.push("samples must be true, false, or { topic, replicationFactor }");
  if (["", ".", ".."].includes(topic) || topic.length > maxTopicNameLength || !hasTopicNameCharacters(topic))
    problems.push(`samples.topic must be the name of a topic, not ${JSON.stringify(topic)}`);
  if (typeof groups !== "function" && (groups.length === 0 || groups.some((group) => typeof group !== "string" || group === "")))
    problems.push("groups must name at least one group, and none of them may be empty");
  if (problems.length > 0) throw new InvalidOptionsError("monitor", problems);
  return {
    kafka: options.kafka,
    groups,
    intervalMs,
    window,
    isolation,
    readsRecords,
    pausedPartitions: options.pausedPartitions ?? (() => []),
    samples: samples === false ? null : { topic, replicationFactor },
    timeoutMs,
    onLook: options.onLook ?? (() => {}),
    clock: options.clock ?? systemClock,
    logger: options.logger ?? silentLogger,
    instrumentation: options.instrumentation ?? noInstrumentation,
  };
}
