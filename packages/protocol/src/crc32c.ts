const polynomial = 0x82f63b78;
const slices = 16;

/** `tables[n * 256 + b]`: the checksum of byte `b` followed by `n` zero bytes. */
const tables = makeTables();
const littleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;
/** Below this many bytes the view that reads whole words costs more than it saves. */
const worthWords = 64;

function makeTables(): Int32Array {
  const made = new Int32Array(slices * 256);
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ polynomial : crc >>> 1;
    made[byte] = crc;
  }
  for (let index = 256; index < made.length; index++) {
    const before = made[index - 256] as number;
    made[index] = (before >>> 8) ^ (made[before & 0xff] as number);
  }
  return made;
}

/**
 * CRC-32C (Castagnoli) of the bytes from `start` to `end`, as an unsigned number: the checksum of record batches.
 * @default start 0, end `buffer.length`
 */
export function crc32c(buffer: Uint8Array, start: number = 0, end: number = buffer.length): number {
  let crc = -1;
  let at = start;
  if (littleEndian && end - at >= worthWords) {
    const misaligned = (buffer.byteOffset + at) & 3;
    if (misaligned !== 0) {
      crc = overBytes(crc, buffer, at, at + 4 - misaligned);
      at += 4 - misaligned;
    }
    const blocks = (end - at) >>> 4;
    crc = overBlocks(crc, new Int32Array(buffer.buffer, buffer.byteOffset + at, blocks * 4));
    at += blocks * 16;
  }
  return ~overBytes(crc, buffer, at, end) >>> 0;
}

function overBytes(before: number, buffer: Uint8Array, start: number, end: number): number {
  let crc = before;
  for (let at = start; at < end; at++) crc = (crc >>> 8) ^ (tables[(crc ^ (buffer[at] as number)) & 0xff] as number);
  return crc;
}

/** Sixteen bytes a turn ("slicing by 16"): each byte has a table of its own, so the sixteen look-ups do not wait for each other. */
function overBlocks(before: number, words: Int32Array): number {
  const table = tables;
  let crc = before;
  for (let at = 0; at + 3 < words.length; at += 4) {
    const a = (words[at] as number) ^ crc;
    const b = words[at + 1] as number;
    const c = words[at + 2] as number;
    const d = words[at + 3] as number;
    crc =
      (table[0xf00 | (a & 0xff)] as number) ^
      (table[0xe00 | ((a >>> 8) & 0xff)] as number) ^
      (table[0xd00 | ((a >>> 16) & 0xff)] as number) ^
      (table[0xc00 | (a >>> 24)] as number) ^
      (table[0xb00 | (b & 0xff)] as number) ^
      (table[0xa00 | ((b >>> 8) & 0xff)] as number) ^
      (table[0x900 | ((b >>> 16) & 0xff)] as number) ^
      (table[0x800 | (b >>> 24)] as number) ^
      (table[0x700 | (c & 0xff)] as number) ^
      (table[0x600 | ((c >>> 8) & 0xff)] as number) ^
      (table[0x500 | ((c >>> 16) & 0xff)] as number) ^
      (table[0x400 | (c >>> 24)] as number) ^
      (table[0x300 | (d & 0xff)] as number) ^
      (table[0x200 | ((d >>> 8) & 0xff)] as number) ^
      (table[0x100 | ((d >>> 16) & 0xff)] as number) ^
      (table[d >>> 24] as number);
  }
  return crc;
}
