import type { TopicPartition } from "@millrace/kafka";
import { decodeMessage, encodeVersionedMessage } from "@millrace/protocol";
import { groupByTopic } from "../../wire/group-by-topic.ts";

const versionBytes = 2;
/** Owned partitions came with version 1, their generation with 2. Older readers stop before them. */
const version = 3;

/** What a member tells the group. */
export interface Subscription {
  readonly topics: readonly string[];
  /** The assignor's own words; null when it has none. */
  readonly userData: Buffer | null;
  /** What the member goes on holding. Empty where it has given everything back. */
  readonly owned: readonly TopicPartition[];
  /** The generation in which it was given what it owns; -1 when there is none. */
  readonly generationId: number;
}

/** A member as the group's leader sees it. */
export interface Subscriber extends Subscription {
  readonly memberId: string;
  readonly groupInstanceId: string | null;
}

/** Bytes of `ConsumerProtocolSubscription`, as Java's consumer writes them. */
export function encodeSubscription({ topics, userData, owned, generationId }: Subscription): Buffer {
  return encodeVersionedMessage("ConsumerProtocolSubscription", version, {
    topics: [...topics].sort(),
    userData,
    ownedPartitions: toTopics(owned),
    generationId,
    rackId: null,
  });
}

/** What a member wants and holds. Some clients state a newer version than the one they write: then only what every version has is read. */
export function decodeSubscription(bytes: Buffer): Subscription {
  const stated = bytes.readInt16BE(0);
  const body = bytes.subarray(versionBytes);
  for (const readable of [Math.min(stated, version), 0]) {
    try {
      const { topics, userData, ownedPartitions, generationId } = decodeMessage("ConsumerProtocolSubscription", readable, body);
      const owned = (ownedPartitions ?? []).flatMap(({ topic, partitions }) => partitions.map((partition) => ({ topic, partition })));
      return { topics, userData, owned, generationId: readable >= 2 ? generationId : -1 };
    } catch (error) {
      if (readable <= 0) throw error;
    }
  }
  throw new RangeError(`a subscription of version ${stated} cannot be read`);
}

/** What the group's leader gives a member. */
export function encodeAssignment(partitions: readonly TopicPartition[]): Buffer {
  return encodeVersionedMessage("ConsumerProtocolAssignment", 0, { assignedPartitions: toTopics(partitions), userData: null });
}

/** What a member is given. An empty buffer is what Kafka sends when the leader named nothing for it. */
export function decodeAssignment(bytes: Buffer): readonly TopicPartition[] {
  if (bytes.length === 0) return [];
  const { assignedPartitions } = decodeMessage("ConsumerProtocolAssignment", 0, bytes.subarray(versionBytes));
  return assignedPartitions.flatMap(({ topic, partitions }) => partitions.map((partition) => ({ topic, partition })));
}

function toTopics(partitions: readonly TopicPartition[]): { topic: string; partitions: number[] }[] {
  return groupByTopic(partitions).map(([topic, held]) => ({ topic, partitions: held.map(({ partition }) => partition) }));
}
