import type { TransactionPartition } from "./transactional-id.ts";

/** The topic in which Kafka keeps committed offsets. Here it has no log; transactions name its partitions all the same. */
export const groupOffsetsTopic = "__consumer_offsets";
/** Kafka: `offsets.topic.num.partitions`. */
const partitionCount = 50;

/** The partition that a group's offsets belong to: what a transaction adds when it commits them. */
export function groupOffsetsPartition(groupId: string): TransactionPartition {
  let hash = 0;
  for (let index = 0; index < groupId.length; index++) hash = (Math.imul(hash, 31) + groupId.charCodeAt(index)) | 0;
  return { topic: groupOffsetsTopic, partition: hash === -0x8000_0000 ? 0 : Math.abs(hash) % partitionCount };
}
