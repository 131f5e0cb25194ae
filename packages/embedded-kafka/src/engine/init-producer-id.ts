import { type ErrorName, errorCodes } from "@millrace/protocol";
import type { ProducerIdentity } from "../transactions/transactional-id.ts";
import { type ApiRegistration, serve } from "./api-registration.ts";

/** Since this version a producer hears that it is fenced; before it, only that its epoch is wrong. */
const knowsFencing = 4;

/** Gives an idempotent producer its id, and a transactional one the id and epoch that shut its predecessors out. */
export const initProducerId: ApiRegistration = serve("InitProducerId", {
  handle({ version, body }, broker) {
    const { transactionalId, transactionTimeoutMs: timeoutMs, producerId, producerEpoch } = body;
    if (producerId < 0 !== producerEpoch < 0) return refuse(errorCodes.INVALID_REQUEST);
    if (transactionalId === null) return { producerId: broker.producerIds.next(), producerEpoch: 0 };
    const expected: ProducerIdentity | undefined = producerId < 0 ? undefined : { producerId, producerEpoch };
    const answer = broker.transactions.init(transactionalId, { timeoutMs, expected });
    return typeof answer === "string" ? refuse(errorCodes[inWordsOf(version, answer)]) : answer;
  },
});

function inWordsOf(version: number, error: ErrorName): ErrorName {
  return error === "PRODUCER_FENCED" && version < knowsFencing ? "INVALID_PRODUCER_EPOCH" : error;
}

function refuse(errorCode: number): { readonly errorCode: number; readonly producerId: number; readonly producerEpoch: number } {
  return { errorCode, producerId: -1, producerEpoch: -1 };
}
