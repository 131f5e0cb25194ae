import type { TopicPartition } from "@millrace/kafka";
import type { Assignor, MemberPartitions } from "./assignor.ts";
import { keyOf, type MemberClaims, settleClaims } from "./sticky-claims.ts";
import { assignEqually } from "./sticky-equal.ts";
import { assignMixed } from "./sticky-mixed.ts";
import { decodeGeneration, decodePreviousAssignment, encodeGeneration, encodePreviousAssignment } from "./sticky-user-data.ts";
import type { Subscriber } from "./subscription.ts";

/**
 * Java's StickyAssignor: as even as can be, and of what a member held as much as can be stays with it. Eager: everything is given back before, and what was
 * held travels in the user data.
 */
export const stickyAssignor: Assignor = {
  name: "sticky",
  isCooperative: false,
  userData: (previous) => (previous === null ? null : encodePreviousAssignment(previous)),
  assign: (subscribers, partitionCount) =>
    assignSticky(subscribers, partitionCount, ({ userData }) => decodePreviousAssignment(userData)).assigned,
};

/**
 * Java's CooperativeStickyAssignor: the same assignment, but what would move from one member to another is given to nobody at first. Its holder lets it go
 * and joins again, and only then is it given on (KIP-429).
 */
export const cooperativeStickyAssignor: Assignor = {
  name: "cooperative-sticky",
  isCooperative: true,
  userData: (previous) => encodeGeneration(previous?.generationId ?? -1),
  assign(subscribers, partitionCount) {
    const { assigned, moving } = assignSticky(subscribers, partitionCount, ({ owned, generationId, userData }) => ({
      partitions: owned,
      generationId: generationId >= 0 ? generationId : decodeGeneration(userData),
    }));
    return new Map([...assigned].map(([memberId, partitions]) => [memberId, partitions.filter((held) => !moving.has(keyOf(held)))]));
  },
};

function assignSticky(
  subscribers: readonly Subscriber[],
  partitionCount: (topic: string) => number,
  claimsOf: (subscriber: Subscriber) => MemberClaims,
): { readonly assigned: MemberPartitions; readonly moving: ReadonlySet<string> } {
  const input = settleClaims(subscribers, partitionCount, claimsOf);
  if (input.hasEqualSubscriptions) return assignEqually(input);
  const assigned = assignMixed(input);
  return { assigned, moving: movingPartitions(subscribers, assigned) };
}

/** What one member gets and another one holds. */
function movingPartitions(subscribers: readonly Subscriber[], assigned: MemberPartitions): ReadonlySet<string> {
  const added = new Set<string>();
  const revoked = new Set<string>();
  const keys = (partitions: readonly TopicPartition[]): Set<string> => new Set(partitions.map(keyOf));
  for (const { memberId, owned } of subscribers) {
    const [before, after] = [keys(owned), keys(assigned.get(memberId) ?? [])];
    for (const key of after) if (!before.has(key)) added.add(key);
    for (const key of before) if (!after.has(key)) revoked.add(key);
  }
  return new Set([...added].filter((key) => revoked.has(key)));
}
