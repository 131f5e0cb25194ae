import { errorCodes } from "@millrace/protocol";
import { type ApiRegistration, serve } from "./api-registration.ts";
import { changeResources } from "./config-resource.ts";

/** Gives topics and brokers these configs and no others: what a request does not name goes back to its default. */
export const alterConfigs: ApiRegistration = serve("AlterConfigs", {
  handle({ body, nodeId }, broker) {
    const responses = changeResources(body.resources, { validateOnly: body.validateOnly, nodeId, from: () => new Map() }, broker);
    return { responses: responses.map((answer) => ({ ...answer, errorCode: errorCodes[answer.errorCode] })) };
  },
});
