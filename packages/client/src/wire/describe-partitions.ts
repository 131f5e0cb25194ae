import type { TopicDescription } from "@millrace/kafka";
import { errorByCode, errorCodes, type ResponseTypes } from "@millrace/protocol";

type TopicMetadata = ResponseTypes["Metadata"]["topics"][number];

/** A topic's partitions as brokers tell them, by number. */
export function describePartitions(partitions: TopicMetadata["partitions"]): TopicDescription["partitions"] {
  return partitions
    .map(({ partitionIndex, leaderId, replicaNodes, isrNodes, errorCode }) => ({
      partition: partitionIndex,
      leader: leaderId,
      replicas: replicaNodes,
      inSyncReplicas: isrNodes,
      error: errorCode === errorCodes.NONE ? null : errorByCode(errorCode).name,
    }))
    .sort((a, b) => a.partition - b.partition);
}
