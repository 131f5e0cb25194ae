import { type DriverAdmin, type GroupDescription, KafkaError, type TopicDescription } from "@millrace/kafka";
import { decodeVersionedMessage, errorCodes } from "@millrace/protocol";
import { requireNone } from "./broker-error.ts";
import { listOffsets } from "./cluster-offsets.ts";
import type { EngineClient } from "./engine-client.ts";
import { fetchGroupOffsets, storeGroupOffsets } from "./group-offsets.ts";

const topicResource = 2;
const requestTimeoutMs = 30_000;

/** Admin calls on the engine. */
export function createMemoryAdmin(client: EngineClient): DriverAdmin {
  const describeTopics = async (names: readonly string[] | null): Promise<readonly TopicDescription[]> => {
    const answer = await client.call("Metadata", {
      topics: names === null ? null : names.map((name) => ({ name })),
      allowAutoTopicCreation: false,
    });
    return answer.topics.flatMap(({ name, errorCode, partitions }): readonly TopicDescription[] => {
      if (name === null || errorCode === errorCodes.UNKNOWN_TOPIC_OR_PARTITION) return [];
      requireNone(errorCode, "describing topic", { topic: name });
      return [
        {
          name,
          partitions: partitions
            .map(({ partitionIndex, leaderId, replicaNodes, isrNodes }) => ({
              partition: partitionIndex,
              leader: leaderId,
              replicas: replicaNodes,
              inSyncReplicas: isrNodes,
            }))
            .sort((a, b) => a.partition - b.partition),
        },
      ];
    });
  };

  return {
    async listTopics() {
      return (await describeTopics(null)).map(({ name }) => name).sort();
    },
    describeTopics: (names) => (names.length === 0 ? Promise.resolve([]) : describeTopics(names)),
    async createTopics(topics, { validateOnly, timeoutMs }) {
      const answer = await client.call("CreateTopics", {
        timeoutMs,
        validateOnly,
        topics: topics.map(({ name, partitions, replicationFactor, configs }) => ({
          name,
          numPartitions: partitions,
          replicationFactor,
          configs: Object.entries(configs).map(([key, value]) => ({ name: key, value })),
        })),
      });
      return answer.topics.flatMap(({ name, errorCode, errorMessage }) => {
        if (errorCode === errorCodes.TOPIC_ALREADY_EXISTS) return [];
        requireNone(errorCode, "creating topic", { topic: name, detail: errorMessage });
        return [name];
      });
    },
    async deleteTopics(names, { timeoutMs }) {
      const answer = await client.call("DeleteTopics", { topics: names.map((name) => ({ name })), topicNames: [...names], timeoutMs });
      for (const { name, errorCode, errorMessage } of answer.responses) {
        if (errorCode !== errorCodes.UNKNOWN_TOPIC_OR_PARTITION)
          requireNone(errorCode, "deleting topic", { topic: name ?? "", detail: errorMessage });
      }
    },
    async createPartitions(topic, total) {
      const answer = await client.call("CreatePartitions", {
        topics: [{ name: topic, count: total, assignments: null }],
        timeoutMs: requestTimeoutMs,
        validateOnly: false,
      });
      for (const { errorCode, errorMessage } of answer.results)
        requireNone(errorCode, "adding partitions to", { topic, detail: errorMessage });
    },
    async describeTopicConfigs(names) {
      const answer = await client.call("DescribeConfigs", {
        resources: names.map((resourceName) => ({ resourceType: topicResource, resourceName, configurationKeys: null })),
      });
      return new Map(
        answer.results.map(({ resourceName, errorCode, errorMessage, configs }) => {
          requireNone(errorCode, "describing the settings of", { topic: resourceName, detail: errorMessage });
          return [resourceName, Object.fromEntries(configs.map(({ name, value }) => [name, value]))];
        }),
      );
    },
    async listGroups() {
      const answer = await client.call("ListGroups", {});
      requireNone(answer.errorCode, "listing groups");
      return answer.groups.map(({ groupId }) => groupId).sort();
    },
    async describeGroups(groups) {
      const answer = await client.call("DescribeGroups", { groups: [...groups] });
      return answer.groups.map((described): GroupDescription => {
        if (described.errorCode !== errorCodes.GROUP_ID_NOT_FOUND)
          requireNone(described.errorCode, `describing group ${described.groupId}`);
        return {
          group: described.groupId,
          state: described.groupState,
          protocolType: described.protocolType,
          protocol: described.protocolData,
          members: described.members.map(({ memberId, clientId, clientHost, memberAssignment }) => ({
            memberId,
            clientId,
            clientHost,
            assignment: readAssignment(memberAssignment),
          })),
        };
      });
    },
    async deleteGroups(groups) {
      const answer = await client.call("DeleteGroups", { groupsNames: [...groups] });
      for (const { groupId, errorCode } of answer.results) requireNone(errorCode, `deleting group ${groupId}`);
    },
    async groupOffsets(group, topics) {
      const described = await describeTopics(topics);
      const places = described.flatMap(({ name, partitions }) => partitions.map(({ partition }) => ({ topic: name, partition })));
      return places.length === 0 ? [] : await fetchGroupOffsets(client, group, places);
    },
    setGroupOffsets: (group, offsets) => storeGroupOffsets(client, group, offsets, null),
    offsets: (partitions, at) => listOffsets(client, partitions, at),
    async deleteRecords(before) {
      const answer = await client.call("DeleteRecords", {
        timeoutMs: requestTimeoutMs,
        topics: [...Map.groupBy(before, ({ topic }) => topic)].map(([name, parts]) => ({
          name,
          partitions: parts.map(({ partition, offset }) => ({ partitionIndex: partition, offset })),
        })),
      });
      for (const { name: topic, partitions } of answer.topics) {
        for (const { partitionIndex: partition, errorCode } of partitions)
          requireNone(errorCode, "deleting records of", { topic, partition });
      }
    },
    close: () => Promise.resolve(client.close()),
  };
}

function readAssignment(assignment: Buffer): { topic: string; partition: number }[] {
  if (assignment.length === 0) return [];
  try {
    const { body } = decodeVersionedMessage("ConsumerProtocolAssignment", assignment);
    return body.assignedPartitions.flatMap(({ topic, partitions }) => partitions.map((partition) => ({ topic, partition })));
  } catch (cause) {
    throw new KafkaError({ code: "KAFKA_CLIENT_ERROR", message: "a member's assignment is not in the consumer protocol's format", cause });
  }
}
