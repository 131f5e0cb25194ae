import type { CommittedOffset, GroupMembership, TopicPartition } from "@millrace/kafka";
import { errorCodes } from "@millrace/protocol";
import { brokerError, requireNone } from "./broker-error.ts";
import { byTopic } from "./cluster-offsets.ts";
import type { EngineClient } from "./engine-client.ts";

/** A group's stored offsets; -1 where there is none. */
export async function fetchGroupOffsets(
  client: EngineClient,
  group: string,
  places: readonly TopicPartition[],
): Promise<readonly CommittedOffset[]> {
  const answer = await client.call("OffsetFetch", {
    groups: [
      {
        groupId: group,
        memberId: null,
        memberEpoch: -1,
        topics: byTopic(places).map(([name, partitionIndexes]) => ({ name, partitionIndexes })),
      },
    ],
    requireStable: true,
  });
  return answer.groups.flatMap(({ errorCode, topics }) => {
    requireNone(errorCode, `reading the offsets of group ${group}`);
    return topics.flatMap(({ name: topic, partitions }) =>
      partitions.map((stored) => {
        requireNone(stored.errorCode, `reading the offsets of group ${group} for`, { topic, partition: stored.partitionIndex });
        const { committedOffset: offset, metadata } = stored;
        return { topic, partition: stored.partitionIndex, offset, metadata: offset < 0 || metadata === "" ? null : metadata };
      }),
    );
  });
}

/** Stores a group's offsets, under a membership or (null) for a group without members. Sent once. */
export async function storeGroupOffsets(
  client: EngineClient,
  group: string,
  offsets: readonly CommittedOffset[],
  membership: GroupMembership | null,
): Promise<void> {
  const answer = await client.call("OffsetCommit", {
    groupId: group,
    generationIdOrMemberEpoch: membership?.generationId ?? -1,
    memberId: membership?.memberId ?? "",
    topics: [...Map.groupBy(offsets, ({ topic }) => topic)].map(([name, parts]) => ({
      name,
      partitions: parts.map(({ partition, offset, metadata }) => ({
        partitionIndex: partition,
        committedOffset: offset,
        committedLeaderEpoch: -1,
        committedMetadata: metadata,
      })),
    })),
  });
  for (const { name: topic, partitions } of answer.topics) {
    for (const { partitionIndex: partition, errorCode } of partitions) {
      if (errorCode !== errorCodes.NONE) throw brokerError(errorCode, `committing offsets of group ${group} for`, { topic, partition });
    }
  }
}
