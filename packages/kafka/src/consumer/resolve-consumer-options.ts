import { InvalidOptionsError } from "@millrace/core";
import { type NumberBounds, numberOption } from "../number-option.ts";
import { assignorNames, consumerBounds, defaultAssignors, isolations, resetPolicies } from "./consumer-bounds.ts";
import type { ConsumerOptions } from "./consumer-options.ts";

/** Consumer options with every default filled in. */
export interface ResolvedConsumerOptions extends Required<Omit<ConsumerOptions, "group" | "groupInstanceId">> {
  readonly group: string | null;
  readonly groupInstanceId: string | null;
}

/**
 * Fills in defaults.
 * @throws InvalidOptionsError (`INVALID_OPTIONS`) with every problem at once.
 */
export function resolveConsumerOptions(options: ConsumerOptions): ResolvedConsumerOptions {
  const { group = null, groupInstanceId = null, assignors = defaultAssignors } = options;
  const { reset = "latest", isolation = "read_committed" } = options;
  const problems: string[] = [];
  const number = (name: keyof typeof consumerBounds, bounds: NumberBounds = consumerBounds[name]): number =>
    numberOption(options, name, bounds, problems);
  if (group !== null && (typeof group !== "string" || group === "")) problems.push("group must be a name that is not empty");
  if (groupInstanceId !== null && (typeof groupInstanceId !== "string" || groupInstanceId === "")) {
    problems.push("groupInstanceId must be a name that is not empty");
  }
  if (group === null && groupInstanceId !== null) problems.push("groupInstanceId needs a group");
  problems.push(...assignorProblems(assignors));
  if (!resetPolicies.includes(reset)) problems.push(`reset must be "earliest", "latest" or "none", not ${reset}`);
  if (!isolations.includes(isolation)) {
    problems.push(`isolation must be "read_committed" or "read_uncommitted", not ${isolation}`);
  }
  const resolved: ResolvedConsumerOptions = {
    group,
    groupInstanceId,
    assignors,
    reset,
    isolation,
    sessionTimeoutMs: number("sessionTimeoutMs"),
    heartbeatIntervalMs: number("heartbeatIntervalMs", {
      ...consumerBounds.heartbeatIntervalMs,
      fallback: Math.max(1, Math.min(3_000, Math.floor((options.sessionTimeoutMs ?? 30_000) / 3))),
    }),
    rebalanceTimeoutMs: number("rebalanceTimeoutMs"),
    autoCommitMs: number("autoCommitMs"),
    maxBatchRecords: number("maxBatchRecords"),
    maxProcessingMs: number("maxProcessingMs"),
    metadataMaxAgeMs: number("metadataMaxAgeMs"),
    fetchMaxWaitMs: number("fetchMaxWaitMs"),
    fetchMinBytes: number("fetchMinBytes"),
    fetchMaxBytes: number("fetchMaxBytes"),
    maxPartitionFetchBytes: number("maxPartitionFetchBytes"),
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
    .filter((name) => !(assignorNames as readonly string[]).includes(name))
    .map((name) => `there is no assignor "${name}"; there are ${assignorNames.join(", ")}`);
  if (new Set(assignors).size < assignors.length) problems.push("assignors must name each assignor once");
  if (assignors.includes("cooperative-sticky") && assignors.length > 1) {
    problems.push("assignors: cooperative-sticky cannot stand beside other assignors: its members keep what the others' members give back");
  }
  return problems;
}
