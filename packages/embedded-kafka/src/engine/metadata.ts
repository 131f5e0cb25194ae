import { type ErrorName, errorCodes, type RequestTypes, type ResponseTypes, zeroUuid } from "@millrace/protocol";
import { internalTopics, isInternalTopic } from "../topics/internal-topics.ts";
import { noLeader } from "../topics/partition.ts";
import type { Topic } from "../topics/topic.ts";
import { topicNameProblem } from "../topics/topic-name.ts";
import { type ApiRegistration, serve } from "./api-registration.ts";
import { allClusterOperations, allTopicOperations, unaskedOperations } from "./authorized-operations.ts";
import type { BrokerState } from "./broker-state.ts";
import { makeInternalTopic } from "./make-internal-topic.ts";

type TopicMetadata = ResponseTypes["Metadata"]["topics"][number];
type AskedTopic = NonNullable<RequestTypes["Metadata"]["topics"]>[number];

/** Who leads what. Topics that are asked for by name and do not exist are made here when both sides allow it. */
export const metadata: ApiRegistration = serve("Metadata", {
  handle({ version, body }, broker) {
    // Before version 12 a response cannot leave the name out, so Kafka takes no ids and fails the whole request.
    if (version < 12 && body.topics?.some(({ name, topicId }) => name === null || topicId !== zeroUuid)) {
      return { clusterId: null, topics: body.topics.map(({ name, topicId }) => failed("INVALID_REQUEST", name ?? "", topicId)) };
    }
    const operations = body.includeTopicAuthorizedOperations ? allTopicOperations : unaskedOperations;
    const all = body.topics === null || (version === 0 && body.topics.length === 0);
    const topics = all
      ? [...broker.topics.all()].map((topic) => describe(topic, operations, broker))
      : uniqueTopics(body.topics ?? []).map((asked) => lookUp(asked, body.allowAutoTopicCreation, broker, operations));
    return {
      brokers: broker.nodes.running().map(({ id, host, port }) => ({ nodeId: id, host, port })),
      clusterId: broker.clusterId,
      controllerId: broker.nodes.controller.id,
      topics,
      // Only versions 8 to 10 have room for it.
      ...(body.includeClusterAuthorizedOperations && { clusterAuthorizedOperations: allClusterOperations }),
    };
  },
});

function lookUp(asked: AskedTopic, clientAllowsCreation: boolean, broker: BrokerState, operations: number): TopicMetadata {
  const { name, topicId } = asked;
  if (name === null || topicId !== zeroUuid) {
    const topic = broker.topics.withId(topicId);
    return topic === undefined ? failed("UNKNOWN_TOPIC_ID", null, topicId) : describe(topic, operations, broker);
  }
  const topic = broker.topics.named(name);
  if (topic !== undefined) return describe(topic, operations, broker);
  if (topicNameProblem(name) !== undefined) return failed("INVALID_TOPIC_EXCEPTION", name);
  const { autoCreateTopics, defaultPartitions, maxPartitions } = broker.settings;
  const roomy = broker.topics.partitionCount + defaultPartitions <= maxPartitions;
  if (!clientAllowsCreation || !autoCreateTopics || !roomy) return failed("UNKNOWN_TOPIC_OR_PARTITION", name);
  if (name === internalTopics.group) return describe(makeInternalTopic("group", broker), operations, broker);
  if (name === internalTopics.transaction) return describe(makeInternalTopic("transaction", broker), operations, broker);
  if (broker.topics.collidingWith(name) !== undefined) return failed("INVALID_TOPIC_EXCEPTION", name);
  const wasDeleted = broker.topics.takeDeleted(name);
  const created = broker.topics.create({ name, partitions: defaultPartitions });
  // Kafka never has the topic at once; here that shows only where a client may be looking whether its topic has gone.
  return wasDeleted ? failed("UNKNOWN_TOPIC_OR_PARTITION", name) : describe(created, operations, broker);
}

function describe(topic: Topic, operations: number, { nodes }: BrokerState): TopicMetadata {
  return {
    errorCode: errorCodes.NONE,
    name: topic.name,
    topicId: topic.id,
    isInternal: isInternalTopic(topic.name),
    partitions: topic.partitions.map(({ index, leaderId, leaderEpoch, replicas, inSyncReplicas }) => ({
      errorCode: leaderId === noLeader ? errorCodes.LEADER_NOT_AVAILABLE : errorCodes.NONE,
      partitionIndex: index,
      leaderId,
      leaderEpoch,
      replicaNodes: [...replicas],
      isrNodes: [...inSyncReplicas],
      offlineReplicas: replicas.filter((id) => !nodes.isRunning(id)),
    })),
    topicAuthorizedOperations: operations,
  };
}

function failed(error: ErrorName, name: string | null, topicId: string = zeroUuid): TopicMetadata {
  const errorCode = errorCodes[error];
  const isInternal = isInternalTopic(name ?? "");
  return { errorCode, name, topicId, isInternal, partitions: [], topicAuthorizedOperations: unaskedOperations };
}

function uniqueTopics(topics: readonly AskedTopic[]): AskedTopic[] {
  return [...new Map(topics.map((topic) => [`${topic.name} ${topic.topicId}`, topic])).values()];
}
