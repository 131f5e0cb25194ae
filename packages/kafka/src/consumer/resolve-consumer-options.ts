import { InvalidOptionsError } from "@millrace/core";
import { numberOption } from "../number-option.ts";
import type { ConsumerOptions } from "./consumer-options.ts";

/** Consumer options with every default filled in. */
export type ResolvedConsumerOptions = Required<ConsumerOptions>;

const mayBeInfinite = new Set<keyof ConsumerOptions>(["maxProcessingMs", "maxBatchRecords"]);

/**
 * Fills in defaults.
 * @throws InvalidOptionsError (`INVALID_OPTIONS`) with every problem at once.
 */
export function resolveConsumerOptions(options: ConsumerOptions): ResolvedConsumerOptions {
  const { group, reset = "latest", isolation = "read_committed" } = options;
  const problems: string[] = [];
  const number = (name: keyof ConsumerOptions, fallback: number, least: number): number =>
    numberOption(options, name, fallback, { least, mayBeInfinite: mayBeInfinite.has(name) }, problems);
  if (typeof group !== "string" || group === "") problems.push("group must be a name that is not empty");
  if (!["earliest", "latest", "none"].includes(reset)) problems.push(`reset must be "earliest", "latest" or "none", not ${reset}`);
  if (!["read_committed", "read_uncommitted"].includes(isolation)) {
    problems.push(`isolation must be "read_committed" or "read_uncommitted", not ${isolation}`);
  }
  const resolved: ResolvedConsumerOptions = {
    group,
    reset,
    isolation,
    sessionTimeoutMs: number("sessionTimeoutMs", 30_000, 1),
    heartbeatIntervalMs: number("heartbeatIntervalMs", Math.min(3_000, Math.floor((options.sessionTimeoutMs ?? 30_000) / 3)), 1),
    rebalanceTimeoutMs: number("rebalanceTimeoutMs", 60_000, 1),
    autoCommitMs: number("autoCommitMs", 0, 0),
    maxBatchRecords: number("maxBatchRecords", Number.POSITIVE_INFINITY, 1),
    maxProcessingMs: number("maxProcessingMs", 300_000, 1),
    fetchMaxWaitMs: number("fetchMaxWaitMs", 500, 0),
    fetchMinBytes: number("fetchMinBytes", 1, 1),
    fetchMaxBytes: number("fetchMaxBytes", 10_485_760, 1),
    maxPartitionFetchBytes: number("maxPartitionFetchBytes", 1_048_576, 1),
  };
  if (resolved.heartbeatIntervalMs * 3 > resolved.sessionTimeoutMs) {
    problems.push(
      `heartbeatIntervalMs (${resolved.heartbeatIntervalMs}) must be at most a third of sessionTimeoutMs (${resolved.sessionTimeoutMs})`,
    );
  }
  if (problems.length > 0) throw new InvalidOptionsError("consumer options", problems);
  return resolved;
}
