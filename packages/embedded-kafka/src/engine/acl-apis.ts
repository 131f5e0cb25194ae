import { errorCodes } from "@millrace/protocol";
import { type ApiRegistration, serve } from "./api-registration.ts";

/** Kafka's answer where `authorizer.class.name` is not set: there is nobody who could look at access control lists. */
const noAuthorizer = { errorCode: errorCodes.SECURITY_DISABLED, errorMessage: "No authorizer is set: access control lists are not kept." };

export const describeAcls: ApiRegistration = serve("DescribeAcls", { handle: () => noAuthorizer });

export const createAcls: ApiRegistration = serve("CreateAcls", {
  handle: ({ body }) => ({ results: body.creations.map(() => noAuthorizer) }),
});

export const deleteAcls: ApiRegistration = serve("DeleteAcls", {
  handle: ({ body }) => ({ filterResults: body.filters.map(() => ({ ...noAuthorizer, matchingAcls: [] })) }),
});
