import { isErrorNamed, MillraceError } from "@millrace/core";

/** What can be wrong with a value, its bytes or its schema. */
export type SerdeErrorCode =
  /** The value does not fit the format or its schema; `path` and `valueType` say where and what. */
  | "SERDE_INVALID_VALUE"
  /** `serialize` or `deserialize` was called although `prepareTo...` had asked to wait. */
  | "SERDE_NOT_READY"
  /** The bytes end before the value does. */
  | "SERDE_TRUNCATED"
  /** Bytes are left over behind the value. */
  | "SERDE_TRAILING_BYTES"
  /** The bytes do not start with the registry framing. */
  | "SERDE_BAD_MAGIC"
  /** The bytes are not a value of this format. */
  | "SERDE_INVALID_DATA"
  /** Decoding would need more memory than the limit allows. */
  | "SERDE_TOO_LARGE"
  /** A 64-bit integer that a JavaScript number cannot hold exactly. */
  | "SERDE_UNSAFE_INTEGER"
  /** The schema source does not know the schema id of these bytes. */
  | "SERDE_UNKNOWN_SCHEMA"
  /** The schema itself cannot be used; the message says why. */
  | "SERDE_INVALID_SCHEMA"
  /** Written with a schema that the reader's schema cannot read. */
  | "SERDE_INCOMPATIBLE_SCHEMA"
  /** This format needs a schema source and was bound without one. */
  | "SERDE_NO_SCHEMA_SOURCE"
  /** This format keeps a part of itself in headers, and the caller passed none. */
  | "SERDE_NO_HEADERS"
  /** A format was chosen by a name that nobody knows. */
  | "SERDE_UNKNOWN_FORMAT";

/** Where in the value or which schema the failure is about. */
export interface SerdeErrorDetails {
  readonly cause?: unknown;
  /** Path inside the value, such as `items.0.price`; the empty path is the value itself. */
  readonly path?: string | undefined;
  /** What stood there: `string`, `null`, `array`, ... Never the value itself, which may be a secret. */
  readonly valueType?: string | undefined;
  readonly schemaId?: number | undefined;
}

/**
 * A value that cannot be written, or bytes that cannot be read. Never retryable: the same value or bytes fail again (`SERDE_NOT_READY` is a mistake
 * in the calling code). Messages hold no part of the value.
 */
export class SerdeError extends MillraceError<SerdeErrorCode> {
  override readonly name = "SerdeError";
  readonly path: string | undefined;
  readonly valueType: string | undefined;
  readonly schemaId: number | undefined;

  constructor(code: SerdeErrorCode, message: string, details: SerdeErrorDetails = {}) {
    super({ code, message, cause: details.cause });
    this.path = details.path;
    this.valueType = details.valueType;
    this.schemaId = details.schemaId;
  }

  static override is(error: unknown): error is SerdeError {
    return isErrorNamed(error, "SerdeError");
  }
}

/** The word for a value's type in messages: `typeof`, with null and arrays told apart. */
export function typeName(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  if (value instanceof Uint8Array) return "bytes";
  return typeof value;
}
