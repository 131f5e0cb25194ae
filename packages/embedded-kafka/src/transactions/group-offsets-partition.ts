import { keySlot } from "../engine/key-slot.ts";
import type { TransactionPartition } from "./transactional-id.ts";

/** The topic in which Kafka keeps committed offsets. Here it has no log; transactions name its partitions all the same. */
export const groupOffsetsTopic = "__consumer_offsets";

/** The partition that a group's offsets belong to: what a transaction adds when it commits them. */
export function groupOffsetsPartition(groupId: string): TransactionPartition {
  return { topic: groupOffsetsTopic, partition: keySlot(groupId) };
}
