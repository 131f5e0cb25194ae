import { InvalidOptionsError } from "@millrace/core";
import { type CodecName, type CodecOptions, resolveCodecOptions } from "./codec-options.ts";
import { CompressionError, corrupt, tooLarge } from "./compression-error.ts";
import type { Engine } from "./engine.ts";
import { createGzip } from "./gzip.ts";
import { createLz4 } from "./lz4.ts";
import { createSnappy } from "./snappy.ts";
import { createZstd } from "./zstd.ts";

/** Kafka's number of a codec: the lowest three bits of a record batch's attributes. */
export type CodecType = 0 | 1 | 2 | 3 | 4;

/**
 * Compresses and decompresses the records of a batch. Synchronous and without state that a caller could see: one codec serves any number of callers, and a
 * failure changes nothing for the next call. Make one and keep it.
 */
export interface Codec {
  readonly name: CodecName;
  readonly type: CodecType;
  /**
   * The compressed form. `none` gives `data` itself.
   * @throws CompressionError (`COMPRESSION_FAILED`; `COMPRESSION_UNSUPPORTED` when the package that snappy and lz4 need is not there)
   */
  compress(data: Uint8Array): Buffer;
  /**
   * The original. Never more than `maxOutputBytes`, and memory and time stay in proportion to that, whatever the input claims.
   * @throws CompressionError (`COMPRESSION_CORRUPT`, `COMPRESSION_TOO_LARGE`, `COMPRESSION_UNSUPPORTED`, `COMPRESSION_FAILED`)
   */
  decompress(data: Uint8Array): Buffer;
}

const names: readonly CodecName[] = ["none", "gzip", "snappy", "lz4", "zstd"];

/**
 * Makes the codec called `name`.
 * @throws CompressionError (`COMPRESSION_UNSUPPORTED`) for a name that is none of the five; InvalidOptionsError (`INVALID_OPTIONS`)
 */
export function createCodec(name: CodecName, options: CodecOptions = {}): Codec {
  const type = names.indexOf(name);
  if (type < 0) throw unknownCodec(name);
  const { level, maxOutputBytes, framing, problems } = resolveCodecOptions(name, options);
  if (problems.length > 0) throw new InvalidOptionsError(`codec ${name}`, problems);
  const engine = {
    none: () => createNone(maxOutputBytes),
    gzip: () => createGzip(level, maxOutputBytes),
    snappy: () => createSnappy(framing, maxOutputBytes),
    lz4: () => createLz4(maxOutputBytes),
    zstd: () => createZstd(level, maxOutputBytes),
  }[name]();
  return Object.freeze({
    name,
    type: type as CodecType,
    compress(data: Uint8Array): Buffer {
      try {
        return engine.compress(data);
      } catch (cause) {
        if (CompressionError.is(cause)) throw cause;
        throw new CompressionError("COMPRESSION_FAILED", name, `${data.length} bytes could not be compressed`, { cause });
      }
    },
    decompress(data: Uint8Array): Buffer {
      if (data.length === 0 && name !== "none") throw corrupt(name, "it is empty");
      try {
        return engine.decompress(data);
      } catch (cause) {
        throw decompressionFailure(name, maxOutputBytes, cause);
      }
    },
  });
}

/**
 * Makes the codec that a record batch's attributes name by number (0 none, 1 gzip, 2 snappy, 3 lz4, 4 zstd).
 * @throws CompressionError (`COMPRESSION_UNSUPPORTED`) for another number; InvalidOptionsError (`INVALID_OPTIONS`)
 */
export function codecFor(type: number, options: CodecOptions = {}): Codec {
  const name = names[type];
  if (name === undefined) throw unknownCodec(String(type));
  return createCodec(name, options);
}

function createNone(maxOutputBytes: number): Engine {
  const asBuffer = (data: Uint8Array): Buffer =>
    Buffer.isBuffer(data) ? data : Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  return {
    compress: asBuffer,
    decompress(data) {
      if (data.length > maxOutputBytes) throw tooLarge("none", maxOutputBytes);
      return asBuffer(data);
    },
  };
}

function unknownCodec(codec: string): CompressionError {
  const known = names.map((name, type) => `${name} (${type})`).join(", ");
  return new CompressionError("COMPRESSION_UNSUPPORTED", codec, `no such codec; there are ${known}`);
}

function decompressionFailure(name: CodecName, maxOutputBytes: number, cause: unknown): CompressionError {
  if (CompressionError.is(cause)) return cause;
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  if (code === "ERR_BUFFER_TOO_LARGE") return tooLarge(name, maxOutputBytes);
  const trapped = cause instanceof Error && cause.name === "RuntimeError";
  if (trapped || (/^(Z_|ZSTD_error_)/.test(code) && code !== "Z_MEM_ERROR")) return corrupt(name, (cause as Error).message, cause);
  return new CompressionError("COMPRESSION_FAILED", name, "the codec failed", { cause });
}
