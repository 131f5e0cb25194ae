import { errorCodes } from "@millrace/protocol";
import { type ApiRegistration, serve } from "./api-registration.ts";
import { leadershipProblem } from "./leader-epoch-problem.ts";

/** Where the records of a leader epoch end, so that a consumer notices that it read what was lost (KIP-320). */
export const offsetForLeaderEpoch: ApiRegistration = serve("OffsetForLeaderEpoch", {
  handle({ body, nodeId }, broker) {
    return {
      topics: body.topics.map(({ topic, partitions }) => ({
        topic,
        partitions: partitions.map(({ partition: index, currentLeaderEpoch, leaderEpoch }) => {
          const partition = broker.topics.partition(topic, index);
          if (partition === undefined) return { partition: index, errorCode: errorCodes.UNKNOWN_TOPIC_OR_PARTITION };
          const problem = leadershipProblem(partition, nodeId, currentLeaderEpoch);
          if (problem !== undefined) return { partition: index, errorCode: errorCodes[problem] };
          const end = partition.log.endOfEpoch(leaderEpoch);
          return { partition: index, errorCode: errorCodes.NONE, leaderEpoch: end.epoch, endOffset: end.endOffset };
        }),
      })),
    };
  },
});
