import { errorCodes } from "@millrace/protocol";
import { type ApiRegistration, serve } from "./api-registration.ts";

/** Refused on a connection that needs no authentication, whatever the client shows. */
export const saslAuthenticate: ApiRegistration = serve("SaslAuthenticate", {
  handle: () => ({
    errorCode: errorCodes.ILLEGAL_SASL_STATE,
    errorMessage: "this broker has no security: connections need no authentication",
    authBytes: Buffer.alloc(0),
  }),
});
