import type { NewTopic, TopicDescription, TopicPartition } from "@millrace/kafka";
import { errorCodes, type ResponseTypes } from "@millrace/protocol";
import { brokerError } from "../client-error.ts";
import { untilDeadline } from "../cluster/until-deadline.ts";
import { describePartitions } from "../wire/describe-partitions.ts";
import { operationsFromBits } from "./acl-codes.ts";
import { type AdminContext, anyBroker, controller, onBroker, unknownTopicGraceMs } from "./admin-context.ts";
import { askItems } from "./ask-items.ts";

type TopicMetadata = ResponseTypes["Metadata"]["topics"][number];

/** Names in alphabetical order. */
export async function listTopics(context: AdminContext, includeInternal: boolean): Promise<readonly string[]> {
  return await onBroker(context, "Listing topics", anyBroker, async (broker) => {
    const { body } = await broker.send("Metadata", () => ({ topics: null, allowAutoTopicCreation: false }));
    return body.topics.flatMap(({ name, isInternal }) => (name === null || (isInternal && !includeInternal) ? [] : [name])).sort();
  });
}

export async function describeTopics(
  context: AdminContext,
  names: readonly string[],
  includeAuthorizedOperations = false,
): Promise<readonly TopicDescription[]> {
  if (names.length === 0) return [];
  const topics = await topicMetadata(context, names, includeAuthorizedOperations);
  return topics.map(({ name, isInternal, partitions: told, topicAuthorizedOperations }) => {
    const partitions = describePartitions(told);
    return {
      name: name as string,
      isInternal,
      partitionCount: partitions.length,
      replicationFactor: partitions[0]?.replicas.length ?? 0,
      error: partitions.find(({ error }) => error !== null)?.error ?? null,
      authorizedOperations: operationsFromBits(topicAuthorizedOperations),
      partitions,
    };
  });
}

/** The same call, which gives up soon where one of the partitions is not known: it would be asked about until the time is up. */
export async function untilKnown(context: AdminContext, places: readonly TopicPartition[]): Promise<AdminContext> {
  const counts = new Map(
    (await describeTopics(context, [...new Set(places.map(({ topic }) => topic))])).map(({ name, partitionCount }) => [
      name,
      partitionCount,
    ]),
  );
  return places.every(({ topic, partition }) => partition < (counts.get(topic) ?? 0))
    ? context
    : { ...context, timeoutMs: Math.min(context.timeoutMs, unknownTopicGraceMs) };
}

async function topicMetadata(
  context: AdminContext,
  names: readonly string[],
  includeTopicAuthorizedOperations = false,
): Promise<readonly TopicMetadata[]> {
  return await onBroker(context, "Describing topics", anyBroker, async (broker) => {
    const { body } = await broker.send("Metadata", (version) => ({
      topics: [...new Set(names)].map((name) => ({ name })),
      allowAutoTopicCreation: false,
      ...(version >= 8 && { includeTopicAuthorizedOperations }),
    }));
    return body.topics.filter(({ name, errorCode }) => {
      if (errorCode === errorCodes.UNKNOWN_TOPIC_OR_PARTITION) return false;
      if (errorCode !== errorCodes.NONE) throw brokerError(errorCode, { what: `Describing topic "${name}"`, topic: name ?? "" });
      return true;
    });
  });
}

/** Resolves when the created topics have leaders: whoever uses them next need not wait. */
export async function createTopics(context: AdminContext, topics: readonly NewTopic[], validateOnly: boolean): Promise<readonly string[]> {
  const { timeoutMs } = context;
  const created = await askItems(context, {
    what: "Creating topics",
    items: topics,
    route: controller,
    ask: async (broker, asked) => {
      const { body } = await broker.send("CreateTopics", () => ({ topics: asked.map(newTopic), timeoutMs, validateOnly }), { timeoutMs });
      const answers = new Map(body.topics.map((answer) => [answer.name, answer]));
      return asked.map(({ name }) => {
        const { errorCode, errorMessage } = answers.get(name) ?? unanswered;
        if (errorCode === errorCodes.NONE) return { value: [name] };
        if (errorCode === errorCodes.TOPIC_ALREADY_EXISTS) return { value: [] };
        return { error: brokerError(errorCode, { what: `Creating topic "${name}"`, topic: name }, errorMessage) };
      });
    },
  });
  const names = created.flat();
  if (!validateOnly) await seen(context, names, (found) => found.length === names.length && found.every(hasLeaders));
  return names;
}

