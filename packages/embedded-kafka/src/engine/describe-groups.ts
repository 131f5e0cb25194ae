import { errorCodes } from "@millrace/protocol";
import type { ClassicGroup } from "../groups/classic-group.ts";
import { type ApiRegistration, type ResponseBody, serve } from "./api-registration.ts";
import { allGroupOperations } from "./authorized-operations.ts";

type DescribedGroup = NonNullable<ResponseBody<"DescribeGroups">["groups"]>[number];

/** Who is in which group. A group that does not exist is described as dead; from version 6 on that is an error too (KIP-1043). */
export const describeGroups: ApiRegistration = serve("DescribeGroups", {
  handle({ version, body }, broker) {
    const operations = body.includeAuthorizedOperations ? { authorizedOperations: allGroupOperations } : {};
    return {
      groups: body.groups.map((groupId): DescribedGroup => {
        const group = broker.groups.get(groupId);
        if (group !== undefined) return { ...describe(group, version), ...operations };
        if (version < 6) return { groupId, groupState: "Dead", ...operations };
        return { groupId, groupState: "Dead", errorCode: errorCodes.GROUP_ID_NOT_FOUND, errorMessage: `Group ${groupId} not found.` };
      }),
    };
  },
});

function describe(group: ClassicGroup, version: number): DescribedGroup {
  // While a rebalance is under way nothing is agreed.
  const stable = group.state === "Stable";
  return {
    groupId: group.id,
    groupState: group.state,
    protocolType: group.protocolType,
    protocolData: stable ? group.protocolName : "",
    members: group.members.map((member) => ({
      memberId: member.id,
      ...(version >= 4 && { groupInstanceId: member.identity.instanceId }),
      clientId: member.identity.clientId,
      clientHost: member.identity.clientHost,
      ...(stable && { memberMetadata: member.metadataFor(group.protocolName) }),
      memberAssignment: member.assignment,
    })),
  };
}
