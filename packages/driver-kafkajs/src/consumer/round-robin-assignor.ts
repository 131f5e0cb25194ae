import type { TopicPartition } from "@millrace/kafka";
import { decodeMessage, encodeVersionedMessage } from "@millrace/protocol";

/**
 * Names under which a member of ours offers this assignment: kafkajs's own, so that members of plain kafkajs services may share a group with ours,
 * and the one of Kafka's Java client. The bytes are the same.
 */
export const roundRobinNames = ["RoundRobinAssigner", "roundrobin"] as const;

const versionBytes = 2;

/** A member as the group's leader sees it. */
export interface Subscriber {
  readonly memberId: string;
  readonly topics: readonly string[];
}

/** What a member tells the group: the topics it wants. */
export function encodeSubscription(topics: readonly string[]): Buffer {
  return encodeVersionedMessage("ConsumerProtocolSubscription", 0, { topics: [...topics].sort(), userData: Buffer.alloc(0) });
}

/** The topics that a member wants. Newer versions only add at the end, and some clients state one without having added anything. */
export function decodeSubscription(bytes: Buffer): readonly string[] {
  return decodeMessage("ConsumerProtocolSubscription", 0, bytes.subarray(versionBytes)).topics;
}

/** What a member is given. An empty buffer is what Kafka sends when the leader named nothing for it. */
export function decodeAssignment(bytes: Buffer): readonly TopicPartition[] {
  if (bytes.length === 0) return [];
  const { assignedPartitions } = decodeMessage("ConsumerProtocolAssignment", 0, bytes.subarray(versionBytes));
  return assignedPartitions.flatMap(({ topic, partitions }) => partitions.map((partition) => ({ topic, partition })));
}

/**
 * Deals every partition out in turn, topics and members sorted, to those members that want its topic. With equal subscriptions the loads differ by one
 * at most. kafkajs gives a member topics that it did not ask for; this does not.
 */
export function assignRoundRobin(
  subscribers: readonly Subscriber[],
  partitionCount: (topic: string) => number,
): ReadonlyMap<string, Buffer> {
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
  return new Map([...held].map(([memberId, topics]) => [memberId, encodeAssignment(topics)]));
}

function encodeAssignment(topics: ReadonlyMap<string, readonly number[]>): Buffer {
  const assignedPartitions = [...topics].map(([topic, partitions]) => ({ topic, partitions }));
  return encodeVersionedMessage("ConsumerProtocolAssignment", 0, { assignedPartitions, userData: Buffer.alloc(0) });
}
