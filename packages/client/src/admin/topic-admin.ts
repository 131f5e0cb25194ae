import type { NewTopic, TopicDescription } from "@millrace/kafka";
import { errorCodes, type ResponseTypes } from "@millrace/protocol";
import { brokerError } from "../client-error.ts";
import { untilDeadline } from "../cluster/until-deadline.ts";
import { type AdminContext, anyBroker, controller, onBroker } from "./admin-context.ts";

type TopicMetadata = ResponseTypes["Metadata"]["topics"][number];

const topicResource = 2;

/** Names of all topics but Kafka's own. */
export async function listTopics(context: AdminContext): Promise<readonly string[]> {
  return await onBroker(context, "Listing topics", anyBroker, async (broker) => {
    const { body } = await broker.send("Metadata", () => ({ topics: null, allowAutoTopicCreation: false }));
    return body.topics.flatMap(({ name, isInternal }) => (name === null || isInternal ? [] : [name])).sort();
  });
}

export async function describeTopics(context: AdminContext, names: readonly string[]): Promise<readonly TopicDescription[]> {
  if (names.length === 0) return [];
  const topics = await topicMetadata(context, names);
  return topics.map(({ name, partitions }) => ({
    name: name as string,
    partitions: partitions
      .map(({ partitionIndex, leaderId, replicaNodes, isrNodes }) => ({
        partition: partitionIndex,
        leader: leaderId,
        replicas: replicaNodes,
        inSyncReplicas: isrNodes,
      }))
      .sort((a, b) => a.partition - b.partition),
  }));
}

async function topicMetadata(context: AdminContext, names: readonly string[]): Promise<readonly TopicMetadata[]> {
  return await onBroker(context, "Describing topics", anyBroker, async (broker) => {
    const { body } = await broker.send("Metadata", () => ({
      topics: names.map((name) => ({ name })),
      allowAutoTopicCreation: false,
    }));
    return body.topics.filter(({ name, errorCode }) => {
      if (errorCode === errorCodes.UNKNOWN_TOPIC_OR_PARTITION) return false;
      if (errorCode !== errorCodes.NONE) throw brokerError(errorCode, { what: `Describing topic "${name}"`, topic: name ?? "" });
      return true;
    });
  });
}

/** Resolves when the created topics have leaders: whoever uses them next need not wait. */
export async function createTopics(
  context: AdminContext,
  topics: readonly NewTopic[],
  options: { readonly validateOnly: boolean; readonly timeoutMs: number },
): Promise<readonly string[]> {
  if (topics.length === 0) return [];
  const { validateOnly, timeoutMs } = options;
  const answers = await onBroker(context, "Creating topics", controller, async (broker) => {
    const { body } = await broker.send(
      "CreateTopics",
      () => ({
        topics: topics.map(({ name, partitions, replicationFactor, configs }) => ({
          name,
          numPartitions: partitions,
          replicationFactor,
          assignments: [],
          configs: Object.entries(configs).map(([key, value]) => ({ name: key, value })),
        })),
        timeoutMs,
        validateOnly,
      }),
      { timeoutMs },
    );
    const misled = body.topics.find(({ errorCode }) => errorCode === errorCodes.NOT_CONTROLLER);
    if (misled !== undefined) throw brokerError(misled.errorCode, { what: "Creating topics" });
    return body.topics;
  });
  const created: string[] = [];
  for (const { name, errorCode, errorMessage } of answers) {
    if (errorCode === errorCodes.NONE) created.push(name);
    else if (errorCode !== errorCodes.TOPIC_ALREADY_EXISTS) {
      throw brokerError(errorCode, { what: `Creating topic "${name}"`, topic: name }, errorMessage);
    }
  }
  if (!validateOnly) await seen(context, timeoutMs, created, (found) => found.length === created.length && found.every(hasLeaders));
  return created;
}

export async function deleteTopics(
  context: AdminContext,
  names: readonly string[],
  options: { readonly timeoutMs: number },
): Promise<void> {
  if (names.length === 0) return;
  const { timeoutMs } = options;
  await onBroker(context, "Deleting topics", controller, async (broker) => {
    const { body } = await broker.send(
      "DeleteTopics",
      (version) => (version >= 6 ? { topics: names.map((name) => ({ name })), timeoutMs } : { topicNames: [...names], timeoutMs }),
      {
        timeoutMs,
      },
    );
    for (const { name, errorCode } of body.responses) {
      if (errorCode === errorCodes.NONE || errorCode === errorCodes.UNKNOWN_TOPIC_OR_PARTITION) continue;
      throw brokerError(errorCode, { what: `Deleting topic "${name}"`, topic: name ?? "" });
    }
  });
  await seen(context, timeoutMs, names, (found) => found.length === 0);
}

export async function createPartitions(context: AdminContext, topic: string, total: number): Promise<void> {
  const timeoutMs = context.requestTimeoutMs;
  await onBroker(context, `Adding partitions to "${topic}"`, controller, async (broker) => {
    const { body } = await broker.send("CreatePartitions", () => ({
      topics: [{ name: topic, count: total, assignments: null }],
      timeoutMs,
      validateOnly: false,
    }));
    for (const { errorCode, errorMessage } of body.results) {
      if (errorCode !== errorCodes.NONE) throw brokerError(errorCode, { what: `Adding partitions to "${topic}"`, topic }, errorMessage);
    }
  });
  await seen(context, timeoutMs, [topic], ([found]) => found !== undefined && found.partitions.length >= total && hasLeaders(found));
}

export async function describeTopicConfigs(
  context: AdminContext,
  names: readonly string[],
): Promise<ReadonlyMap<string, Readonly<Record<string, string | null>>>> {
  if (names.length === 0) return new Map();
  return await onBroker(context, "Describing topic configs", anyBroker, async (broker) => {
    const { body } = await broker.send("DescribeConfigs", () => ({
      resources: names.map((name) => ({ resourceType: topicResource, resourceName: name, configurationKeys: null })),
    }));
    return new Map(
      body.results.map(({ resourceName, errorCode, errorMessage, configs }) => {
        if (errorCode !== errorCodes.NONE) {
          throw brokerError(errorCode, { what: `Describing configs of "${resourceName}"`, topic: resourceName }, errorMessage);
        }
        return [resourceName, Object.fromEntries(configs.map(({ name, value }) => [name, value]))];
      }),
    );
  });
}

function hasLeaders(topic: TopicMetadata): boolean {
  return topic.partitions.length > 0 && topic.partitions.every(({ leaderId }) => leaderId >= 0);
}

// The controller has done it, but brokers hear of it a moment later. When they are slow it is done all the same.
async function seen(
  context: AdminContext,
  timeoutMs: number,
  names: readonly string[],
  isDone: (found: readonly TopicMetadata[]) => boolean,
): Promise<void> {
  if (names.length === 0) return;
  const what = "Waiting for topics to be seen";
  await untilDeadline({ clock: context.clock, timeoutMs, context: { what } }, async () => {
    if (!isDone(await topicMetadata(context, names))) throw brokerError(errorCodes.LEADER_NOT_AVAILABLE, { what });
  }).catch(() => {});
}
