import type { CommittedOffset, GroupDescription } from "@millrace/kafka";
import { errorCodes } from "@millrace/protocol";
import { brokerError } from "../client-error.ts";
import { decodeAssignment } from "../consumer/subscription.ts";
import { commitGroupOffsets, fetchGroupOffsets } from "../wire/group-offsets.ts";
import { type AdminContext, anyBroker, onBroker } from "./admin-context.ts";
import { describeTopics } from "./topic-admin.ts";

/** Consumer groups of all brokers, each of which knows those that it coordinates. */
export async function listGroups(context: AdminContext): Promise<readonly string[]> {
  const nodes = await onBroker(context, "Listing groups", anyBroker, async () => {
    await context.cluster.refresh();
    return context.cluster.nodeIds();
  });
  const groups = new Set<string>();
  for (const nodeId of nodes) {
    const found = await onBroker(
      context,
      "Listing groups",
      async (cluster) => await cluster.broker(nodeId),
      async (broker) => {
        const { body } = await broker.send("ListGroups", () => ({}));
        if (body.errorCode !== errorCodes.NONE) throw brokerError(body.errorCode, { what: "Listing groups" });
        return body.groups;
      },
    );
    // A group whose offsets were set without a member ever joining has no protocol yet.
    for (const { groupId, protocolType } of found) if (protocolType === "consumer" || protocolType === "") groups.add(groupId);
  }
  return [...groups].sort();
}

export async function describeGroups(context: AdminContext, groups: readonly string[]): Promise<readonly GroupDescription[]> {
  return await Promise.all(groups.map(async (group) => await describeGroup(context, group)));
}

async function describeGroup(context: AdminContext, group: string): Promise<GroupDescription> {
  const what = `Describing group "${group}"`;
  return await onBroker(
    context,
    what,
    async (cluster) => await cluster.coordinator(group),
    async (broker) => {
      const { body } = await broker.send("DescribeGroups", () => ({ groups: [group] }));
      const [found] = body.groups;
      if (found === undefined) throw brokerError(errorCodes.GROUP_ID_NOT_FOUND, { what });
      // Newer brokers say that a group is unknown, older ones that it is dead.
      if (found.errorCode !== errorCodes.NONE && found.errorCode !== errorCodes.GROUP_ID_NOT_FOUND)
        throw brokerError(found.errorCode, { what }, found.errorMessage);
      return {
        group,
        state: found.groupState,
        protocolType: found.protocolType,
        protocol: found.protocolData,
        members: found.members.map(({ memberId, clientId, clientHost, memberAssignment }) => ({
          memberId,
          clientId,
          clientHost,
          assignment: decodeAssignment(memberAssignment),
        })),
      };
    },
  );
}

export async function deleteGroups(context: AdminContext, groups: readonly string[]): Promise<void> {
  for (const group of groups) {
    const what = `Deleting group "${group}"`;
    await onBroker(
      context,
      what,
      async (cluster) => await cluster.coordinator(group),
      async (broker) => {
        const { body } = await broker.send("DeleteGroups", () => ({ groupsNames: [group] }));
        const errorCode = body.results[0]?.errorCode ?? errorCodes.NONE;
        if (errorCode !== errorCodes.NONE) throw brokerError(errorCode, { what });
      },
    );
  }
}

/** What a group has stored for every partition of these topics. */
export async function groupOffsets(context: AdminContext, group: string, topics: readonly string[]): Promise<readonly CommittedOffset[]> {
  const described = await describeTopics(context, topics);
  const partitions = described.flatMap(({ name, partitions: held }) => held.map(({ partition }) => ({ topic: name, partition })));
  return await fetchGroupOffsets({ ...context, timeoutMs: context.requestTimeoutMs, group, partitions });
}

/** Works on a group without members only: with members the offsets are theirs. */
export async function setGroupOffsets(context: AdminContext, group: string, offsets: readonly CommittedOffset[]): Promise<void> {
  await context.cluster.connect();
  await commitGroupOffsets({ ...context, timeoutMs: context.requestTimeoutMs, group, offsets, memberId: "", generationId: -1 });
}
