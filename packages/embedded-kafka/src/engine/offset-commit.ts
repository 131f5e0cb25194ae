import { type ErrorName, errorCodes } from "@millrace/protocol";
import { type ApiRegistration, type EngineRequest, serve } from "./api-registration.ts";
import type { BrokerState } from "./broker-state.ts";

/** A group says how far it is. */
export const offsetCommit: ApiRegistration = serve("OffsetCommit", {
  handle(request, broker) {
    const { version, body } = request;
    // The group is only looked at when there is something to commit, as in Kafka: unknown topics say so even to a stranger.
    let verdict: ErrorName | undefined;
    const asked = body.topics.filter(({ partitions }) => partitions.length > 0);
    return {
      topics: asked.map(({ name, topicId, partitions }) => {
        const topic = version >= 10 ? broker.topics.withId(topicId) : broker.topics.named(name);
        const unknown: ErrorName = version >= 10 ? "UNKNOWN_TOPIC_ID" : "UNKNOWN_TOPIC_OR_PARTITION";
        return {
          ...(version >= 10 ? { topicId } : { name }),
          partitions: partitions.map((committed) => {
            const { partitionIndex } = committed;
            const refuse = (error: ErrorName) => ({ partitionIndex, errorCode: errorCodes[error] });
            if (topic === undefined) return refuse(unknown);
            if (topic.partitions[partitionIndex] === undefined) return refuse("UNKNOWN_TOPIC_OR_PARTITION");
            verdict ??= check(request, broker);
            if (verdict !== "NONE") return refuse(verdict);
            const metadata = committed.committedMetadata ?? "";
            if (metadata.length > broker.settings.offsetMetadataMaxBytes) return refuse("OFFSET_METADATA_TOO_LARGE");
            const committedAtMs = broker.clock.now();
            broker.groups.getOrCreate(body.groupId).offsets.set(topic.name, partitionIndex, {
              offset: committed.committedOffset,
              leaderEpoch: committed.committedLeaderEpoch,
              metadata,
              committedAtMs,
              ...(body.retentionTimeMs >= 0 && { expiresAtMs: committedAtMs + body.retentionTimeMs }),
            });
            return refuse("NONE");
          }),
        };
      }),
    };
  },
});

function check({ body, version }: EngineRequest<"OffsetCommit">, broker: BrokerState): ErrorName {
  const { groupId, memberId, groupInstanceId, generationIdOrMemberEpoch: generation } = body;
  const group = broker.groups.get(groupId);
  if (group === undefined) return generation < 0 ? "NONE" : version >= 9 ? "GROUP_ID_NOT_FOUND" : "ILLEGAL_GENERATION";
  return group.checkCommit({ memberId, instanceId: groupInstanceId, generationId: generation });
}
