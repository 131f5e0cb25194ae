import type { FastBuffer } from "./fast-buffer.ts";
import { SerdeError } from "./serde-error.ts";
import { longestShortAscii, shortAscii } from "./short-ascii.ts";

/**
 * How many array items and map entries a record may hold beyond one per byte. Items that take no bytes (null, an empty record) have nothing else
 * that bounds them: nine bytes can claim 2^53 of them.
 */
const freeItems = 65_536;
const keySlots = 64;
const longestCachedKey = 32;

/**
 * Reads Avro's binary primitives. avsc calls it in place of its own cursor, which reads on past the end and reports it afterwards: here every read is
 * checked when it happens, so hostile lengths cost neither time nor memory. One reader serves one serde; `reset` points it at the next record.
 *
 * Method names are those of avsc's internal cursor.
 */
export class AvroReader {
  buf: FastBuffer = empty;
  pos = 0;
  private end = 0;
  /** Map keys seen lately: they repeat from record to record, and a key that is the same string again is found at once as a property. */
  private readonly keys: (string | undefined)[] = Array.from({ length: keySlots });
  private remainingItems = 0;

  reset(data: Buffer, start: number): void {
    this.buf = data as FastBuffer;
    this.pos = start;
    this.end = data.length;
    this.remainingItems = data.length + freeItems;
  }

  /** Lets go of the last record. */
  release(): void {
    this.buf = empty;
  }

  readBoolean(): boolean {
    const value = this.buf[this.claim(1)];
    if (value === 0) return false;
    if (value === 1) return true;
    throw new SerdeError("SERDE_INVALID_DATA", `${value} is not an Avro boolean`);
  }

  readInt(): number {
    const value = this.readLong();
    if (value !== (value | 0)) throw new SerdeError("SERDE_INVALID_DATA", "an Avro int is larger than 32 bits");
    return value;
  }

  readLong(): number {
    const buf = this.buf;
    let pos = this.pos;
    // undefined past the end counts as 0 here and is caught below.
    let byte = buf[pos++]!;
    let low = byte & 0x7f;
    if (byte >= 0x80) {
      byte = buf[pos++]!;
      low |= (byte & 0x7f) << 7;
      if (byte >= 0x80) {
        byte = buf[pos++]!;
        low |= (byte & 0x7f) << 14;
        if (byte >= 0x80) {
          byte = buf[pos++]!;
          low |= (byte & 0x7f) << 21;
          if (byte >= 0x80) return this.readWideLong(pos, low);
        }
      }
    }
    if (pos > this.end) throw truncated(this.pos, this.end);
    this.pos = pos;
    return (low >>> 1) ^ -(low & 1);
  }

  /** A long in its whole 64 bits. */
  readBigLong(): bigint {
    const buf = this.buf;
    let low = 0;
    for (let index = 0; index < 4; index++) {
      const byte = buf[this.claim(1)]!;
      low |= (byte & 0x7f) << (index * 7);
      if (byte < 0x80) return BigInt((low >>> 1) ^ -(low & 1));
    }
    const high = this.readHighBits(this.pos);
    const magnitude = BigInt(high) * 134_217_728n + BigInt(low >>> 1);
    return (low & 1) === 1 ? -magnitude - 1n : magnitude;
  }

  /** The rest of a long of five to ten bytes; `low` holds its 28 lowest bits. Exact, in two halves: floats would round the last bit. */
  private readWideLong(start: number, low: number): number {
    const high = this.readHighBits(start);
    // zigzag: magnitude = (high * 2^28 + low) >> 1, negative when the lowest bit is set
    const magnitude = high * 134_217_728 + (low >>> 1);
    const value = (low & 1) === 1 ? -magnitude - 1 : magnitude;
    if (!Number.isSafeInteger(value)) {
      throw new SerdeError("SERDE_UNSAFE_INTEGER", "an Avro long lies beyond 2^53 - 1, which a JavaScript number cannot hold exactly");
    }
    return value;
  }

  /** The bits of a long above its first 28, from `start` on: at most 36 of them, which a number holds exactly. */
  private readHighBits(start: number): number {
    let pos = start;
    let high = 0;
    let scale = 1;
    let count = 4;
    let byte: number;
    do {
      if (pos >= this.end) throw truncated(this.pos, this.end);
      if (++count > 10) throw new SerdeError("SERDE_INVALID_DATA", "an Avro long is longer than 10 bytes");
      byte = this.buf[pos++]!;
      high += (byte & 0x7f) * scale;
      scale *= 128;
    } while (byte >= 0x80);
    if (high > 0xf_ffff_ffff) throw new SerdeError("SERDE_INVALID_DATA", "an Avro long is larger than 64 bits");
    this.pos = pos;
    return high;
  }