function newTopic({ name, partitions = -1, replicationFactor = -1, assignments = [], configs = {} }: NewTopic) {
  return {
    name,
    numPartitions: partitions,
    replicationFactor,
    assignments: assignments.map((brokerIds, partitionIndex) => ({ partitionIndex, brokerIds: [...brokerIds] })),
    configs: Object.entries(configs).map(([key, value]) => ({ name: key, value })),
  };
}

/** Names of those that were there. */
export async function deleteTopics(context: AdminContext, names: readonly string[]): Promise<readonly string[]> {
  const { timeoutMs } = context;
  const wanted = [...new Set(names)];
  const deleted = await askItems(context, {
    what: "Deleting topics",
    items: wanted,
    route: controller,
    ask: async (broker, asked) => {
      const { body } = await broker.send(
        "DeleteTopics",
        (version) => (version >= 6 ? { topics: asked.map((name) => ({ name })), timeoutMs } : { topicNames: [...asked], timeoutMs }),
        { timeoutMs },
      );
      const answers = new Map(body.responses.map((answer) => [answer.name, answer]));
      return asked.map((name) => {
        const { errorCode, errorMessage } = answers.get(name) ?? unanswered;
        if (errorCode === errorCodes.NONE) return { value: [name] };
        if (errorCode === errorCodes.UNKNOWN_TOPIC_OR_PARTITION) return { value: [] };
        return { error: brokerError(errorCode, { what: `Deleting topic "${name}"`, topic: name }, errorMessage) };
      });
    },
  });
  await seen(context, wanted, (found) => found.length === 0);
  return deleted.flat();
}

export async function createPartitions(
  context: AdminContext,
  topic: string,
  total: number,
  options: { readonly validateOnly: boolean; readonly assignments: readonly (readonly number[])[] | undefined },
): Promise<void> {
  const { timeoutMs } = context;
  const { validateOnly, assignments } = options;
  const what = `Adding partitions to "${topic}"`;
  const count = async (): Promise<number | undefined> => (await topicMetadata(context, [topic]))[0]?.partitions.length;
  await askItems(context, {
    what,
    items: [topic],
    route: controller,
    ask: async (broker, asked, isRepeated) => {
      const assigned = assignments?.map((brokerIds) => ({ brokerIds: [...brokerIds] })) ?? null;
      const { body } = await broker.send(
        "CreatePartitions",
        () => ({ topics: [{ name: topic, count: total, assignments: assigned }], timeoutMs, validateOnly }),
        { timeoutMs },
      );
      const { errorCode, errorMessage } = body.results[0] ?? unanswered;
      if (errorCode === errorCodes.NONE) return [{ value: undefined }];
      // An earlier attempt whose answer was lost has done it.
      const isDone = errorCode === errorCodes.INVALID_PARTITIONS && asked.some(isRepeated) && (await count()) === total;
      return [isDone ? { value: undefined } : { error: brokerError(errorCode, { what, topic }, errorMessage) }];
    },
  });
  if (validateOnly) return;
  await seen(context, [topic], ([found]) => found !== undefined && found.partitions.length >= total && hasLeaders(found));
}

/** For what a broker's answer leaves out. */
const unanswered = { errorCode: errorCodes.UNKNOWN_SERVER_ERROR, errorMessage: "its answer does not name it" };

function hasLeaders(topic: TopicMetadata): boolean {
  return topic.partitions.length > 0 && topic.partitions.every(({ leaderId }) => leaderId >= 0);
}

// The controller has done it, but brokers hear of it a moment later. When they are slow it is done all the same.
async function seen(context: AdminContext, names: readonly string[], isDone: (found: readonly TopicMetadata[]) => boolean): Promise<void> {
  if (names.length === 0) return;
  const what = "Waiting for topics to be seen";
  const { clock, timeoutMs, signal } = context;
  await untilDeadline({ clock, timeoutMs, signal, context: { what } }, async () => {
    if (!isDone(await topicMetadata(context, names))) throw brokerError(errorCodes.LEADER_NOT_AVAILABLE, { what });
  }).catch(() => {});
}
