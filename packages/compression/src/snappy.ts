import { corrupt, tooLarge } from "./compression-error.ts";
import type { Engine } from "./engine.ts";
import { createNative, type RunNative } from "./native-module.ts";

/** How compressed snappy data is wrapped. Kafka's Java client writes `xerial` and reads both; librdkafka writes `raw` and reads both. */
export type SnappyFraming = "xerial" | "raw";

/** The first 16 bytes of snappy-java's stream format: a magic, its version 1, and version 1 as the oldest reader's. */
const xerialHeader: Buffer = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0, 0, 0, 0, 1, 0, 0, 0, 1]);
const xerialMagic = xerialHeader.subarray(0, 8);
/** Snappy looks no further back than 64 KiB, so larger chunks would gain nothing. */
const chunkBytes = 64 * 1024;
/** The densest element of the format is a copy of 64 bytes in 3. */
const mostExpansion = 64 / 3;
const emptySnappy = 0;

/** Snappy, reading the raw format and the xerial framing whatever it is told to write. */
export function createSnappy(framing: SnappyFraming, maxOutputBytes: number): Engine {
  const run = createNative();
  return {
    compress: (data) => (framing === "raw" ? compressChunk(run, data) : compressXerial(run, data)),
    decompress(data) {
      const chunks = isXerialHeader(data, 0) ? xerialChunks(data) : [data];
      let total = 0;
      for (const chunk of chunks) total += decompressedLength(chunk);
      if (total > maxOutputBytes) throw tooLarge("snappy", maxOutputBytes);
      const outputs = chunks.map((chunk) => decompressChunk(run, chunk));
      return outputs.length === 1 ? (outputs[0] as Buffer) : Buffer.concat(outputs, total);
    },
  };
}

function compressChunk(run: RunNative, data: Uint8Array): Buffer {
  return data.length === 0 ? Buffer.from([emptySnappy]) : run("snappy_compress", data);
}

function decompressChunk(run: RunNative, chunk: Uint8Array): Buffer {
  return chunk.length === 1 && chunk[0] === emptySnappy ? Buffer.alloc(0) : run("snappy_decompress", chunk);
}

function compressXerial(run: RunNative, data: Uint8Array): Buffer {
  const parts: Buffer[] = [xerialHeader];
  for (let position = 0; position < data.length; position += chunkBytes) {
    const chunk = compressChunk(run, data.subarray(position, position + chunkBytes));
    const length = Buffer.allocUnsafe(4);
    length.writeInt32BE(chunk.length);
    parts.push(length, chunk);
  }
  return Buffer.concat(parts);
}

function isXerialHeader(data: Uint8Array, position: number): boolean {
  return xerialMagic.equals(data.subarray(position, position + xerialMagic.length));
}

/** The raw snappy chunks of a xerial stream. As snappy-java does, it accepts a further header wherever a chunk may begin: streams may be concatenated. */
function xerialChunks(data: Uint8Array): readonly Uint8Array[] {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const chunks: Uint8Array[] = [];
  let position = 0;
  while (position < data.length) {
    if (isXerialHeader(data, position)) {
      position += xerialHeader.length;
      if (position > data.length) throw corrupt("snappy", "the xerial header is cut off");
      continue;
    }
    if (position + 4 > data.length) throw corrupt("snappy", "a chunk's length is cut off");
    const length = view.getUint32(position);
    position += 4;
    if (length === 0 || length > data.length - position)
      throw corrupt("snappy", `a chunk claims ${length} bytes, ${data.length - position} are left`);
    chunks.push(data.subarray(position, position + length));
    position += length;
  }
  return chunks;
}

/** The length that a raw chunk begins with, refused when so few bytes cannot hold so much. */
function decompressedLength(chunk: Uint8Array): number {
  let length = 0;
  for (let index = 0; index < 5; index++) {
    const byte = chunk[index];
    if (byte === undefined) break;
    length += (byte & 0x7f) * 2 ** (7 * index);
    if (byte < 0x80) {
      if (length > chunk.length * mostExpansion) throw corrupt("snappy", `${chunk.length} bytes claim to hold ${length}`);
      return length;
    }
  }
  throw corrupt("snappy", "it does not begin with a length");
}
