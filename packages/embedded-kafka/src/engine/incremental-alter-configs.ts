import { errorCodes } from "@millrace/protocol";
import { type ApiRegistration, serve } from "./api-registration.ts";
import { changeResources } from "./config-resource.ts";

/** Sets, takes back, extends or shortens configs of topics and brokers, and leaves the others as they are (KIP-339). */
export const incrementalAlterConfigs: ApiRegistration = serve("IncrementalAlterConfigs", {
  handle({ body, nodeId }, broker) {
    const responses = changeResources(body.resources, { validateOnly: body.validateOnly, nodeId, from: (own) => own }, broker);
    return { responses: responses.map((answer) => ({ ...answer, errorCode: errorCodes[answer.errorCode] })) };
  },
});
