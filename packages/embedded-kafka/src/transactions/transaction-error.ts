import type { ErrorName } from "@millrace/protocol";

/** Since this version of AddPartitionsToTxn, AddOffsetsToTxn and EndTxn a producer hears that it is fenced. */
const knowsFencing = 2;

/** The coordinator's error as a client of this version understands it (KIP-588). */
export function coordinatorError(version: number, error: ErrorName): ErrorName {
  return error === "PRODUCER_FENCED" && version < knowsFencing ? "INVALID_PRODUCER_EPOCH" : error;
}

/** The coordinator's error as one who writes within a transaction hears it; only newer ones know that a transaction can be aborted to go on. */
export function writeError(error: ErrorName, { knowsAbortable }: { readonly knowsAbortable: boolean }): ErrorName {
  if (error === "PRODUCER_FENCED") return "INVALID_PRODUCER_EPOCH";
  return error === "TRANSACTION_ABORTABLE" && !knowsAbortable ? "INVALID_TXN_STATE" : error;
}
