import { isErrorNamed, MillraceError } from "@millrace/core";

/** Why a runtime could not start or had to stop. */
export type RuntimeErrorCode =
  /** `start` was called with nothing to process, or `process` after it. */
  | "RUNTIME_MISUSED"
  /** A topic that the runtime needs is missing and it was told not to create it. */
  | "RUNTIME_TOPIC_MISSING"
  /** A partition is to be moved that this member does not hold. */
  | "RUNTIME_NOT_HELD"
  /** A record could be neither handled nor dead-lettered, or a handler's failure was classified `halt`; its offset stays uncommitted. */
  | "RUNTIME_HALTED"
  /** A record blocked its partition for longer than `headOfLine` allows: what its attempt fails with. */
  | "RUNTIME_HEAD_OF_LINE"
  /** With `retryLater`, a partition was assigned without the one of its number of the other topic. */
  | "RUNTIME_UNPAIRED_PARTITION";

/** A failure of the runtime itself. */
export class RuntimeError extends MillraceError<RuntimeErrorCode> {
  override readonly name = "RuntimeError";

  static override is(error: unknown): error is RuntimeError {
    return isErrorNamed(error, "RuntimeError");
  }
}

/** Thrown by a handler to say that trying again is useless: the record becomes a dead letter at once. Code `RECORD_REJECTED`. */
export class RejectedRecordError extends MillraceError<"RECORD_REJECTED"> {
  override readonly name = "RejectedRecordError";

  constructor(reason: string, options: { readonly cause?: unknown } = {}) {
    super({ code: "RECORD_REJECTED", message: reason, cause: options.cause });
  }

  static override is(error: unknown): error is RejectedRecordError {
    return isErrorNamed(error, "RejectedRecordError");
  }
}
