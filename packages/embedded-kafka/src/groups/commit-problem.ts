import type { ErrorName } from "@millrace/protocol";
import type { GroupMembers } from "./group-members.ts";
import type { GroupState } from "./group-request.ts";

/** Who commits offsets. */
export interface Committer {
  readonly memberId: string;
  readonly instanceId: string | null;
  readonly generationId: number;
}

/** The group as far as a commit depends on it. */
interface CommittedGroup {
  readonly state: GroupState;
  readonly generation: number;
}

/** Why offsets may not be committed, or `"NONE"`. */
export function commitProblem(committer: Committer, { state, generation }: CommittedGroup, members: GroupMembers): ErrorName {
  const { memberId, instanceId, generationId } = committer;
  if (state === "Dead") return "COORDINATOR_NOT_AVAILABLE";
  if (isOutside(committer)) return state === "Empty" ? "NONE" : "UNKNOWN_MEMBER_ID";
  if (generationId < 0 && state === "Empty") return "NONE";
  const member = members.find(memberId, instanceId);
  if (typeof member === "string") return member;
  if (generationId !== generation) return "ILLEGAL_GENERATION";
  return state === "CompletingRebalance" ? "REBALANCE_IN_PROGRESS" : "NONE";
}

/** The same within a transaction: also while a rebalance completes, and by one who says nothing of itself. */
export function transactionalCommitProblem(committer: Committer, { state, generation }: CommittedGroup, members: GroupMembers): ErrorName {
  const { memberId, instanceId, generationId } = committer;
  if (state === "Dead") return "COORDINATOR_NOT_AVAILABLE";
  if (isOutside(committer) || (generationId < 0 && state === "Empty")) return "NONE";
  const member = members.find(memberId, instanceId);
  if (typeof member === "string") return member;
  return generationId === generation ? "NONE" : "ILLEGAL_GENERATION";
}

/** A commit from outside the group's protocol, by a tool or a consumer that assigns itself. */
function isOutside({ memberId, instanceId, generationId }: Committer): boolean {
  return generationId < 0 && memberId === "" && instanceId === null;
}
