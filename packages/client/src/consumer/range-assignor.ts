import type { AssignedTopics, Subscriber } from "./subscription.ts";

/** The name of this assignment: the first that Kafka's Java client offers, too. */
export const rangeName = "range";

/**
 * Java's range assignor: per topic, partitions in order are cut into as many ranges as there are subscribers, in the order of their member ids; the first
 * ones get one more where it does not come out even. Topics with equal partition counts are therefore assigned alike.
 */
export function assignRanges(
  subscribers: readonly Subscriber[],
  partitionCount: (topic: string) => number,
): ReadonlyMap<string, AssignedTopics> {
  const held = new Map(subscribers.map(({ memberId }) => [memberId, new Map<string, readonly number[]>()]));
  const sorted = [...subscribers].sort((a, b) => (a.memberId < b.memberId ? -1 : 1));
  for (const topic of [...new Set(subscribers.flatMap(({ topics }) => topics))].sort()) {
    const members = sorted.filter(({ topics }) => topics.includes(topic));
    const count = partitionCount(topic);
    const share = Math.floor(count / members.length);
    const larger = count % members.length;
    let next = 0;
    for (const [index, { memberId }] of members.entries()) {
      const first = next;
      next += share + (index < larger ? 1 : 0);
      if (next > first)
        held.get(memberId)?.set(
          topic,
          Array.from({ length: next - first }, (_, offset) => first + offset),
        );
    }
  }
  return held;
}
