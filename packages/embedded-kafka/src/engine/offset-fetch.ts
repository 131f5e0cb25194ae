import { errorCodes, type RequestTypes, type ResponseTypes } from "@millrace/protocol";
import type { CommittedOffset } from "../groups/committed-offsets.ts";
import { type ApiRegistration, serve } from "./api-registration.ts";
import type { BrokerState } from "./broker-state.ts";

type AskedTopic = NonNullable<RequestTypes["OffsetFetch"]["groups"][number]["topics"]>[number];
type AnsweredGroup = ResponseTypes["OffsetFetch"]["groups"][number];
type AnsweredTopic = AnsweredGroup["topics"][number];
type AnsweredPartition = AnsweredTopic["partitions"][number];

/** How far groups are. A partition without a committed offset is answered with -1; without a list of topics the answer has all there are. */
export const offsetFetch: ApiRegistration = serve("OffsetFetch", {
  handle({ version, body }, broker) {
    if (version < 8) {
      const asked = body.topics?.map((topic) => ({ ...topic, topicId: "" })) ?? null;
      return { topics: topicsOf(body.groupId, asked, version, broker).map((topic) => withoutLateFields(topic, version)) };
    }
    return {
      groups: body.groups.map(({ groupId, topics }) => ({
        groupId,
        topics: topicsOf(groupId, topics, version, broker).map(({ name, topicId, partitions }) =>
          version >= 10 ? { topicId, partitions } : { name, partitions },
        ),
      })),
    };
  },
});

function topicsOf(groupId: string, asked: readonly AskedTopic[] | null, version: number, broker: BrokerState): AnsweredTopic[] {
  const offsets = broker.groups.get(groupId)?.offsets;
  if (asked === null) {
    return [...(offsets?.byTopic() ?? [])].map(([name, partitions]) => ({
      name,
      topicId: broker.topics.named(name)?.id ?? "",
      partitions: [...partitions].map(([index, committed]) => answer(index, committed)),
    }));
  }
  return asked.map(({ name, topicId, partitionIndexes }) => {
    const topic = version >= 10 ? broker.topics.withId(topicId) : undefined;
    const unknownId = version >= 10 && topic === undefined;
    const topicName = topic?.name ?? name;
    const partitions = partitionIndexes.map((index) =>
      unknownId ? { ...answer(index, undefined), errorCode: errorCodes.UNKNOWN_TOPIC_ID } : answer(index, offsets?.get(topicName, index)),
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
