import { isErrorNamed, MillraceError } from "@millrace/core";

/** Why an outbox could not do what it was asked. */
export type OutboxErrorCode =
  /** The store has as many entries as it may have; nothing was appended. */
  | "OUTBOX_FULL"
  /** The transaction that a message was appended to is over. */
  | "OUTBOX_TRANSACTION_OVER";

/** A failure of an outbox. What a database or a broker fails with is passed on as it is. */
export class OutboxError extends MillraceError<OutboxErrorCode> {
  override readonly name = "OutboxError";

  static override is(error: unknown): error is OutboxError {
    return isErrorNamed(error, "OutboxError");
  }
}
