import { errorCodes } from "@millrace/protocol";
import { type ApiRegistration, serve } from "./api-registration.ts";

/** A client that wants to say who it is hears that nobody asks: connections need no authentication, and so offer no way to do it. */
export const saslHandshake: ApiRegistration = serve("SaslHandshake", {
  handle: () => ({ errorCode: errorCodes.ILLEGAL_SASL_STATE, mechanisms: [] }),
});
