import { type ErrorName, errorCodes } from "@millrace/protocol";
import { type ApiRegistration, serve } from "./api-registration.ts";

/** A member says that it lives, and hears whether it has to join again. */
export const heartbeat: ApiRegistration = serve("Heartbeat", {
  handle({ body }, broker) {
    const { groupId, memberId, groupInstanceId, generationId } = body;
    const error: ErrorName =
      groupId === ""
        ? "INVALID_GROUP_ID"
        : (broker.groups.get(groupId)?.heartbeat(memberId, groupInstanceId, generationId) ?? "UNKNOWN_MEMBER_ID");
    return { errorCode: errorCodes[error] };
  },
});
