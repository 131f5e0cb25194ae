import { type Assignor, compareMembers, type MemberPartitions } from "./assignor.ts";
import { topicsOf } from "./range-assignor.ts";
import type { Subscriber } from "./subscription.ts";

/** Java's RoundRobinAssignor. */
export const roundRobinAssignor: Assignor = { name: "roundrobin", isCooperative: false, userData: () => null, assign: assignInTurn };

/**
 * The same under the name that kafkajs gives its only assignor, so that members of plain kafkajs services may share a group with ours; the bytes are the same.
 * kafkajs as the leader gives members topics that they did not ask for; this does not.
 */
export const kafkajsAssignor: Assignor = { ...roundRobinAssignor, name: "RoundRobinAssigner" };

/** Deals every partition out in turn, topics and members sorted, to those members that want its topic. With equal subscriptions the loads differ by one at most. */
function assignInTurn(subscribers: readonly Subscriber[], partitionCount: (topic: string) => number): MemberPartitions {
  const members = subscribers.toSorted(compareMembers);
  const held: MemberPartitions = new Map(members.map(({ memberId }) => [memberId, []]));
  let turn = 0;
  for (const topic of topicsOf(subscribers)) {
    for (let partition = 0; partition < partitionCount(topic); partition += 1) {
      // Somebody wants it, or it would not be among the topics.
      while (!members[turn % members.length]!.topics.includes(topic)) turn += 1;
      held.get(members[turn % members.length]!.memberId)?.push({ topic, partition });
      turn += 1;
    }
  }
  return held;
}
