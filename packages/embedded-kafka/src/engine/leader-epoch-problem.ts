import type { ErrorName } from "@millrace/protocol";
import type { Partition } from "../topics/partition.ts";

/** What is wrong with the leader epoch that a client believes in; -1 is a client that does not say (KIP-320). */
export function leaderEpochProblem(believed: number, actual: number): ErrorName | undefined {
  if (believed < 0 || believed === actual) return undefined;
  return believed < actual ? "FENCED_LEADER_EPOCH" : "UNKNOWN_LEADER_EPOCH";
}

/** Why this node cannot answer for the partition as its leader. A replica looks at the epoch first, whether it leads or not. */
export function leadershipProblem(partition: Partition, nodeId: number | undefined, believedEpoch: number): ErrorName | undefined {
  if (!partition.isHeldBy(nodeId)) return "NOT_LEADER_OR_FOLLOWER";
  const problem = leaderEpochProblem(believedEpoch, partition.leaderEpoch);
  return problem ?? (partition.isLedBy(nodeId) ? undefined : "NOT_LEADER_OR_FOLLOWER");
}
