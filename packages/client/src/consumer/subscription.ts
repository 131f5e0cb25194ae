import type { TopicPartition } from "@millrace/kafka";
import { decodeMessage, encodeVersionedMessage } from "@millrace/protocol";

const versionBytes = 2;

/** A member as the group's leader sees it. */
export interface Subscriber {
  readonly memberId: string;
  readonly topics: readonly string[];
}

/** Partition numbers by topic. */
export type AssignedTopics = ReadonlyMap<string, readonly number[]>;

/** What a member tells the group: the topics it wants. */
export function encodeSubscription(topics: readonly string[]): Buffer {
  return encodeVersionedMessage("ConsumerProtocolSubscription", 0, { topics: [...topics].sort(), userData: Buffer.alloc(0) });
}

/** The topics that a member wants. Newer versions only add at the end, and some clients state one without having added anything. */
export function decodeSubscription(bytes: Buffer): readonly string[] {
  return decodeMessage("ConsumerProtocolSubscription", 0, bytes.subarray(versionBytes)).topics;
}

/** What the group's leader gives a member. */
export function encodeAssignment(topics: AssignedTopics): Buffer {
  const assignedPartitions = [...topics].map(([topic, partitions]) => ({ topic, partitions }));
  return encodeVersionedMessage("ConsumerProtocolAssignment", 0, { assignedPartitions, userData: Buffer.alloc(0) });
}

/** What a member is given. An empty buffer is what Kafka sends when the leader named nothing for it. */
export function decodeAssignment(bytes: Buffer): readonly TopicPartition[] {
  if (bytes.length === 0) return [];
  const { assignedPartitions } = decodeMessage("ConsumerProtocolAssignment", 0, bytes.subarray(versionBytes));
  return assignedPartitions.flatMap(({ topic, partitions }) => partitions.map((partition) => ({ topic, partition })));
}
