import { type ErrorName, errorCodes } from "@millrace/protocol";
import { type ApiRegistration, serve } from "./api-registration.ts";

/** Members go: one in old versions, several in newer ones. */
export const leaveGroup: ApiRegistration = serve("LeaveGroup", {
  handle({ version, body }, broker) {
    if (body.groupId === "") return { errorCode: errorCodes.INVALID_GROUP_ID };
    const group = broker.groups.get(body.groupId);
    const leave = (memberId: string, instanceId: string | null): ErrorName => group?.leave(memberId, instanceId) ?? "UNKNOWN_MEMBER_ID";
    if (version < 3) return { errorCode: errorCodes[leave(body.memberId, null)] };
    return {
      members: body.members.map(({ memberId, groupInstanceId }) => ({
        memberId,
        groupInstanceId,
        errorCode: errorCodes[leave(memberId, groupInstanceId)],
      })),
    };
  },
});
