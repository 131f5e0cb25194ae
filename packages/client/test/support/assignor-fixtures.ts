import type { MemberPartitions } from "../../src/consumer/assignors/assignor.ts";
import type { Subscriber } from "../../src/consumer/assignors/subscription.ts";

/** A member that joins for the first time, unless told otherwise. */
export function subscriber(memberId: string, topics: readonly string[], more: Partial<Subscriber> = {}): Subscriber {
  return { memberId, topics, groupInstanceId: null, userData: null, owned: [], generationId: -1, ...more };
}

/** Partitions as short texts, by member. */
export function decoded(assigned: MemberPartitions): Record<string, string[]> {
  return Object.fromEntries([...assigned].map(([member, held]) => [member, held.map(({ topic, partition }) => `${topic}-${partition}`)]));
}
