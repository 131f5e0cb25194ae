import { isErrorNamed, MillraceError } from "@millrace/core";

/**
 * Why bytes could not be read or a value could not be written:
 * - `TRUNCATED`: the bytes end before the message does
 * - `MALFORMED`: a length, count, variable-length number or structure that cannot be right
 * - `UNSAFE_INTEGER`: a 64-bit number beyond 2^53 - 1, which a JavaScript number cannot hold exactly
 * - `UNKNOWN_MESSAGE`: an API key or message name that is not in the tables
 * - `UNSUPPORTED_VERSION`: a version of a message that the tables do not have
 * - `INVALID_VALUE`: a value to encode has the wrong type or is out of range
 * - `UNSUPPORTED_FIELD`: a value to encode that this version of the message cannot carry
 * - `UNSUPPORTED_MAGIC`: a record batch of the formats before Kafka 0.11
 * - `CORRUPT_BATCH`: a record batch whose checksum does not match its bytes
 * - `COMPRESSION`: a record batch with an unknown codec, without a function for its codec, or that the function could not handle
 */
export type ProtocolErrorCode =
  | "TRUNCATED"
  | "MALFORMED"
  | "UNSAFE_INTEGER"
  | "UNKNOWN_MESSAGE"
  | "UNSUPPORTED_VERSION"
  | "INVALID_VALUE"
  | "UNSUPPORTED_FIELD"
  | "UNSUPPORTED_MAGIC"
  | "CORRUPT_BATCH"
  | "COMPRESSION";

/** Bytes or values that are not a valid message of the Kafka protocol. Never retryable: the same input fails again. */
export class ProtocolError extends MillraceError<ProtocolErrorCode> {
  override readonly name = "ProtocolError";

  constructor(code: ProtocolErrorCode, message: string, options: { readonly cause?: unknown } = {}) {
    super({ code, message, cause: options.cause });
  }

  static override is(error: unknown): error is ProtocolError {
    return isErrorNamed(error, "ProtocolError");
  }
}
