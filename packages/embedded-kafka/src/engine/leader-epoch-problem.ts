import type { ErrorName } from "@millrace/protocol";

/** What is wrong with the leader epoch that a client believes in; -1 is a client that does not say (KIP-320). */
export function leaderEpochProblem(believed: number, actual: number): ErrorName | undefined {
  if (believed < 0 || believed === actual) return undefined;
  return believed < actual ? "FENCED_LEADER_EPOCH" : "UNKNOWN_LEADER_EPOCH";
}
