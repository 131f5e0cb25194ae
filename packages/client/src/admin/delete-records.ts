import type { StartPosition } from "@millrace/kafka";
import { errorCodes } from "@millrace/protocol";
import { brokerError } from "../client-error.ts";
import { untilDeadline } from "../cluster/until-deadline.ts";
import { groupByTopic } from "../wire/group-by-topic.ts";
import type { AdminContext } from "./admin-context.ts";

/** Deletes everything below the offset of each partition. Repeating it is harmless. */
export async function deleteRecords(context: AdminContext, before: readonly StartPosition[]): Promise<void> {
  const { cluster, clock, requestTimeoutMs } = context;
  const what = "Deleting records";
  const topics = [...new Set(before.map(({ topic }) => topic))];
  await untilDeadline({ clock, timeoutMs: requestTimeoutMs, context: { what, brokers: cluster.brokers } }, async () => {
    await cluster.connect();
    await cluster.refresh(topics);
    const byLeader = Map.groupBy(before, ({ topic, partition }) => {
      const leader = cluster.leader(topic, partition);
      if (leader !== undefined) return leader;
      const errorCode = cluster.topic(topic)?.errorCode;
      throw brokerError(errorCode ? errorCode : errorCodes.UNKNOWN_TOPIC_OR_PARTITION, { what, topic, partition });
    });
    for (const [nodeId, positions] of byLeader) {
      const { body } = await (await cluster.broker(nodeId)).send("DeleteRecords", () => ({
        topics: groupByTopic(positions).map(([name, held]) => ({
          name,
          partitions: held.map(({ partition, offset }) => ({ partitionIndex: partition, offset })),
        })),
        timeoutMs: requestTimeoutMs,
      }));
      for (const { name, partitions } of body.topics) {
        for (const { partitionIndex, errorCode } of partitions) {
          if (errorCode !== errorCodes.NONE) throw brokerError(errorCode, { what, topic: name, partition: partitionIndex });
        }
      }
    }
  });
}
