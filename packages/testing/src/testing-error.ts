import { isErrorNamed, MillraceError } from "@millrace/core";

/** Something a test waited for did not come about. Code `CONDITION_NOT_MET`; `cause` is what the condition threw last, if it threw. */
export class ConditionNotMetError extends MillraceError<"CONDITION_NOT_MET"> {
  override readonly name = "ConditionNotMetError";
  /** What was waited for. */
  readonly what: string;
  /** How long, in milliseconds of the clock that was used. */
  readonly waitedMs: number;

  constructor(what: string, waitedMs: number, reason: string, options: { readonly cause?: unknown } = {}) {
    super({ code: "CONDITION_NOT_MET", message: `${what} did not come about within ${waitedMs} ms: ${reason}`, cause: options.cause });
    this.what = what;
    this.waitedMs = waitedMs;
  }

  static override is(error: unknown): error is ConditionNotMetError {
    return isErrorNamed(error, "ConditionNotMetError");
  }
}
