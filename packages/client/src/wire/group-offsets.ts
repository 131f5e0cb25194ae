import type { Clock } from "@millrace/core";
import { type CommittedOffset, KafkaError, type TopicPartition } from "@millrace/kafka";
import { errorByCode, errorCodes } from "@millrace/protocol";
import { brokerError } from "../client-error.ts";
import type { Cluster } from "../cluster/cluster.ts";
import { untilDeadline } from "../cluster/until-deadline.ts";
import { groupByTopic } from "./group-by-topic.ts";

/** Whose offsets, and how long to try. */
export interface GroupOffsetsOptions {
  readonly cluster: Cluster;
  readonly clock: Clock;
  readonly timeoutMs: number;
  readonly group: string;
  readonly signal?: AbortSignal | undefined;
}

const staleErrors = new Set([
  "ILLEGAL_GENERATION",
  "UNKNOWN_MEMBER_ID",
  "REBALANCE_IN_PROGRESS",
  "FENCED_INSTANCE_ID",
  "STALE_MEMBER_EPOCH",
]);

/**
 * A group's stored offsets of these partitions, in their order, -1 where there is none; or all that it has. Waits for open transactions with offsets of the
 * group to end, unless these are not required to be stable.
 */
export async function fetchGroupOffsets(
  options: GroupOffsetsOptions & { readonly partitions: readonly TopicPartition[] | "all"; readonly requireStable?: boolean },
): Promise<readonly CommittedOffset[]> {
  const { group, partitions, requireStable = true } = options;
  if (partitions.length === 0) return [];
  const what = `Reading the offsets of group "${group}"`;
  return await withCoordinator(options, what, async (coordinator) => {
    const { version, body } = await coordinator.send("OffsetFetch", (chosen) => {
      const topics =
        partitions === "all"
          ? null
          : groupByTopic(partitions).map(([name, held]) => ({ name, partitionIndexes: held.map(({ partition }) => partition) }));
      const stable = chosen >= 7 ? { requireStable } : {};
      return chosen >= 8 ? { groups: [{ groupId: group, topics }], ...stable } : { groupId: group, topics, ...stable };
    });
    const answer = version >= 8 ? body.groups[0] : body;
    if (answer === undefined) throw brokerError(errorCodes.UNKNOWN_SERVER_ERROR, { what });
    if (answer.errorCode !== errorCodes.NONE) throw brokerError(answer.errorCode, { what });
    const found = new Map<string, CommittedOffset>();
    for (const { name, partitions: answers } of answer.topics) {
      for (const { partitionIndex, errorCode, committedOffset, metadata } of answers) {
        if (errorCode !== errorCodes.NONE) throw brokerError(errorCode, { what, topic: name, partition: partitionIndex });
        found.set(`${name}/${partitionIndex}`, {
          topic: name,
          partition: partitionIndex,
          offset: committedOffset,
          metadata: committedOffset < 0 ? null : metadata,
        });
      }
    }
    if (partitions === "all") return [...found.values()].filter(({ offset }) => offset >= 0);
    return partitions.map(({ topic, partition }) => found.get(`${topic}/${partition}`) ?? { topic, partition, offset: -1, metadata: null });
  });
}

/**
 * Stores offsets under a membership; under none (`""`, -1) only an empty group takes them.
 * @throws KafkaError `COMMIT_STALE` when the group no longer knows the membership
 */
export async function commitGroupOffsets(
  options: GroupOffsetsOptions & {
    readonly offsets: readonly CommittedOffset[];
    readonly memberId: string;
    readonly generationId: number;
    readonly groupInstanceId?: string | null;
  },
): Promise<void> {
  const { group, offsets, memberId, generationId, groupInstanceId = null } = options;
  if (offsets.length === 0) return;
  const what = `Committing offsets of group "${group}"`;
  await withCoordinator(options, what, async (coordinator) => {
    const { body } = await coordinator.send("OffsetCommit", () => ({
      groupId: group,
      generationIdOrMemberEpoch: generationId,
      memberId,
      ...(groupInstanceId === null ? {} : { groupInstanceId }),
      topics: groupByTopic(offsets).map(([name, held]) => ({
        name,
        partitions: held.map(({ partition, offset, metadata }) => ({
          partitionIndex: partition,
          committedOffset: offset,
          committedMetadata: metadata,
        })),
      })),
    }));
    for (const { name, partitions } of body.topics) {
      for (const { partitionIndex, errorCode } of partitions) {
        if (errorCode === errorCodes.NONE) continue;
        throw commitError(errorCode, { what, topic: name, partition: partitionIndex });
      }
    }
  });
}

/** The error for an answer to a commit of offsets. */
export function commitError(code: number, context: { what: string; topic: string; partition: number }): KafkaError {
  const { name } = errorByCode(code);
  if (!staleErrors.has(name)) return brokerError(code, context);
  return new KafkaError({
    code: "COMMIT_STALE",
    kafkaError: name,
    message: `${context.what} was refused (${name}): the partitions may belong to another member by now, who will read on from the last commit.`,
    topic: context.topic,
    partition: context.partition,
  });
}

async function withCoordinator<T>(
  options: GroupOffsetsOptions,
  what: string,
  work: (coordinator: Awaited<ReturnType<Cluster["coordinator"]>>) => Promise<T>,
): Promise<T> {
  const { cluster, clock, timeoutMs, group, signal } = options;
  const recover = async (): Promise<void> => {
    cluster.forgetCoordinator(group);
    await cluster.refresh();
  };
  return await untilDeadline(
    { clock, timeoutMs, signal, context: { what, brokers: cluster.brokers }, recover, closing: cluster.closing },
    async () => work(await cluster.coordinator(group)),
  );
}
