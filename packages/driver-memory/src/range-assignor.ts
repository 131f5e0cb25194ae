import type { TopicPartition } from "@millrace/kafka";

/** A member and what it subscribes to. */
export interface Subscriber {
  readonly memberId: string;
  readonly topics: readonly string[];
}

/**
 * Java's range assignor: per topic, partitions in order are cut into as many ranges as there are subscribers, in the order of their member ids; the first ones
 * get one more where it does not come out even. Topics with equal partition counts are therefore assigned alike.
 */
export function assignRanges(
  subscribers: readonly Subscriber[],
  partitionCounts: ReadonlyMap<string, number>,
): ReadonlyMap<string, readonly TopicPartition[]> {
  const assignment = new Map<string, TopicPartition[]>(subscribers.map(({ memberId }) => [memberId, []]));
  const sorted = subscribers.toSorted((a, b) => (a.memberId < b.memberId ? -1 : 1));
  for (const [topic, count] of [...partitionCounts].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const members = sorted.filter(({ topics }) => topics.includes(topic));
    if (members.length === 0) continue;
    const share = Math.floor(count / members.length);
    const larger = count % members.length;
    let next = 0;
    for (const [index, { memberId }] of members.entries()) {
      const size = share + (index < larger ? 1 : 0);
      for (let partition = next; partition < next + size; partition++) assignment.get(memberId)?.push({ topic, partition });
      next += size;
    }
  }
  return assignment;
}
