import { isErrorNamed, MillraceError } from "./millrace-error.ts";

/** A wait that ran past its deadline. Code `TIMED_OUT`; retryable. */
export class TimedOutError extends MillraceError<"TIMED_OUT"> {
  override readonly name = "TimedOutError";
  /** The deadline that passed, in milliseconds. */
  readonly timeoutMs: number;

  constructor(what: string, timeoutMs: number, options: { readonly cause?: unknown } = {}) {
    super({ code: "TIMED_OUT", message: `${what} did not finish within ${timeoutMs} ms`, retryable: true, cause: options.cause });
    this.timeoutMs = timeoutMs;
  }

  static override is(error: unknown): error is TimedOutError {
    return isErrorNamed(error, "TimedOutError");
  }
}

/** A wait that its caller gave up through an `AbortSignal`. Code `ABORTED`; the signal's reason is the cause. */
export class AbortedError extends MillraceError<"ABORTED"> {
  override readonly name = "AbortedError";

  constructor(what: string, options: { readonly cause?: unknown } = {}) {
    super({ code: "ABORTED", message: `${what} was aborted`, cause: options.cause });
  }

  static override is(error: unknown): error is AbortedError {
    return isErrorNamed(error, "AbortedError");
  }
}

/** Options that contradict themselves or are out of range. Code `INVALID_OPTIONS`; `problems` lists every one of them. */
export class InvalidOptionsError extends MillraceError<"INVALID_OPTIONS"> {
  override readonly name = "InvalidOptionsError";
  readonly problems: readonly string[];

  constructor(what: string, problems: readonly string[]) {
    super({ code: "INVALID_OPTIONS", message: `${what}: ${problems.join("; ")}` });
    this.problems = problems;
  }

  static override is(error: unknown): error is InvalidOptionsError {
    return isErrorNamed(error, "InvalidOptionsError");
  }
}

/** Something was used after it was closed. Code `CLOSED`. */
export class ClosedError extends MillraceError<"CLOSED"> {
  override readonly name = "ClosedError";

  constructor(what: string) {
    super({ code: "CLOSED", message: `${what} is closed` });
  }

  static override is(error: unknown): error is ClosedError {
    return isErrorNamed(error, "ClosedError");
  }
}
