import { type ErrorName, errorCodes } from "@millrace/protocol";
import { type ApiRegistration, serve } from "./api-registration.ts";

const groupKey = 0;
const transactionKey = 1;

/** Which broker looks after a group. */
export const findCoordinator: ApiRegistration = serve("FindCoordinator", {
  handle({ version, body }, broker) {
    const error: ErrorName = body.keyType === groupKey || body.keyType === transactionKey ? "NONE" : "INVALID_REQUEST";
    const { id, host, port } = broker.nodes.controller;
    const node = error === "NONE" ? { nodeId: id, host, port } : { nodeId: -1, host: "", port: -1 };
    const errorMessage = error === "NONE" ? "" : `coordinators for key type ${body.keyType} are not known`;
    const answer = { ...node, errorCode: errorCodes[error], errorMessage };
    if (version < 4) return version < 1 ? { ...node, errorCode: answer.errorCode } : answer;
    return { coordinators: body.coordinatorKeys.map((key) => ({ key, ...answer })) };
  },
});
