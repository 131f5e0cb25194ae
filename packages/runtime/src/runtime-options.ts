import {
  type Clock,
  exponential,
  type Instrumentation,
  InvalidOptionsError,
  type Logger,
  noInstrumentation,
  type Random,
  type RetryPolicy,
  resolveRetryPolicy,
  silentLogger,
  systemClock,
} from "@millrace/core";
import type { Kafka } from "@millrace/kafka";

/** How a runtime works. */
export interface RuntimeOptions {
  /** Stays yours: the runtime does not close it. */
  readonly kafka: Kafka;
  /** Kafka: `group.id`. Every process with this name shares the work. */
  readonly group: string;
  /**
   * Where a group without offsets starts on its source topics; on its retry topics it always starts at the beginning. Kafka: `auto.offset.reset`.
   * @default "earliest": nothing that was sent before the first start is passed over
   */
  readonly reset?: "earliest" | "latest" | "none";
  /** How soon after it was settled a record's offset is committed, in milliseconds. @default 1_000 */
  readonly commitIntervalMs?: number;
  /**
   * Records that may be buffered before fetching waits. A partition waits too when so many lie between its oldest unsettled record and the newest.
   * @default 10_000
   */
  readonly maxBufferedRecords?: number;
  /** Bytes that may be buffered before fetching waits; what one fetch brings may exceed it once. @default 67_108_864 */
  readonly maxBufferedBytes?: number;
  /** How long running handlers may take to finish when a partition goes or the runtime stops, in milliseconds. @default 25_000 */
  readonly drainMs?: number;
  /** Kafka: `session.timeout.ms`. @default 30_000 */
  readonly sessionTimeoutMs?: number;
  /**
   * `create`: missing source, retry, dead-letter and audit topics are created as declared; `verify`: a missing one stops the start. Differences are logged.
   * @default "create"
   */
  readonly topology?: "create" | "verify";
  /**
   * When the consumer fails with an error that may pass, another one is started with these waits; failures are counted until it was healthy for a minute. When
   * they are used up, with `false` at once, and with an error that will not pass, the runtime stops, and `stopped` rejects with it.
   * @default exponential({ attempts: 10, initialMs: 500, maxMs: 30_000 }): about two minutes
   */
  readonly restart?: RetryPolicy | false;
  /** How long nothing may be heard of the group, or of the leaders of partitions that wait for records, before `health().live` is false. @default 300_000 */
  readonly unheardMs?: number;
  readonly logger?: Logger;
  /** @default that of `kafka` */
  readonly instrumentation?: Instrumentation;
  readonly clock?: Clock;
  readonly random?: Random;
}

interface NumberBounds {
  readonly fallback: number;
  readonly least: number;
  readonly most?: number;
  readonly mayBeInfinite?: boolean;
}

/** Options with nothing left out. */
export type ResolvedRuntimeOptions = Required<RuntimeOptions>;

/** Defaults and bounds of numbers, which are whole: what options are checked by, and the section of a configuration too. */
export const runtimeBounds: Readonly<
  Record<"commitIntervalMs" | "maxBufferedRecords" | "maxBufferedBytes" | "drainMs" | "sessionTimeoutMs" | "unheardMs", NumberBounds>
> = {
  commitIntervalMs: { fallback: 1_000, least: 1 },
  maxBufferedRecords: { fallback: 10_000, least: 1, mayBeInfinite: true },
  maxBufferedBytes: { fallback: 67_108_864, least: 1, mayBeInfinite: true },
  // 32-bit fields of the protocol: a rebalance waits for twice the time, and three heartbeats make a session.
  drainMs: { fallback: 25_000, least: 0, most: 2 ** 30 - 1 },
  sessionTimeoutMs: { fallback: 30_000, least: 3, most: 2 ** 31 - 1 },
  unheardMs: { fallback: 300_000, least: 1, mayBeInfinite: true },
};
export const runtimeResets: readonly ["earliest", "latest", "none"] = ["earliest", "latest", "none"];
export const topologies: readonly ["create", "verify"] = ["create", "verify"];

/**
 * Fills in and checks the options of a runtime.
 * @throws InvalidOptionsError (`INVALID_OPTIONS`) with every problem at once.
 */
export function resolveRuntimeOptions(options: RuntimeOptions): ResolvedRuntimeOptions {
  const resolved: ResolvedRuntimeOptions = {
    kafka: options.kafka,
    group: options.group,
    reset: options.reset ?? "earliest",
    commitIntervalMs: options.commitIntervalMs ?? runtimeBounds.commitIntervalMs.fallback,
    maxBufferedRecords: options.maxBufferedRecords ?? runtimeBounds.maxBufferedRecords.fallback,
    maxBufferedBytes: options.maxBufferedBytes ?? runtimeBounds.maxBufferedBytes.fallback,
    drainMs: options.drainMs ?? runtimeBounds.drainMs.fallback,
    sessionTimeoutMs: options.sessionTimeoutMs ?? runtimeBounds.sessionTimeoutMs.fallback,
    topology: options.topology ?? "create",
    restart: options.restart ?? exponential({ attempts: 10, initialMs: 500, maxMs: 30_000 }),
    unheardMs: options.unheardMs ?? runtimeBounds.unheardMs.fallback,
    logger: options.logger ?? silentLogger,
    instrumentation: options.instrumentation ?? options.kafka?.instrumentation ?? noInstrumentation,
    clock: options.clock ?? systemClock,
    random: options.random ?? Math.random,
  };
  const problems: string[] = [];
  if (typeof options.group !== "string" || options.group === "") problems.push("group must be a text of at least one character");
  if (typeof options.kafka?.consumer !== "function") problems.push("kafka must be what createKafka() of @millrace/kafka gives");
  if (!runtimeResets.includes(resolved.reset)) problems.push(`reset must be "earliest", "latest" or "none", not ${resolved.reset}`);
  if (!topologies.includes(resolved.topology)) problems.push(`topology must be "create" or "verify", not ${resolved.topology}`);
  for (const [name, bounds] of Object.entries(runtimeBounds) as [keyof typeof runtimeBounds, NumberBounds][]) {
    const { least, most = Number.POSITIVE_INFINITY, mayBeInfinite = false } = bounds;
    const value = resolved[name];
    if (Number.isInteger(value) ? value >= least && value <= most : mayBeInfinite && value === Number.POSITIVE_INFINITY) continue;
    problems.push(
      `${name} must be a whole number ${most === Number.POSITIVE_INFINITY ? `of at least ${least}` : `from ${least} to ${most}`}, not ${value}`,
    );
  }
  if (resolved.restart !== false) problems.push(...policyProblems("restart", resolved.restart));
  if (problems.length > 0) throw new InvalidOptionsError("runtime", problems);
  return resolved;
}

function policyProblems(name: string, policy: RetryPolicy): readonly string[] {
  try {
    resolveRetryPolicy(policy);
    return [];
  } catch (error) {
    if (!InvalidOptionsError.is(error)) throw error;
    return error.problems.map((problem) => `${name}: ${problem}`);
  }
}
