import { isErrorNamed, MillraceError } from "@millrace/core";

/** Why a dead letter, a redrive or a call failed. */
export type RetryErrorCode =
  /** A record on a dead-letter topic cannot be read as a dead letter. */
  | "RETRY_BAD_DEAD_LETTER"
  /** A name made from a topic and a group is not a legal topic name. */
  | "RETRY_BAD_TOPIC_NAME"
  /** A redrive's transform failed for a dead letter; it stays open. */
  | "RETRY_TRANSFORM_FAILED"
  /** A dead letter cannot be sent back as it is; it stays open. */
  | "RETRY_SEND_REFUSED"
  /** Another job began to work on the dead letters of the same group; what this one did before is recorded. */
  | "RETRY_JOB_TAKEN_OVER"
  /** A circuit breaker is open: the call was not made. */
  | "RETRY_CIRCUIT_OPEN";

/** A failure of dead letters, redrive or circuit breakers. */
export class RetryError extends MillraceError<RetryErrorCode> {
  override readonly name = "RetryError";

  static override is(error: unknown): error is RetryError {
    return isErrorNamed(error, "RetryError");
  }
}
