import { errorCodes } from "@millrace/protocol";
import { type ApiRegistration, serve } from "./api-registration.ts";

/** Partitions cannot move to another directory: there is only one. */
export const alterReplicaLogDirs: ApiRegistration = serve("AlterReplicaLogDirs", {
  handle({ body }) {
    const partitionsOf = new Map<string, Set<number>>();
    for (const { topics } of body.dirs) {
      for (const { name, partitions } of topics) partitionsOf.set(name, new Set([...(partitionsOf.get(name) ?? []), ...partitions]));
    }
    return {
      results: Array.from(partitionsOf, ([topicName, partitions]) => ({
        topicName,
        partitions: Array.from(partitions, (partitionIndex) => ({ partitionIndex, errorCode: errorCodes.LOG_DIR_NOT_FOUND })),
      })),
    };
  },
});
