import { type ErrorName, errorCodes, type RequestTypes, type ResponseTypes, zeroUuid } from "@millrace/protocol";
import { isInternalTopic } from "../topics/internal-topics.ts";
import type { Topic } from "../topics/topic.ts";
import { topicNameProblem } from "../topics/topic-name.ts";
import { type ApiRegistration, type ResponseBody, serve } from "./api-registration.ts";
import { allTopicOperations, unaskedOperations } from "./authorized-operations.ts";
import type { BrokerState } from "./broker-state.ts";

type DescribedTopic = ResponseTypes["DescribeTopicPartitions"]["topics"][number];

/** Kafka: `max.request.partition.size.limit`. */
const largestPage = 2_000;

/** Partitions of topics, sorted by name, page by page (KIP-966). */
export const describeTopicPartitions: ApiRegistration = serve("DescribeTopicPartitions", {
  handle({ body }, broker) {
    const { cursor } = body;
    const asked = body.topics.map(({ name }) => name);
    const strangeCursor = cursor !== null && (cursor.partitionIndex < 0 || (asked.length > 0 && !asked.includes(cursor.topicName)));
    if (strangeCursor) return { topics: asked.map((name) => failed(name, "INVALID_REQUEST", unaskedOperations)) };
    const all = asked.length > 0 ? new Set(asked) : [...broker.topics.all()].map(({ name }) => name);
    const names = [...all].filter((name) => cursor === null || name >= cursor.topicName).sort(byCodeUnits);
    return page(names, body, broker);
  },
});

function page(
  names: readonly string[],
  { cursor, responsePartitionLimit }: RequestTypes["DescribeTopicPartitions"],
  broker: BrokerState,
): ResponseBody<"DescribeTopicPartitions"> {
  let room = Math.max(1, Math.min(responsePartitionLimit, largestPage));
  const topics: DescribedTopic[] = [];
  for (const name of names) {
    const first = name === cursor?.topicName ? cursor.partitionIndex : 0;
    if (room === 0) return { topics, nextCursor: { topicName: name, partitionIndex: first } };
    const topic = broker.topics.named(name);
    if (topic === undefined) {
      topics.push(failed(name, topicNameProblem(name) === undefined ? "UNKNOWN_TOPIC_OR_PARTITION" : "INVALID_TOPIC_EXCEPTION"));
      continue;
    }
    const described = describe(topic, first, first + room, broker);
    topics.push(described);
    room -= described.partitions.length;
    if (first + described.partitions.length < topic.partitions.length && room === 0)
      return { topics, nextCursor: { topicName: name, partitionIndex: first + described.partitions.length } };
  }
  return { topics, nextCursor: null };
}

function describe(topic: Topic, from: number, until: number, { nodes }: BrokerState): DescribedTopic {
  return {
    errorCode: errorCodes.NONE,
    name: topic.name,
    topicId: topic.id,
    isInternal: isInternalTopic(topic.name),
    partitions: topic.partitions.slice(from, until).map((partition) => ({
      // Unlike Metadata it has no error where nobody leads.
      errorCode: errorCodes.NONE,
      partitionIndex: partition.index,
      leaderId: partition.leaderId,
      leaderEpoch: partition.leaderEpoch,
      replicaNodes: [...partition.replicas],
      isrNodes: [...partition.inSyncReplicas],
      eligibleLeaderReplicas: [...partition.eligibleReplicas],
      lastKnownElr: [...partition.lastKnownLeaders],
      offlineReplicas: partition.replicas.filter((id) => !nodes.isRunning(id)),
    })),
    topicAuthorizedOperations: allTopicOperations,
  };
}

function failed(name: string, error: ErrorName, topicAuthorizedOperations: number = allTopicOperations): DescribedTopic {
  const isInternal = isInternalTopic(name);
  return { errorCode: errorCodes[error], name, topicId: zeroUuid, isInternal, partitions: [], topicAuthorizedOperations };
}

function byCodeUnits(left: string, right: string): number {
  return left < right ? -1 : 1;
}
