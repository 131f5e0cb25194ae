import type { ErrorName } from "@millrace/protocol";
import type { GroupMember } from "./group-member.ts";

/** One member as the leader sees it. */
export interface JoinedMember {
  readonly memberId: string;
  readonly groupInstanceId: string | null;
  readonly metadata: Buffer;
}

/** Answer to a join: an error and the id to use, or the new generation. */
export type JoinAnswer =
  | { readonly error: ErrorName; readonly memberId: string }
  | {
      readonly error?: undefined;
      readonly memberId: string;
      readonly generationId: number;
      readonly protocolType: string;
      readonly protocolName: string;
      readonly leader: string;
      /** Everybody, for the leader; nobody, for the others. */
      readonly members: readonly JoinedMember[];
      /** The leader came back and its assignment still stands (KIP-814). */
      readonly skipAssignment: boolean;
    };

/** Answer to a sync: an error, or the member's assignment. */
export type SyncAnswer =
  | { readonly error: ErrorName }
  | { readonly error?: undefined; readonly protocolType: string; readonly protocolName: string; readonly assignment: Buffer };

/** A group in one of its generations. */
export interface JoinedGeneration {
  readonly generation: number;
  readonly protocolType: string;
  readonly protocolName: string;
  readonly leaderId: string;
}

/** What a member hears of the generation that it is part of; only the leader hears of the others. */
export function joinedAnswer(member: GroupMember, all: readonly GroupMember[], joined: JoinedGeneration): JoinAnswer {
  const { id: memberId } = member;
  const { generation: generationId, protocolType, protocolName, leaderId: leader } = joined;
  const members =
    memberId === leader
      ? all.map((each) => ({
          memberId: each.id,
          groupInstanceId: each.identity.instanceId,
          metadata: each.metadataFor(protocolName),
        }))
      : [];
  return { memberId, generationId, protocolType, protocolName, leader, members, skipAssignment: false };
}
