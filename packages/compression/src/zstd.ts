import { constants, zstdCompressSync, zstdDecompressSync } from "node:zlib";
import { CompressionError, tooLarge } from "./compression-error.ts";
import { type Engine, mostFrames } from "./engine.ts";

/** Zstandard (RFC 8878) of node:zlib. */
export function createZstd(level: number, maxOutputBytes: number): Engine {
  return {
    compress: (data) => zstdCompressSync(data, { params: { [constants.ZSTD_c_compressionLevel]: level } }),
    decompress(data) {
      // node:zlib stops after the first frame and drops the rest without a word, so every frame is asked for.
      const outputs: Buffer[] = [];
      let total = 0;
      for (let position = 0; position < data.length; ) {
        if (outputs.length === mostFrames) throw new CompressionError("COMPRESSION_UNSUPPORTED", "zstd", `more than ${mostFrames} frames`);
        const options = { info: true, maxOutputLength: Math.max(1, maxOutputBytes - total) };
        const frame = zstdDecompressSync(data.subarray(position), options) as unknown as FrameResult;
        outputs.push(frame.buffer);
        total += frame.buffer.length;
        if (total > maxOutputBytes) throw tooLarge("zstd", maxOutputBytes);
        position += frame.engine.bytesWritten;
      }
      return outputs.length === 1 ? (outputs[0] as Buffer) : Buffer.concat(outputs, total);
    },
  };
}

/** What `info: true` makes node:zlib return; `bytesWritten` counts the bytes of input that were used. */
interface FrameResult {
  readonly buffer: Buffer;
  readonly engine: { readonly bytesWritten: number };
}
