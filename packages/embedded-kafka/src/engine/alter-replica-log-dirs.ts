import { type ErrorName, errorCodes } from "@millrace/protocol";
import { type ApiRegistration, serve } from "./api-registration.ts";
import { logDirectory } from "./broker-config-table.ts";

/** Partitions may move to the directory that they are in: there is no other. */
export const alterReplicaLogDirs: ApiRegistration = serve("AlterReplicaLogDirs", {
  handle({ body }, broker) {
    // A partition that is named for several directories goes to the last of them.
    const wanted = new Map<string, Map<number, string>>();
    for (const { path, topics } of body.dirs) {
      for (const { name, partitions } of topics) {
        const paths = wanted.get(name) ?? new Map<number, string>();
        for (const partition of partitions) paths.set(partition, path);
        wanted.set(name, paths);
      }
    }
    const errorOf = (topic: string, partition: number, path: string): ErrorName => {
      if (path !== logDirectory) return "LOG_DIR_NOT_FOUND";
      return broker.topics.partition(topic, partition) === undefined ? "UNKNOWN_TOPIC_OR_PARTITION" : "NONE";
    };
    return {
      results: Array.from(wanted, ([topicName, paths]) => ({
        topicName,
        partitions: Array.from(paths, ([partitionIndex, path]) => ({
          partitionIndex,
          errorCode: errorCodes[errorOf(topicName, partitionIndex, path)],
        })),
      })),
    };
  },
});
