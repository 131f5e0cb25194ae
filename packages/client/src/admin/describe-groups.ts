import type { GroupDescription } from "@millrace/kafka";
import { errorCodes, type ResponseTypes } from "@millrace/protocol";
import { brokerError } from "../client-error.ts";
import type { Broker } from "../cluster/broker.ts";
import { decodeAssignment } from "../consumer/assignors/subscription.ts";
import type { AdminContext } from "./admin-context.ts";
import { askItems, type ItemAnswer } from "./ask-items.ts";
import { groupState } from "./group-state.ts";

type ClassicGroup = ResponseTypes["DescribeGroups"]["groups"][number];
type AssignedGroup = ResponseTypes["ConsumerGroupDescribe"]["groups"][number];

const consumerProtocolType = "consumer";

/** Groups at their coordinators. What classic groups' API calls dead may be a group whose broker assigns (KIP-848), which has an API of its own. */
export async function describeGroups(context: AdminContext, groups: readonly string[]): Promise<readonly GroupDescription[]> {
  return await askItems(context, {
    what: "Describing groups",
    items: groups,
    route: async (cluster, group) => await cluster.coordinator(group),
    ask: async (broker, asked) => {
      const { body } = await broker.send("DescribeGroups", () => ({ groups: [...new Set(asked)] }));
      const classic = new Map(body.groups.map((found) => [found.groupId, found]));
      const isDead = (group: string): boolean => classic.get(group)?.groupState === "Dead";
      const assigned = await describeAssigned(broker, asked.filter(isDead));
      return asked.map((group) => answerFor(group, classic.get(group), assigned.get(group), broker));
    },
  });
}

async function describeAssigned(broker: Broker, groups: readonly string[]): Promise<ReadonlyMap<string, AssignedGroup>> {
  if (groups.length === 0 || !(await broker.offers("ConsumerGroupDescribe"))) return new Map();
  const { body } = await broker.send("ConsumerGroupDescribe", () => ({ groupIds: [...groups] }));
  return new Map(body.groups.filter(({ errorCode }) => errorCode === errorCodes.NONE).map((found) => [found.groupId, found]));
}

function answerFor(
  group: string,
  classic: ClassicGroup | undefined,
  assigned: AssignedGroup | undefined,
  { address: { host, port } }: Broker,
): ItemAnswer<GroupDescription> {
  const coordinator = { host, port };
  if (assigned !== undefined) return { value: { group, coordinator, ...assignedGroup(assigned) } };
  const errorCode = classic?.errorCode ?? errorCodes.UNKNOWN_SERVER_ERROR;
  // Newer brokers say that a group is unknown, older ones that it is dead.
  if (classic === undefined || (errorCode !== errorCodes.NONE && errorCode !== errorCodes.GROUP_ID_NOT_FOUND)) {
    return { error: brokerError(errorCode, { what: `Describing group "${group}"`, group }, classic?.errorMessage) };
  }
  return { value: { group, coordinator, ...classicGroup(classic) } };
}

function classicGroup(found: ClassicGroup): Omit<GroupDescription, "group" | "coordinator"> {
  const { protocolType, protocolData } = found;
  return {
    state: groupState(found.groupState),
    type: "classic",
    protocolType,
    protocol: protocolData,
    members: found.members.map(({ memberId, groupInstanceId, clientId, clientHost, memberAssignment }) => ({
      memberId,
      groupInstanceId,
      clientId,
      clientHost,
      // Others, such as Connect's workers, share out something else.
      assignment: protocolType === consumerProtocolType ? decodeAssignment(memberAssignment) : [],
    })),
  };
}

function assignedGroup(found: AssignedGroup): Omit<GroupDescription, "group" | "coordinator"> {
  return {
    state: groupState(found.groupState),
    type: "consumer",
    protocolType: consumerProtocolType,
    protocol: found.assignorName,
    members: found.members.map(({ memberId, instanceId, clientId, clientHost, assignment }) => ({
      memberId,
      groupInstanceId: instanceId,
      clientId,
      clientHost,
      assignment: assignment.topicPartitions.flatMap(({ topicName, partitions }) =>
        partitions.map((partition) => ({ topic: topicName, partition })),
      ),
    })),
  };
}
