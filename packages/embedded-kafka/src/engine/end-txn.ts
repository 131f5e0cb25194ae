import { errorCodes } from "@millrace/protocol";
import { coordinatorError } from "../transactions/transaction-error.ts";
import { type ApiRegistration, serve } from "./api-registration.ts";

/** Since this version every end gives the producer a new epoch (KIP-890). */
const bumping = 5;

/** A producer commits or aborts its transaction. When it is answered, the markers are written. */
export const endTxn: ApiRegistration = serve("EndTxn", {
  handle({ version, body }, broker) {
    const { transactionalId, producerId, producerEpoch, committed } = body;
    const bumpsEpoch = version >= bumping;
    const outcome = broker.transactions.end(transactionalId, { producerId, producerEpoch, committed, bumpsEpoch });
    if (outcome.error !== undefined) return { errorCode: errorCodes[coordinatorError(version, outcome.error)] };
    return bumpsEpoch ? outcome.identity : {};
  },
});
