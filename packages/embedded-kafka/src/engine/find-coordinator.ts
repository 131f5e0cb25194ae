import { type ErrorName, errorCodes } from "@millrace/protocol";
import { type ApiRegistration, serve } from "./api-registration.ts";
import { makeInternalTopic } from "./make-internal-topic.ts";

const groupKey = 0;
const transactionKey = 1;
const shareKey = 2;

/** Which broker looks after a group or a transactional id. */
export const findCoordinator: ApiRegistration = serve("FindCoordinator", {
  handle({ version, body }, broker) {
    const error: ErrorName = body.keyType === groupKey || body.keyType === transactionKey ? "NONE" : "INVALID_REQUEST";
    const nodeOf = (key: string) => {
      if (error !== "NONE") return { nodeId: -1, host: "", port: -1 };
      const kind = body.keyType === groupKey ? "group" : "transaction";
      makeInternalTopic(kind, broker);
      const { id, host, port } = broker.nodes.get(broker.coordinators.of(kind, key))!;
      return { nodeId: id, host, port };
    };
    const errorCode = errorCodes[error];
    if (version < 1) return { ...nodeOf(body.key), errorCode };
    const problem = `coordinators for key type ${body.keyType} are not known`;
    // Kafka's own words for success are NONE in the old versions and none in the new ones.
    if (version < 4) return { ...nodeOf(body.key), errorCode, errorMessage: error === "NONE" ? "NONE" : problem };
    const errorMessage = error === "NONE" || body.keyType === shareKey ? "" : problem;
    return { coordinators: body.coordinatorKeys.map((key) => ({ key, ...nodeOf(key), errorCode, errorMessage })) };
  },
});
