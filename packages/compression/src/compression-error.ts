import { isErrorNamed, MillraceError } from "@millrace/core";

/** What can go wrong with a codec. */
export type CompressionErrorCode =
  /** The bytes are not what this codec writes, or not all of it. */
  | "COMPRESSION_CORRUPT"
  /** Decompressing would give more than `maxOutputBytes`. */
  | "COMPRESSION_TOO_LARGE"
  /** A codec, or a feature of a format, that this package does not have. */
  | "COMPRESSION_UNSUPPORTED"
  /** The codec itself failed, for want of memory for instance. */
  | "COMPRESSION_FAILED";

/** Data that cannot be compressed or decompressed. Never retryable: the same bytes fail again. Messages hold no part of the data. */
export class CompressionError extends MillraceError<CompressionErrorCode> {
  override readonly name = "CompressionError";
  /** The codec's name, or the number that stands for no codec. */
  readonly codec: string;

  constructor(code: CompressionErrorCode, codec: string, message: string, options: { readonly cause?: unknown } = {}) {
    super({ code, message: `${codec}: ${message}`, cause: options.cause });
    this.codec = codec;
  }

  static override is(error: unknown): error is CompressionError {
    return isErrorNamed(error, "CompressionError");
  }
}

/** The error for data that would grow beyond the limit. */
export function tooLarge(codec: string, maxOutputBytes: number): CompressionError {
  return new CompressionError(
    "COMPRESSION_TOO_LARGE",
    codec,
    `the data grows beyond ${maxOutputBytes} bytes when decompressed; raise maxOutputBytes if it is meant to be that large`,
  );
}

/** The error for data that is damaged. */
export function corrupt(codec: string, reason: string, cause?: unknown): CompressionError {
  return new CompressionError("COMPRESSION_CORRUPT", codec, `the compressed data is damaged: ${reason}`, { cause });
}
