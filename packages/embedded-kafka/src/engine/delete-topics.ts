import { type ErrorName, errorCodes, type RequestTypes, zeroUuid } from "@millrace/protocol";
import { type ApiRegistration, type ResponseBody, serve } from "./api-registration.ts";
import type { BrokerState } from "./broker-state.ts";

type AskedTopic = RequestTypes["DeleteTopics"]["topics"][number];
type AnsweredTopic = NonNullable<ResponseBody<"DeleteTopics">["responses"]>[number];

/** Removes topics, by name or by id, with their records and where groups stood in them. */
export const deleteTopics: ApiRegistration = serve("DeleteTopics", {
  handle({ version, body }, broker) {
    const asked = version >= 6 ? body.topics : body.topicNames.map((name) => ({ name, topicId: zeroUuid }));
    const keys = asked.map(({ name, topicId }) => name ?? topicId);
    const once = asked.filter((_, index) => keys.indexOf(keys[index]!) === index);
    return {
      responses: once.map((topic): AnsweredTopic => {
        const key = topic.name ?? topic.topicId;
        return remove(topic, keys.indexOf(key) !== keys.lastIndexOf(key), version, broker);
      }),
    };
  },
});

function remove({ name, topicId }: AskedTopic, twice: boolean, version: number, broker: BrokerState): AnsweredTopic {
  const failed = (error: ErrorName, errorMessage: string): AnsweredTopic => ({
    name,
    ...(version >= 6 && { topicId }),
    errorCode: errorCodes[error],
    ...(version >= 5 && { errorMessage }),
  });
  if (twice) return failed("INVALID_REQUEST", "Duplicate topic name or id.");
  if ((name === null) === (topicId === zeroUuid)) return failed("INVALID_REQUEST", "A topic needs either a name or an id.");
  const topic = name === null ? broker.topics.withId(topicId) : broker.topics.named(name);
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
