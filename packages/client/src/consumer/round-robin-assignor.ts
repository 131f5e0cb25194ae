import type { AssignedTopics, Subscriber } from "./subscription.ts";

/**
 * Names under which a member of ours offers this assignment: kafkajs's own, so that members of plain kafkajs services may share a group with ours,
 * and the one of Kafka's Java client. The bytes are the same.
 */
export const roundRobinNames = ["RoundRobinAssigner", "roundrobin"] as const;

/**
 * Deals every partition out in turn, topics and members sorted, to those members that want its topic. With equal subscriptions the loads differ by one
 * at most. kafkajs gives a member topics that it did not ask for; this does not.
 */
export function assignRoundRobin(
  subscribers: readonly Subscriber[],
  partitionCount: (topic: string) => number,
): ReadonlyMap<string, AssignedTopics> {
  const members = [...subscribers].sort((a, b) => (a.memberId < b.memberId ? -1 : 1));
  const held = new Map(members.map(({ memberId }) => [memberId, new Map<string, number[]>()]));
  let turn = 0;
  for (const topic of [...new Set(members.flatMap(({ topics }) => topics))].sort()) {
    for (let partition = 0; partition < partitionCount(topic); partition += 1) {
      let member = members[turn % members.length];
      while (member !== undefined && !member.topics.includes(topic)) {
        turn += 1;
        member = members[turn % members.length];
      }
      turn += 1;
      const topics = held.get(member?.memberId ?? "");
      const partitions = topics?.get(topic);
      if (partitions === undefined) topics?.set(topic, [partition]);
      else partitions.push(partition);
    }
  }
  return held;
}
