import { errorCodes } from "@millrace/protocol";
import { type ApiRegistration, serve } from "./api-registration.ts";

/** Removes groups that have no members. */
export const deleteGroups: ApiRegistration = serve("DeleteGroups", {
  handle({ body }, broker) {
    return {
      results: [...new Set(body.groupsNames)].map((groupId) => ({ groupId, errorCode: errorCodes[broker.groups.delete(groupId)] })),
    };
  },
});
