import { errorCodes } from "@millrace/protocol";

/** The batch may be stored all the same. */
export const uncertainErrors: ReadonlySet<number> = new Set([
  errorCodes.REQUEST_TIMED_OUT,
  errorCodes.NOT_ENOUGH_REPLICAS_AFTER_APPEND,
  errorCodes.UNKNOWN_SERVER_ERROR,
]);

/** The broker does not know the numbers that the identity has come to; nothing of the batch was stored. */
export const lostNumbers: ReadonlySet<string> = new Set([
  "OUT_OF_ORDER_SEQUENCE_NUMBER",
  "UNKNOWN_PRODUCER_ID",
  "INVALID_PRODUCER_EPOCH",
  "INVALID_PRODUCER_ID_MAPPING",
]);
