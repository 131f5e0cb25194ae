import { errorCodes } from "@millrace/protocol";
import { groupOffsetsPartition } from "../transactions/group-offsets-partition.ts";
import { coordinatorError } from "../transactions/transaction-error.ts";
import { type ApiRegistration, serve } from "./api-registration.ts";

/** A producer says that it is going to commit offsets of a group within its transaction. */
export const addOffsetsToTxn: ApiRegistration = serve("AddOffsetsToTxn", {
  handle({ version, body: { transactionalId, groupId, ...identity } }, broker) {
    const error = broker.transactions.add(transactionalId, identity, [groupOffsetsPartition(groupId)]);
    return { errorCode: errorCodes[coordinatorError(version, error)] };
  },
});
