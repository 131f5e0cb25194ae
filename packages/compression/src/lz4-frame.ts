import { CompressionError, corrupt } from "./compression-error.ts";
import { mostFrames } from "./engine.ts";

/** One block of a frame. */
interface Block {
  readonly data: Uint8Array;
  readonly compressed: boolean;
}

/** One frame of LZ4 data, taken apart but not decompressed. */
export interface Frame {
  /** The whole frame. */
  readonly data: Uint8Array;
  readonly blocks: readonly Block[];
  /** It cannot decompress to more than this. */
  readonly mostBytes: number;
}

const frameMagic = 0x184d2204;
const skippableMagic = 0x184d2a50;
const legacyMagic = 0x184c2102;
/** The largest blocks by their code in the frame's header (codes 4 to 7). */
const largestBlocks = [65_536, 262_144, 1_048_576, 4_194_304];
/** One byte of a length that goes on adds at most 255 bytes. */
const mostExpansion = 255;

/**
 * Finds the frames in `data` by their headers and block lengths (LZ4 frame format 1.6), skippable frames left out. Checksums and the blocks themselves are
 * not looked at.
 * @throws CompressionError (`COMPRESSION_CORRUPT`; `COMPRESSION_UNSUPPORTED` for the legacy format and for dictionaries)
 */
export function scanFrames(data: Uint8Array): readonly Frame[] {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const frames: Frame[] = [];
  let position = 0;
  while (position < data.length) {
    need(data, position + 4);
    const magic = view.getUint32(position, true);
    if (magic >>> 4 === skippableMagic >>> 4) {
      need(data, position + 8);
      position += 8 + view.getUint32(position + 4, true);
      need(data, position);
      continue;
    }
    if (magic === legacyMagic)
      throw new CompressionError("COMPRESSION_UNSUPPORTED", "lz4", "the legacy frame format, which Kafka never used");
    if (magic !== frameMagic) throw corrupt("lz4", "a frame's magic number is missing");
    if (frames.length === mostFrames) throw new CompressionError("COMPRESSION_UNSUPPORTED", "lz4", `more than ${mostFrames} frames`);
    const frame = scanFrame(data, view, position);
    frames.push(frame);
    position += frame.data.length;
  }
  return frames;
}

function scanFrame(data: Uint8Array, view: DataView, start: number): Frame {
  let position = start + 7;
  need(data, position);
  const flags = view.getUint8(start + 4);
  const largestBlock = largestBlocks[((view.getUint8(start + 5) >> 4) & 0x7) - 4];
  if (flags >> 6 !== 1 || largestBlock === undefined)
    throw corrupt("lz4", "the frame's header has another version or an unknown block size");
  if ((flags & 0x01) !== 0) throw new CompressionError("COMPRESSION_UNSUPPORTED", "lz4", "the frame needs a dictionary");
  let contentBytes: number | undefined;
  if ((flags & 0x08) !== 0) {
    position += 8;
    need(data, position);
    contentBytes = Number(view.getBigUint64(start + 6, true));
  }
  const checksumBytes = (flags & 0x10) === 0 ? 0 : 4;
  const blocks: Block[] = [];
  let mostBytes = 0;
  for (;;) {
    need(data, position + 4);
    const word = view.getUint32(position, true);
    position += 4;
    if (word === 0) break;
    const length = word & 0x7fffffff;
    const compressed = word < 0x80000000;
    if (length > largestBlock) throw corrupt("lz4", `a block of ${length} bytes in a frame of blocks up to ${largestBlock}`);
    need(data, position + length + checksumBytes);
    blocks.push({ data: data.subarray(position, position + length), compressed });
    mostBytes += compressed ? Math.min(largestBlock, length * mostExpansion) : length;
    position += length + checksumBytes;
  }
  if ((flags & 0x04) !== 0) position += 4;
  need(data, position);
  // A decoder may take this number at its word and set the memory aside.
  if (contentBytes !== undefined && contentBytes > mostBytes)
    throw corrupt("lz4", `the frame claims ${contentBytes} bytes, its blocks hold at most ${mostBytes}`);
  return { data: data.subarray(start, position), blocks, mostBytes };
}

/** What the frame decompresses to, counted exactly. A damaged block gives some number; decompressing it reports the damage. */
export function decodedBytes(frame: Frame): number {
  let total = 0;
  for (const block of frame.blocks) total += block.compressed ? decodedBlockBytes(block.data) : block.data.length;
  return total;
}

/** Walks the sequences of a block: token, literals, offset, match (LZ4 block format). */
function decodedBlockBytes(block: Uint8Array): number {
  let total = 0;
  let position = 0;
  const extended = (nibble: number): number => {
    let length = nibble;
    if (nibble === 15) {
      let byte: number;
      do {
        byte = block[position++] ?? 0;
        length += byte;
      } while (byte === 255);
    }
    return length;
  };
  while (position < block.length) {
    const token = block[position++] as number;
    const literals = extended(token >> 4);
    total += literals;
    position += literals;
    // The last sequence has no match.
    if (position >= block.length) break;
    position += 2;
    total += 4 + extended(token & 15);
  }
  return total;
}

function need(data: Uint8Array, end: number): void {
  if (end > data.length) throw corrupt("lz4", `it is cut off: ${data.length} bytes where at least ${end} are needed`);
}