  readFloat(): number {
    const start = this.claim(4);
    return this.buf.readFloatLE(start);
  }

  readDouble(): number {
    const start = this.claim(8);
    return this.buf.readDoubleLE(start);
  }

  /** A copy: a view would keep the whole fetched batch alive, and avsc's users expect bytes of their own. */
  readFixed(length: number): Buffer {
    const start = this.claim(length);
    return Buffer.from(this.buf.subarray(start, start + length));
  }

  readBytes(): Buffer {
    return this.readFixed(this.readLength());
  }

  readString(): string {
    const length = this.readLength();
    return this.textAt(this.claim(length), length);
  }

  /** A string that will name a property. */
  readKey(): string {
    const length = this.readLength();
    const start = this.claim(length);
    const buf = this.buf;
    const slot = length === 0 ? 0 : (length * 31 + buf[start]! * 7 + buf[start + length - 1]!) % keySlots;
    const seen = this.keys[slot];
    if (seen !== undefined && isAsciiAt(buf, start, length, seen)) return seen;
    const key = this.textAt(start, length);
    if (length <= longestCachedKey) this.keys[slot] = key;
    return key;
  }

  /** Items in the next block of an array or map; 0 ends it. */
  readBlockCount(): number {
    let count = this.readLong();
    if (count < 0) {
      count = -count;
      // The block's size in bytes, there for those who skip.
      this.readLength();
    }
    this.takeItems(count);
    return count;
  }

  /** Items to skip one by one in the next block; blocks that say their size are skipped whole. 0 ends the array or map. */
  skipSizedBlocks(): number {
    for (;;) {
      const count = this.readLong();
      if (count >= 0) {
        this.takeItems(count);
        return count;
      }
      this.claim(this.readLength());
    }
  }

  skipBoolean(): void {
    this.claim(1);
  }

  skipInt(): void {
    this.skipLong();
  }

  skipLong(): void {
    const limit = this.pos + 10;
    while (this.buf[this.claim(1)]! >= 0x80) {
      if (this.pos >= limit) throw new SerdeError("SERDE_INVALID_DATA", "an Avro long is longer than 10 bytes");
    }
  }

  skipFloat(): void {
    this.claim(4);
  }

  skipDouble(): void {
    this.claim(8);
  }

  skipFixed(length: number): void {
    this.claim(length);
  }

  skipBytes(): void {
    this.claim(this.readLength());
  }

  skipString(): void {
    this.claim(this.readLength());
  }

  private textAt(start: number, length: number): string {
    const short = length <= longestShortAscii ? shortAscii(this.buf, start, length) : undefined;
    return short ?? this.buf.utf8Slice(start, start + length);
  }

  private readLength(): number {
    const length = this.readLong();
    if (length < 0) throw new SerdeError("SERDE_INVALID_DATA", "a length in the Avro data is negative");
    return length;
  }

  /** Moves past `length` bytes and returns where they start. */
  private claim(length: number): number {
    const start = this.pos;
    const next = start + length;
    if (next > this.end) throw truncated(start, this.end, length);
    this.pos = next;
    return start;
  }

  private takeItems(count: number): void {
    this.remainingItems -= count;
    if (this.remainingItems >= 0) return;
    throw new SerdeError("SERDE_TOO_LARGE", `the Avro data claims ${count} more items than its ${this.end} bytes can be believed to hold`);
  }
}

const empty = Buffer.alloc(0) as FastBuffer;

/** Whether the bytes are the ASCII form of `text`. */
function isAsciiAt(buf: Buffer, start: number, length: number, text: string): boolean {
  if (text.length !== length) return false;
  for (let index = 0; index < length; index++) {
    const byte = buf[start + index]!;
    if (byte !== text.charCodeAt(index) || byte > 0x7f) return false;
  }
  return true;
}

function truncated(position: number, end: number, wanted = 1): SerdeError {
  return new SerdeError("SERDE_TRUNCATED", `the Avro data ends at byte ${end}, but ${wanted} more were expected at byte ${position}`);
}
