import { type ErrorName, errorCodes, type RequestTypes, zeroUuid } from "@millrace/protocol";
import type { Topic } from "../topics/topic.ts";
import { type ApiRegistration, type ResponseBody, serve } from "./api-registration.ts";
import type { BrokerState } from "./broker-state.ts";

type AskedTopic = RequestTypes["DeleteTopics"]["topics"][number];
type AnsweredTopic = NonNullable<ResponseBody<"DeleteTopics">["responses"]>[number];

/** Removes topics, by name or by id, with their records and where groups stood in them. */
export const deleteTopics: ApiRegistration = serve("DeleteTopics", {
  handle({ version, body }, broker) {
    const asked = version >= 6 ? body.topics : body.topicNames.map((name) => ({ name, topicId: zeroUuid }));
    const groups = new Map<string, AskedTopic[]>();
    for (const topic of asked) {
      // A topic that is named once by its name and once by its id is one topic.
      const key = find(topic, broker)?.id ?? topic.name ?? topic.topicId;
      groups.set(key, [...(groups.get(key) ?? []), topic]);
    }
    return {
      responses: [...groups.values()].map((same): AnsweredTopic => {
        const name = same.find((topic) => topic.name !== null)?.name ?? null;
        const topicId = same.find((topic) => topic.topicId !== zeroUuid)?.topicId ?? zeroUuid;
        return remove({ name, topicId }, same.length > 1, version, broker);
      }),
    };
  },
});

function find({ name, topicId }: AskedTopic, broker: BrokerState): Topic | undefined {
  return name === null ? broker.topics.withId(topicId) : broker.topics.named(name);
}

function remove({ name, topicId }: AskedTopic, twice: boolean, version: number, broker: BrokerState): AnsweredTopic {
  const failed = (error: ErrorName, errorMessage: string): AnsweredTopic => ({
    name,
    ...(version >= 6 && { topicId }),
    errorCode: errorCodes[error],
    ...(version >= 5 && { errorMessage }),
  });
  if (twice) return failed("INVALID_REQUEST", "Duplicate topic name or id.");
  if ((name === null) === (topicId === zeroUuid)) return failed("INVALID_REQUEST", "A topic needs either a name or an id.");
  const topic = find({ name, topicId }, broker);
  if (topic === undefined) {
    return name === null
      ? failed("UNKNOWN_TOPIC_ID", "This server does not host this topic ID.")
      : failed("UNKNOWN_TOPIC_OR_PARTITION", "This server does not host this topic-partition.");
  }
  broker.topics.delete(topic);
  broker.groups.topicDeleted(topic.name);
  broker.parkedFetches.wake(topic.partitions);
  return { name: topic.name, ...(version >= 6 && { topicId: topic.id }) };
}
