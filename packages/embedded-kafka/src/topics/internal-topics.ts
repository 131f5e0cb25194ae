/** Topics in which Kafka keeps what its coordinators know, by what they coordinate. Here their partitions hold no records. */
export const internalTopics = { group: "__consumer_offsets", transaction: "__transaction_state" } as const;

/** What has a coordinator. */
export type CoordinatedKind = keyof typeof internalTopics;

/** Kafka's `transaction.state.log.min.isr`. */
const transactionMinInSync = 2;

/** Kafka's third one. Share groups are not served, so it never comes to be by itself. */
const shareGroupTopic = "__share_group_state";

/** Whether a topic is the broker's own: nobody else writes to it or cuts it. */
export function isInternalTopic(name: string): boolean {
  return name === internalTopics.group || name === internalTopics.transaction || name === shareGroupTopic;
}

/** What Kafka makes its own topics with. */
export function internalTopicConfigs(kind: CoordinatedKind, replicationFactor: number): ReadonlyMap<string, string> {
  const both = [
    ["cleanup.policy", "compact"],
    ["segment.bytes", "104857600"],
  ] as const;
  if (kind === "group") return new Map([["compression.type", "producer"], ...both]);
  const minInSync = String(Math.min(transactionMinInSync, replicationFactor));
  return new Map([
    ["compression.type", "uncompressed"],
    ["min.insync.replicas", minInSync],
    ...both,
    ["unclean.leader.election.enable", "false"],
  ]);
}
