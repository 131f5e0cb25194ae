import { type ErrorName, errorCodes } from "@millrace/protocol";
import { consumerProtocolType, subscribedTopicsOf } from "../groups/subscribed-topics.ts";
import { type ApiRegistration, serve } from "./api-registration.ts";

/** Deletes where a group stands in partitions that none of its members reads (KIP-496). */
export const offsetDelete: ApiRegistration = serve("OffsetDelete", {
  handle({ body: { groupId, topics } }, broker) {
    if (groupId === "") return { errorCode: errorCodes.INVALID_GROUP_ID };
    const group = broker.groups.get(groupId);
    if (group === undefined) return { errorCode: errorCodes.GROUP_ID_NOT_FOUND };
    if (group.members.length > 0 && group.protocolType !== consumerProtocolType) return { errorCode: errorCodes.NON_EMPTY_GROUP };
    const subscribed = subscribedTopicsOf(group);
    const answered = topics
      .filter(({ partitions }) => partitions.length > 0)
      .map(({ name, partitions }) => {
        const verdict = (partitionIndex: number): ErrorName => {
          if (broker.topics.partition(name, partitionIndex) === undefined) return "UNKNOWN_TOPIC_OR_PARTITION";
          if (subscribed === undefined || subscribed.has(name)) return "GROUP_SUBSCRIBED_TO_TOPIC";
          group.offsets.delete(name, partitionIndex);
          return "NONE";
        };
        return {
          name,
          partitions: partitions.map(({ partitionIndex }) => ({ partitionIndex, errorCode: errorCodes[verdict(partitionIndex)] })),
        };
      });
    return { topics: answered };
  },
});
