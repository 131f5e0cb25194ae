import { errorCodes } from "@millrace/protocol";
import { type ApiRegistration, serve } from "./api-registration.ts";

/** Gives an idempotent producer its id. Transactions are not served, and say so. */
export const initProducerId: ApiRegistration = serve("InitProducerId", {
  handle({ body }, broker) {
    const { transactionalId, producerId, producerEpoch } = body;
    if (transactionalId === "") return refuse(errorCodes.INVALID_REQUEST);
    if (producerId < 0 !== producerEpoch < 0) return refuse(errorCodes.INVALID_REQUEST);
    if (transactionalId !== null) return refuse(errorCodes.UNSUPPORTED_VERSION);
    return { producerId: broker.producerIds.next(), producerEpoch: 0 };
  },
  failure: refuse,
});

function refuse(errorCode: number): { readonly errorCode: number; readonly producerId: number; readonly producerEpoch: number } {
  return { errorCode, producerId: -1, producerEpoch: -1 };
}
