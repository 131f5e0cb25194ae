import { type ErrorName, errorCodes } from "@millrace/protocol";
import { isInternalTopic } from "../topics/internal-topics.ts";
import type { Topic } from "../topics/topic.ts";
import { type ApiRegistration, serve } from "./api-registration.ts";

/** Gives up the records below an offset; -1 stands for all there are. */
export const deleteRecords: ApiRegistration = serve("DeleteRecords", {
  handle({ body, nodeId }, broker) {
    return {
      topics: body.topics.map(({ name, partitions }) => {
        const topic = broker.topics.named(name);
        return {
          name,
          partitions: partitions.map(({ partitionIndex, offset }) => {
            const result = truncate(topic, partitionIndex, offset, nodeId);
            if (typeof result === "string") return { partitionIndex, lowWatermark: -1, errorCode: errorCodes[result] };
            broker.parkedFetches.wake([topic!.partitions[partitionIndex]!]);
            return { partitionIndex, lowWatermark: result, errorCode: errorCodes.NONE };
          }),
        };
      }),
    };
  },
});

/** The log's new start, or why it stays. */
function truncate(topic: Topic | undefined, partitionIndex: number, offset: number, nodeId: number | undefined): number | ErrorName {
  const partition = topic?.partitions[partitionIndex];
  if (topic === undefined || partition === undefined) return "UNKNOWN_TOPIC_OR_PARTITION";
  if (isInternalTopic(topic.name)) return "INVALID_TOPIC_EXCEPTION";
  if (!partition.isLedBy(nodeId)) return "NOT_LEADER_OR_FOLLOWER";
  if (!topic.cleansBy("delete")) return "POLICY_VIOLATION";
  const { log } = partition;
  const target = offset === -1 ? log.highWatermark : offset;
  if (target < 0 || target > log.highWatermark) return "OFFSET_OUT_OF_RANGE";
  log.truncateBefore(target);
  return log.startOffset;
}
