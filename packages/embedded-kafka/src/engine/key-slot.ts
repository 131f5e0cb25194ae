/** Kafka: `offsets.topic.num.partitions` and `transaction.state.log.num.partitions`. */
export const slotCount = 50;

/** The slot of a group or transactional id: Kafka's partition of the internal topic that would keep it, by the hash of Java's strings. */
export function keySlot(key: string): number {
  let hash = 0;
  for (let index = 0; index < key.length; index++) hash = (Math.imul(hash, 31) + key.charCodeAt(index)) | 0;
  return hash === -0x8000_0000 ? 0 : Math.abs(hash) % slotCount;
}
