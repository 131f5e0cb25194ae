import { keySlot } from "../engine/key-slot.ts";
import { internalTopics } from "../topics/internal-topics.ts";
import type { TransactionPartition } from "./transactional-id.ts";

/** The partition that a group's offsets belong to: what a transaction adds when it commits them. */
export function groupOffsetsPartition(groupId: string): TransactionPartition {
  return { topic: internalTopics.group, partition: keySlot(groupId) };
}
