import { type ErrorName, errorByCode } from "@millrace/protocol";
import { type ErrorAnswers, topLevel } from "./error-answer.ts";

/** Errors of OffsetFetch that are about a partition, not about the group. */
const partitionErrors: ReadonlySet<ErrorName> = new Set([
  "UNSTABLE_OFFSET_COMMIT",
  "UNKNOWN_TOPIC_OR_PARTITION",
  "UNKNOWN_TOPIC_ID",
  "TOPIC_AUTHORIZATION_FAILED",
]);

/** Errors of OffsetDelete that are about a partition. */
const deletionErrors: ReadonlySet<ErrorName> = new Set([
  "GROUP_SUBSCRIBED_TO_TOPIC",
  "UNKNOWN_TOPIC_OR_PARTITION",
  "TOPIC_AUTHORIZATION_FAILED",
]);

/** How APIs of consumer groups say an error. */
export const groupErrorAnswers: ErrorAnswers = {
  FindCoordinator: (errorCode, { body, version }) => {
    const nobody = { nodeId: -1, host: "", port: -1, errorCode };
    return version < 4 ? nobody : { coordinators: body.coordinatorKeys.map((key) => ({ key, ...nobody })) };
  },
  JoinGroup: (errorCode, { body, version }) => ({ errorCode, memberId: body.memberId, protocolName: version >= 7 ? null : "" }),
  SyncGroup: topLevel,
  Heartbeat: topLevel,
  LeaveGroup: topLevel,
  ListGroups: topLevel,
  DescribeGroups: (errorCode, { body }) => ({ groups: body.groups.map((groupId) => ({ groupId, errorCode })) }),
  DeleteGroups: (errorCode, { body }) => ({ results: body.groupsNames.map((groupId) => ({ groupId, errorCode })) }),
  OffsetCommit: (errorCode, { body }) => ({
    topics: body.topics.map(({ name, topicId, partitions }) => ({
      name,
      topicId,
      partitions: partitions.map(({ partitionIndex }) => ({ partitionIndex, errorCode })),
    })),
  }),
  OffsetFetch: (errorCode, { body, version }) => {
    const nowhere = (partitionIndexes: readonly number[]) =>
      partitionIndexes.map((partitionIndex) => ({ partitionIndex, errorCode, committedOffset: -1, metadata: "" }));
    const ofPartitions = partitionErrors.has(errorByCode(errorCode).name);
    if (version >= 8) {
      return {
        groups: body.groups.map(({ groupId, topics }) =>
          ofPartitions && topics !== null
            ? {
                groupId,
                topics: topics.map(({ name, topicId, partitionIndexes }) => ({ name, topicId, partitions: nowhere(partitionIndexes) })),
              }
            : { groupId, errorCode },
        ),
      };
    }
    // The first versions have no place for an error of the group but the partitions.
    if (version >= 2 && (!ofPartitions || body.topics === null)) return { errorCode };
    return { topics: (body.topics ?? []).map(({ name, partitionIndexes }) => ({ name, partitions: nowhere(partitionIndexes) })) };
  },
  OffsetDelete: (errorCode, { body }) => {
    if (!deletionErrors.has(errorByCode(errorCode).name)) return { errorCode };
    const partitionsOf = (partitions: readonly { readonly partitionIndex: number }[]) =>
      partitions.map(({ partitionIndex }) => ({ partitionIndex, errorCode }));
    return { topics: body.topics.map(({ name, partitions }) => ({ name, partitions: partitionsOf(partitions) })) };
  },
};
