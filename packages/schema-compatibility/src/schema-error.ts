import { isErrorNamed, MillraceError } from "@millrace/core";

/** Codes of `InvalidSchemaError`. */
export type InvalidSchemaErrorCode = "INVALID_SCHEMA";

/** A text that is not a schema of its type. Code `INVALID_SCHEMA`; `path` is a JSON pointer to the part that is wrong. */
export class InvalidSchemaError extends MillraceError<InvalidSchemaErrorCode> {
  override readonly name = "InvalidSchemaError";
  readonly path: string;

  constructor(problem: string, path: string, options: { readonly cause?: unknown } = {}) {
    super({ code: "INVALID_SCHEMA", message: `not a valid Avro schema: ${problem} (at ${path})`, cause: options.cause });
    this.path = path;
  }

  static override is(error: unknown): error is InvalidSchemaError {
    return isErrorNamed(error, "InvalidSchemaError");
  }
}
