import { errorCodes, type RequestTypes, type ResponseTypes } from "@millrace/protocol";
import type { CommittedOffset } from "../groups/committed-offsets.ts";
import { type ApiRegistration, type EngineRequest, serve } from "./api-registration.ts";
import type { BrokerState } from "./broker-state.ts";

type AskedTopic = NonNullable<RequestTypes["OffsetFetch"]["groups"][number]["topics"]>[number];
type AnsweredGroup = ResponseTypes["OffsetFetch"]["groups"][number];
type AnsweredTopic = AnsweredGroup["topics"][number];
type AnsweredPartition = AnsweredTopic["partitions"][number];

/** How far groups are. A partition without a committed offset is answered with -1; without a list of topics the answer has all there are. */
export const offsetFetch: ApiRegistration = serve("OffsetFetch", {
  handle(request, broker) {
    const { version, body } = request;
    if (version < 8) {
      const asked = body.topics?.map((topic) => ({ ...topic, topicId: "" })) ?? null;
      return { topics: topicsOf(body.groupId, asked, request, broker).map((topic) => withoutLateFields(topic, version)) };
    }
    return {
      groups: body.groups.map(({ groupId, topics }) => ({
        groupId,
        topics: topicsOf(groupId, topics, request, broker).map(({ name, topicId, partitions }) =>
          version >= 10 ? { topicId, partitions } : { name, partitions },
        ),
      })),
    };
  },
});

function topicsOf(
  groupId: string,
  asked: readonly AskedTopic[] | null,
  { version, body }: EngineRequest<"OffsetFetch">,
  broker: BrokerState,
): AnsweredTopic[] {
  const offsets = broker.groups.get(groupId)?.offsets;
  const stand = (topic: string, index: number): AnsweredPartition => {
    // Who wants nothing that may still change has to ask again when the transaction is over.
    if (body.requireStable && offsets?.hasPending(topic, index) === true)
      return { ...answer(index, undefined), errorCode: errorCodes.UNSTABLE_OFFSET_COMMIT };
    return answer(index, offsets?.get(topic, index));
  };
  if (asked === null) {
    return [...(offsets?.byTopic() ?? [])].map(([name, partitions]) => ({
      name,
      topicId: broker.topics.named(name)?.id ?? "",
      partitions: [...partitions.keys()].map((index) => stand(name, index)),
    }));
  }
  return asked.map(({ name, topicId, partitionIndexes }) => {
    const topic = version >= 10 ? broker.topics.withId(topicId) : undefined;
    const unknownId = version >= 10 && topic === undefined;
    const topicName = topic?.name ?? name;
    const partitions = partitionIndexes.map((index) =>
      unknownId ? { ...answer(index, undefined), errorCode: errorCodes.UNKNOWN_TOPIC_ID } : stand(topicName, index),
    );
    return { name: topicName, topicId, partitions };
  });
}

function answer(partitionIndex: number, committed: CommittedOffset | undefined): AnsweredPartition {
  return {
    partitionIndex,
    committedOffset: committed?.offset ?? -1,
    committedLeaderEpoch: committed?.leaderEpoch ?? -1,
    metadata: committed?.metadata ?? "",
    errorCode: errorCodes.NONE,
  };
}

/** Versions before 5 have no leader epoch. */
function withoutLateFields(
  { name, partitions }: AnsweredTopic,
  version: number,
): Pick<AnsweredTopic, "name"> & {
  readonly partitions: readonly Partial<AnsweredPartition>[];
} {
  if (version >= 5) return { name, partitions };
  return {
    name,
    partitions: partitions.map(({ partitionIndex, committedOffset, metadata, errorCode }) => ({
      partitionIndex,
      committedOffset,
      metadata,
      errorCode,
    })),
  };
}
