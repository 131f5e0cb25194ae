import type { AdminCallOptions, DriverAdmin } from "@millrace/kafka";
import { listOffsets } from "../wire/list-offsets.ts";
import { createAcls, deleteAcls, describeAcls } from "./acl-admin.ts";
import type { AdminContext } from "./admin-context.ts";
import { describeCluster, describeQuorum } from "./cluster-admin.ts";
import { alterConfigs, describeConfigs } from "./config-admin.ts";
import { deleteRecords } from "./delete-records.ts";
import { describeGroups } from "./describe-groups.ts";
import { deleteGroups, removeMembers } from "./group-admin.ts";
import { deleteGroupOffsets, groupOffsets, setGroupOffsets } from "./group-offset-admin.ts";
import { listGroups } from "./list-groups.ts";
import { createPartitions, createTopics, deleteTopics, describeTopics, listTopics, untilKnown } from "./topic-admin.ts";

const defaultReason = "removed by an admin client";

/** The admin calls over a cluster of its own, which it closes. */
export function createClientAdmin(base: AdminContext): DriverAdmin {
  const during = ({ timeoutMs = base.timeoutMs, signal }: AdminCallOptions = {}): AdminContext => ({ ...base, timeoutMs, signal });
  return {
    describeCluster: async (call) => await describeCluster(during(call)),
    describeQuorum: async (call) => await describeQuorum(during(call)),
    listTopics: async (options) => await listTopics(during(options), options?.includeInternal ?? false),
    describeTopics: async (names, options) => await describeTopics(during(options), names, options?.includeAuthorizedOperations ?? false),
    createTopics: async (topics, options) => await createTopics(during(options), topics, options?.validateOnly ?? false),
    deleteTopics: async (names, call) => await deleteTopics(during(call), names),
    createPartitions: async (topic, total, options) =>
      await createPartitions(during(options), topic, total, {
        validateOnly: options?.validateOnly ?? false,
        assignments: options?.assignments,
      }),
    deleteRecords: async (before, call) => await deleteRecords(during(call), before),
    offsets: async (partitions, at, options) => {
      const context = await untilKnown(during(options), partitions);
      return await listOffsets({ ...context, partitions, at, isolation: options?.isolation ?? "read_uncommitted" });
    },
    describeConfigs: async (resources, options) =>
      await describeConfigs(during(options), resources, {
        names: options?.names,
        includeSynonyms: options?.includeSynonyms ?? false,
        includeDocumentation: options?.includeDocumentation ?? false,
      }),
    alterConfigs: async (changes, options) => await alterConfigs(during(options), changes, options?.validateOnly ?? false),
    listGroups: async (options) => await listGroups(during(options), { states: options?.states, types: options?.types }),
    describeGroups: async (groups, call) => await describeGroups(during(call), groups),
    deleteGroups: async (groups, call) => await deleteGroups(during(call), groups),
    removeMembers: async (group, options) =>
      await removeMembers(during(options), group, { members: options?.members, reason: options?.reason ?? defaultReason }),
    groupOffsets: async (group, topics, options) => await groupOffsets(during(options), group, topics, options?.requireStable),
    setGroupOffsets: async (group, offsets, call) => await setGroupOffsets(during(call), group, offsets),
    deleteGroupOffsets: async (group, partitions, call) => await deleteGroupOffsets(during(call), group, partitions),
    describeAcls: async (filter, call) => await describeAcls(during(call), filter ?? {}),
    createAcls: async (acls, call) => await createAcls(during(call), acls),
    deleteAcls: async (filters, call) => await deleteAcls(during(call), filters),
    close: async () => base.cluster.close(),
  };
}
