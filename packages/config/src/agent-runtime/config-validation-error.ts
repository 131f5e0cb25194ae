import { isErrorNamed, MillraceError } from "@millrace/core";

/** A configuration class whose values cannot be used. Code `CONFIG_VALIDATION_FAILED`; `errors` holds every one, and the message joins them by "; ". */
export class ConfigValidationError extends MillraceError<"CONFIG_VALIDATION_FAILED"> {
  override readonly name = "ConfigValidationError";
  readonly errors: readonly string[];

  constructor(errors: readonly string[], options: { readonly cause?: unknown } = {}) {
    super({ code: "CONFIG_VALIDATION_FAILED", message: `Configuration validation failed: ${errors.join("; ")}`, cause: options.cause });
    this.errors = Object.freeze([...errors]);
  }

  static override is(error: unknown): error is ConfigValidationError {
    return isErrorNamed(error, "ConfigValidationError");
  }
}
