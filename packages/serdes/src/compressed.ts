import { deflateSync, gunzipSync, gzipSync, inflateSync, type ZlibOptions } from "node:zlib";
import { InvalidOptionsError } from "@millrace/core";
import type { Serde, SerdeDescriptor, SerdeHeader } from "./serde.ts";
import { SerdeError } from "./serde-error.ts";

/** The compressions of `compressed`. */
export type CompressionName = "gzip" | "zlib";

/** Options of `compressed`. */
export interface CompressedOptions {
  /** How large a value may be uncompressed, in bytes, when it is written and when it is read. @default 16 MiB */
  readonly maxBytes?: number | undefined;
  /** zlib's effort, 1 (fast) to 9 (small). @default 6 */
  readonly level?: number | undefined;
}

const algorithms = {
  gzip: { compress: gzipSync, decompress: gunzipSync },
  zlib: { compress: deflateSync, decompress: inflateSync },
} as const;

const mostBytes = 2 ** 31 - 1;

/**
 * The bytes of another format, compressed one by one; for consumers that expect that, since a producer's own `compression` does better on whole batches.
 * The framing of a format with a schema lies inside. Bytes that would grow beyond `maxBytes` are refused before they do.
 * @throws InvalidOptionsError (`INVALID_OPTIONS`) for another compression or senseless options
 */
export function compressed<T>(
  inner: SerdeDescriptor<T>,
  compression: CompressionName,
  options: CompressedOptions = {},
): SerdeDescriptor<T> {
  const { maxBytes = 16 * 1_048_576, level = 6 } = options;
  const problems: string[] = [];
  if (!Object.hasOwn(algorithms, compression)) problems.push(`Unsupported compression type: ${compression as string}`);
  if (!Number.isSafeInteger(maxBytes) || maxBytes < 1 || maxBytes > mostBytes) {
    problems.push(`maxBytes must be a whole number from 1 to ${mostBytes}, not ${maxBytes}`);
  }
  if (!Number.isSafeInteger(level) || level < 1 || level > 9) problems.push(`level must be a whole number from 1 to 9, not ${level}`);
  if (problems.length > 0) throw new InvalidOptionsError("compressed", problems);
  return Object.freeze({
    format: `${compression}-${inner.format}`,
    schema: inner.schema,
    subjectOf: inner.subjectOf,
    alternatives: inner.alternatives,
    bind: (binding) => new CompressedSerde(inner.bind(binding), compression, maxBytes, level),
  } satisfies SerdeDescriptor<T>);
}

class CompressedSerde<T> implements Serde<T> {
  readonly writesHeaders: boolean | undefined;
  readonly #inner: Serde<T>;
  readonly #compression: CompressionName;
  readonly #maxBytes: number;
  readonly #level: number;
  /** What `prepareToDeserialize` has decompressed already, by the compressed bytes. */
  readonly #decompressed = new WeakMap<Buffer, Buffer>();

  constructor(inner: Serde<T>, compression: CompressionName, maxBytes: number, level: number) {
    this.#inner = inner;
    this.writesHeaders = inner.writesHeaders;
    this.#compression = compression;
    this.#maxBytes = maxBytes;
    this.#level = level;
  }

  prepareToSerialize(value?: T, headers?: SerdeHeader[]): Promise<void> | undefined {
    return this.#inner.prepareToSerialize(value, headers);
  }

  serialize(value: T, headers?: SerdeHeader[]): Buffer {
    const data = this.#inner.serialize(value, headers);
    if (data.length > this.#maxBytes) {
      throw new SerdeError("SERDE_INVALID_VALUE", `the value takes ${data.length} bytes, more than the ${this.#maxBytes} of maxBytes`);
    }
    return algorithms[this.#compression].compress(data, { level: this.#level });
  }

  prepareToDeserialize(data: Buffer, headers?: readonly SerdeHeader[]): Promise<void> | undefined {
    let body: Buffer;
    try {
      body = this.#decompress(data);
    } catch {
      // It fails again in deserialize.
      return undefined;
    }
    this.#decompressed.set(data, body);
    return this.#inner.prepareToDeserialize(body, headers);
  }

  deserialize(data: Buffer, headers?: readonly SerdeHeader[]): T {
    const body = this.#decompressed.get(data) ?? this.#decompress(data);
    this.#decompressed.delete(data);
    return this.#inner.deserialize(body, headers);
  }

  #decompress(data: Buffer): Buffer {
    const options: ZlibOptions = { maxOutputLength: this.#maxBytes, info: true };
    let result: { buffer: Buffer; engine: { bytesWritten: number } };
    try {
      result = algorithms[this.#compression].decompress(data, options) as unknown as typeof result;
    } catch (cause) {
      throw this.#failure(data, cause);
    }
    const rest = data.length - result.engine.bytesWritten;
    if (rest > 0) throw new SerdeError("SERDE_TRAILING_BYTES", `${rest} bytes are left over behind the ${this.#compression} data`);
    return result.buffer;
  }

  #failure(data: Buffer, cause: unknown): SerdeError {
    const code = (cause as { code?: unknown }).code;
    const name = this.#compression;
    if (code === "ERR_BUFFER_TOO_LARGE") {
      return new SerdeError(
        "SERDE_TOO_LARGE",
        `these ${data.length} bytes of ${name} grow beyond ${this.#maxBytes} bytes; raise maxBytes if they are to be trusted`,
      );
    }
    if (code === "Z_BUF_ERROR") return new SerdeError("SERDE_TRUNCATED", `the ${name} data ends too early`);
    return new SerdeError("SERDE_INVALID_DATA", `these ${data.length} bytes are not ${name} data`, { cause });
  }
}
