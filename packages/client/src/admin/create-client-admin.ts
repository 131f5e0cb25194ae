import type { DriverAdmin } from "@millrace/kafka";
import { listOffsets } from "../wire/list-offsets.ts";
import type { AdminContext } from "./admin-context.ts";
import { deleteRecords } from "./delete-records.ts";
import { deleteGroups, describeGroups, groupOffsets, listGroups, setGroupOffsets } from "./group-admin.ts";
import { createPartitions, createTopics, deleteTopics, describeTopicConfigs, describeTopics, listTopics } from "./topic-admin.ts";

/** The admin calls over a cluster of its own, which it closes. */
export function createClientAdmin(context: AdminContext): DriverAdmin {
  return {
    listTopics: async () => await listTopics(context),
    describeTopics: async (names) => await describeTopics(context, names),
    createTopics: async (topics, options) => await createTopics(context, topics, options),
    deleteTopics: async (names, options) => await deleteTopics(context, names, options),
    createPartitions: async (topic, total) => await createPartitions(context, topic, total),
    describeTopicConfigs: async (names) => await describeTopicConfigs(context, names),
    listGroups: async () => await listGroups(context),
    describeGroups: async (groups) => await describeGroups(context, groups),
    deleteGroups: async (groups) => await deleteGroups(context, groups),
    groupOffsets: async (group, topics) => await groupOffsets(context, group, topics),
    setGroupOffsets: async (group, offsets) => await setGroupOffsets(context, group, offsets),
    offsets: async (partitions, at) => {
      await context.cluster.connect();
      return await listOffsets({ ...context, timeoutMs: context.requestTimeoutMs, partitions, at, isolation: "read_uncommitted" });
    },
    deleteRecords: async (before) => await deleteRecords(context, before),
    close: async () => context.cluster.close(),
  };
}
