import { tooLarge } from "./compression-error.ts";
import type { Engine } from "./engine.ts";
import { decodedBytes, scanFrames } from "./lz4-frame.ts";
import { createNative } from "./native-module.ts";

/** A frame without content: version 1, independent blocks of at most 64 KiB. */
const emptyFrame = [0x04, 0x22, 0x4d, 0x18, 0x60, 0x40, 0x82, 0, 0, 0, 0];

/** LZ4 in its frame format: independent blocks without checksums, as Kafka's Java client demands of what it reads. */
export function createLz4(maxOutputBytes: number): Engine {
  const run = createNative();
  return {
    compress: (data) => (data.length === 0 ? Buffer.from(emptyFrame) : run("lz4_compress", data)),
    decompress(data) {
      const frames = scanFrames(data);
      // Counting exactly costs about as much as decompressing: only done when the quick bound is not enough to let the data pass.
      if (
        sum(frames.map((frame) => frame.mostBytes)) > maxOutputBytes &&
        sum(frames.map((frame) => decodedBytes(frame))) > maxOutputBytes
      ) {
        throw tooLarge("lz4", maxOutputBytes);
      }
      const outputs = frames.map((frame) => (frame.blocks.length === 0 ? Buffer.alloc(0) : run("lz4_decompress", frame.data)));
      return outputs.length === 1 ? (outputs[0] as Buffer) : Buffer.concat(outputs);
    },
  };
}

function sum(numbers: readonly number[]): number {
  let total = 0;
  for (const number of numbers) total += number;
  return total;
}
