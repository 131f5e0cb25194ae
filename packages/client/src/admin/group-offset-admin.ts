import { type CommittedOffset, KafkaError, type TopicPartition } from "@millrace/kafka";
import { errorCodes } from "@millrace/protocol";
import { brokerError } from "../client-error.ts";
import { groupByTopic } from "../wire/group-by-topic.ts";
import { commitGroupOffsets, fetchGroupOffsets } from "../wire/group-offsets.ts";
import type { AdminContext } from "./admin-context.ts";
import { askItems } from "./ask-items.ts";
import { describeTopics, untilKnown } from "./topic-admin.ts";

/** What a group has stored for every partition of these topics, or at all. */
export async function groupOffsets(
  context: AdminContext,
  group: string,
  topics: readonly string[] | undefined,
  requireStable = true,
): Promise<readonly CommittedOffset[]> {
  await context.cluster.connect();
  if (topics === undefined) return await fetchGroupOffsets({ ...context, group, partitions: "all", requireStable });
  const described = await describeTopics(context, topics);
  const partitions = described.flatMap(({ name, partitions: held }) => held.map(({ partition }) => ({ topic: name, partition })));
  return await fetchGroupOffsets({ ...context, group, partitions, requireStable });
}

/** Without a membership, so that a group with members refuses it. */
export async function setGroupOffsets(context: AdminContext, group: string, offsets: readonly CommittedOffset[]): Promise<void> {
  try {
    await commitGroupOffsets({ ...(await untilKnown(context, offsets)), group, offsets, memberId: "", generationId: -1 });
  } catch (error) {
    if (!KafkaError.is(error) || error.code !== "COMMIT_STALE") throw error;
    throw new KafkaError({
      code: "GROUP_NOT_EMPTY",
      kafkaError: error.kafkaError,
      message: `The offsets of group "${group}" cannot be set while it has members (${error.kafkaError}): stop them, or remove them.`,
      cause: error,
      group,
    });
  }
}

export async function deleteGroupOffsets(context: AdminContext, group: string, partitions: readonly TopicPartition[]): Promise<void> {
  await askItems(context, {
    what: `Deleting offsets of group "${group}"`,
    items: partitions,
    route: async (cluster) => await cluster.coordinator(group),
    ask: async (broker, asked) => {
      const topics = groupByTopic(asked).map(([name, held]) => ({
        name,
        partitions: held.map(({ partition }) => ({ partitionIndex: partition })),
      }));
      const { body } = await broker.send("OffsetDelete", () => ({ groupId: group, topics }));
      return asked.map(({ topic, partition }) => {
        const answered = body.topics
          .find(({ name }) => name === topic)
          ?.partitions.find(({ partitionIndex }) => partitionIndex === partition);
        const errorCode = body.errorCode !== errorCodes.NONE ? body.errorCode : (answered?.errorCode ?? errorCodes.UNKNOWN_SERVER_ERROR);
        if (errorCode === errorCodes.NONE) return { value: undefined };
        const what = `Deleting the offset of group "${group}" for "${topic}" partition ${partition}`;
        return { error: brokerError(errorCode, { what, topic, partition, group }) };
      });
    },
  });
}
