import type { AssignorName, TopicPartition } from "@millrace/kafka";
import type { Subscriber } from "./subscription.ts";

/** What a member held last, and in which generation. */
export interface PreviousAssignment {
  readonly partitions: readonly TopicPartition[];
  readonly generationId: number;
}

/** Partitions by member id; every member of the group has an entry. */
export type MemberPartitions = Map<string, TopicPartition[]>;

/** How a group's leader hands partitions out. Pure: the same input gives the same answer. */
export interface Assignor {
  readonly name: AssignorName;
  /** Whether members keep what they hold while the group rebalances (KIP-429). */
  readonly isCooperative: boolean;
  /** What a member tells the leader beside its topics. */
  userData(previous: PreviousAssignment | null): Buffer | null;
  /** A topic that does not exist has no partitions. */
  assign(subscribers: readonly Subscriber[], partitionCount: (topic: string) => number): MemberPartitions;
}

/** Names in the order in which Java compares strings: by code units. */
export function compareNames(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** The order of members in Java's range and round robin: static members by their instance ids, then the others by their member ids. */
export function compareMembers(a: Subscriber, b: Subscriber): number {
  if (a.groupInstanceId !== null && b.groupInstanceId !== null) return compareNames(a.groupInstanceId, b.groupInstanceId);
  if (a.groupInstanceId !== null) return -1;
  return b.groupInstanceId === null ? compareNames(a.memberId, b.memberId) : 1;
}
