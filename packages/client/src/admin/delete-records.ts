import type { StartPosition } from "@millrace/kafka";
import { errorCodes } from "@millrace/protocol";
import { brokerError } from "../client-error.ts";
import { groupByTopic } from "../wire/group-by-topic.ts";
import type { AdminContext } from "./admin-context.ts";
import { askItems } from "./ask-items.ts";

/** Deletes everything below the offset of each partition. Repeating it is harmless. */
export async function deleteRecords(context: AdminContext, before: readonly StartPosition[]): Promise<readonly StartPosition[]> {
  const { timeoutMs } = context;
  const describe = (topic: string, partition: number) => ({
    what: `Deleting records of "${topic}" partition ${partition}`,
    topic,
    partition,
  });
  return await askItems(context, {
    what: "Deleting records",
    items: before,
    topics: [...new Set(before.map(({ topic }) => topic))],
    route: async (cluster, { topic, partition }) => {
      const leader = cluster.leader(topic, partition);
      if (leader !== undefined) return await cluster.broker(leader);
      const errorCode = cluster.topic(topic)?.errorCode;
      throw brokerError(errorCode ? errorCode : errorCodes.UNKNOWN_TOPIC_OR_PARTITION, describe(topic, partition));
    },
    ask: async (broker, asked) => {
      const topics = groupByTopic(asked).map(([name, held]) => ({
        name,
        partitions: held.map(({ partition, offset }) => ({ partitionIndex: partition, offset })),
      }));
      const { body } = await broker.send("DeleteRecords", () => ({ topics, timeoutMs }), { timeoutMs });
      return asked.map(({ topic, partition }) => {
        const answered = body.topics
          .find(({ name }) => name === topic)
          ?.partitions.find(({ partitionIndex }) => partitionIndex === partition);
        const { errorCode, lowWatermark } = answered ?? { errorCode: errorCodes.UNKNOWN_SERVER_ERROR, lowWatermark: -1 };
        if (errorCode === errorCodes.NONE) return { value: { topic, partition, offset: lowWatermark } };
        return { error: brokerError(errorCode, describe(topic, partition)) };
      });
    },
  });
}
