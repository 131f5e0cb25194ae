import { InvalidOptionsError } from "@millrace/core";
import type { AssignorName } from "../driver/driver-consumer.ts";
import { numberOption } from "../number-option.ts";
import type { ConsumerOptions } from "./consumer-options.ts";

/** Consumer options with every default filled in. */
export interface ResolvedConsumerOptions extends Required<Omit<ConsumerOptions, "group" | "groupInstanceId">> {
  readonly group: string | null;
  readonly groupInstanceId: string | null;
}

const assignorNames: ReadonlySet<string> = new Set<AssignorName>([
  "range",
  "roundrobin",
  "sticky",
  "cooperative-sticky",
  "RoundRobinAssigner",
]);

const mayBeInfinite = new Set<keyof ConsumerOptions>(["maxProcessingMs", "maxBatchRecords"]);

/**
 * Fills in defaults.
 * @throws InvalidOptionsError (`INVALID_OPTIONS`) with every problem at once.
 */
export function resolveConsumerOptions(options: ConsumerOptions): ResolvedConsumerOptions {
  const { group = null, groupInstanceId = null, assignors = ["range", "RoundRobinAssigner"] } = options;
  const { reset = "latest", isolation = "read_committed" } = options;
  const problems: string[] = [];
  const number = (name: keyof ConsumerOptions, fallback: number, least: number): number =>
    numberOption(options, name, fallback, { least, mayBeInfinite: mayBeInfinite.has(name) }, problems);
  if (group !== null && (typeof group !== "string" || group === "")) problems.push("group must be a name that is not empty");
  if (groupInstanceId !== null && (typeof groupInstanceId !== "string" || groupInstanceId === "")) {
    problems.push("groupInstanceId must be a name that is not empty");
  }
  if (group === null && groupInstanceId !== null) problems.push("groupInstanceId needs a group");
  problems.push(...assignorProblems(assignors));
  if (!["earliest", "latest", "none"].includes(reset)) problems.push(`reset must be "earliest", "latest" or "none", not ${reset}`);
  if (!["read_committed", "read_uncommitted"].includes(isolation)) {
    problems.push(`isolation must be "read_committed" or "read_uncommitted", not ${isolation}`);
  }
  const resolved: ResolvedConsumerOptions = {
    group,
    groupInstanceId,
    assignors,
    reset,
    isolation,
    sessionTimeoutMs: number("sessionTimeoutMs", 30_000, 1),
    heartbeatIntervalMs: number("heartbeatIntervalMs", Math.min(3_000, Math.floor((options.sessionTimeoutMs ?? 30_000) / 3)), 1),
    rebalanceTimeoutMs: number("rebalanceTimeoutMs", 60_000, 1),
    autoCommitMs: number("autoCommitMs", 0, 0),
    maxBatchRecords: number("maxBatchRecords", Number.POSITIVE_INFINITY, 1),
    maxProcessingMs: number("maxProcessingMs", 300_000, 1),
    metadataMaxAgeMs: number("metadataMaxAgeMs", 60_000, 1),
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
  if (group === null && resolved.autoCommitMs > 0) problems.push("autoCommitMs needs a group");
  if (problems.length > 0) throw new InvalidOptionsError("consumer options", problems);
  return resolved;
}

function assignorProblems(assignors: readonly string[]): readonly string[] {
  if (assignors.length === 0) return ["assignors must name at least one assignor"];
  const problems = assignors
    .filter((name) => !assignorNames.has(name))
    .map((name) => `there is no assignor "${name}"; there are ${[...assignorNames].join(", ")}`);
  if (new Set(assignors).size < assignors.length) problems.push("assignors must name each assignor once");
  if (assignors.includes("cooperative-sticky") && assignors.length > 1) {
    problems.push("cooperative-sticky cannot stand beside other assignors: its members keep what the others' members give back");
  }
  return problems;
}
