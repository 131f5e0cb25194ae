import { type Assignor, compareMembers, compareNames, type MemberPartitions } from "./assignor.ts";
import type { Subscriber } from "./subscription.ts";

/**
 * Java's RangeAssignor: per topic, partitions in order are cut into as many ranges as there are subscribers, in the order of the members; the first ones get
 * one more where it does not come out even. Topics with equal partition counts are therefore assigned alike. Racks are not looked at.
 */
export const rangeAssignor: Assignor = {
  name: "range",
  isCooperative: false,
  userData: () => null,
  assign(subscribers, partitionCount) {
    const held: MemberPartitions = new Map(subscribers.map(({ memberId }) => [memberId, []]));
    const sorted = subscribers.toSorted(compareMembers);
    for (const topic of topicsOf(subscribers)) {
      const members = sorted.filter(({ topics }) => topics.includes(topic));
      const count = partitionCount(topic);
      const share = Math.floor(count / members.length);
      const larger = count % members.length;
      let next = 0;
      for (const [index, { memberId }] of members.entries()) {
        const end = next + share + (index < larger ? 1 : 0);
        for (; next < end; next += 1) held.get(memberId)?.push({ topic, partition: next });
      }
    }
    return held;
  },
};

/** Every topic that somebody wants, sorted. */
export function topicsOf(subscribers: readonly Subscriber[]): readonly string[] {
  return [...new Set(subscribers.flatMap(({ topics }) => topics))].sort(compareNames);
}
