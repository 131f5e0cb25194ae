import type { FastBuffer } from "./fast-buffer.ts";
import { SerdeError } from "./serde-error.ts";

const firstSlabBytes = 4 * 1024;
const largestSlabBytes = 64 * 1024;
/** Records above this get a buffer of their own size, so that a slab wastes at most this much at its end. */
const largestSharedBytes = 8 * 1024;
/** Up to here an ASCII string's length takes one byte. */
const longestShort = 63;

/**
 * Writes Avro's binary primitives one behind another into slabs that many records share, so that a record costs one view and no copy. avsc calls it
 * in place of its own cursor. Writes beyond the slab only count: `finish` then makes room and asks for the record to be written again.
 * Bytes handed out are never written to again.
 *
 * Method names are those of avsc's internal cursor.
 */
export class AvroWriter {
  private buf: FastBuffer = Buffer.alloc(0) as FastBuffer;
  private pos = 0;
  private start = 0;
  private slab: FastBuffer = this.buf;
  private slabPos = 0;

  /** Starts a record with the registry framing (magic byte 0, then the schema id in big-endian order), or without one. */
  begin(schemaId: number | undefined): void {
    const buf = this.buf;
    const start = this.pos;
    this.start = start;
    if (schemaId === undefined) return;
    this.pos = start + 5;
    buf[start] = 0;
    buf[start + 1] = schemaId >>> 24;
    buf[start + 2] = schemaId >>> 16;
    buf[start + 3] = schemaId >>> 8;
    buf[start + 4] = schemaId;
  }

  /** The record's bytes, or `undefined` when there was no room: the record must then be written again, from `begin` on. */
  finish(): Buffer | undefined {
    const { buf, start, pos } = this;
    if (pos > buf.length) {
      this.makeRoom(pos - start);
      return undefined;
    }
    const record = buf.subarray(start, pos);
    if (buf !== this.slab) {
      this.buf = this.slab;
      this.pos = this.slabPos;
    }
    return record;
  }

  /** Forgets the record that was begun. */
  abandon(): void {
    if (this.buf === this.slab) this.pos = this.start;
    else {
      this.buf = this.slab;
      this.pos = this.slabPos;
    }
  }

  private makeRoom(bytes: number): void {
    if (bytes > largestSharedBytes) {
      this.slabPos = this.start;
      this.buf = Buffer.allocUnsafeSlow(bytes) as FastBuffer;
    } else {
      this.slab = Buffer.allocUnsafeSlow(Math.min(largestSlabBytes, Math.max(firstSlabBytes, this.slab.length * 4, bytes))) as FastBuffer;
      this.buf = this.slab;
    }
    this.pos = 0;
  }

  writeBoolean(value: boolean): void {
    this.buf[this.pos++] = value ? 1 : 0;
  }

  writeInt(value: number): void {
    this.writeLong(value);
  }

  writeLong(value: number): void {
    if (!(value >= -1_073_741_824 && value < 1_073_741_824)) {
      this.writeWideLong(value);
      return;
    }
    const buf = this.buf;
    let pos = this.pos;
    let rest = (value << 1) ^ (value >> 31);
    while (rest > 0x7f) {
      buf[pos++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    buf[pos++] = rest;
    this.pos = pos;
  }

  /** In two halves, because the zigzag form of a 53-bit number needs 54 bits. */
  private writeWideLong(value: number): void {
    // Not a formality: avsc looks enum symbols up in a plain object, so the symbol "constructor" arrives here as a function.
    if (!Number.isSafeInteger(value)) {
      throw new SerdeError("SERDE_INVALID_VALUE", "a value is not an integer that a JavaScript number holds exactly");
    }
    const buf = this.buf;
    let pos = this.pos;
    const magnitude = value < 0 ? -value - 1 : value;
    const lowest = magnitude & 0x7ff_ffff;
    let low = lowest * 2 + (value < 0 ? 1 : 0);
    for (let index = 0; index < 4; index++) {
      buf[pos++] = (low & 0x7f) | 0x80;
      low >>>= 7;
    }
    let high = (magnitude - lowest) / 0x800_0000;
    while (high > 0x7f) {
      buf[pos++] = (high & 0x7f) | 0x80;
      high >>>= 7;
    }
    buf[pos++] = high;
    this.pos = pos;
  }

  writeFloat(value: number): void {
    const start = this.claim(4);
    if (this.pos <= this.buf.length) this.buf.writeFloatLE(value, start);
  }

  writeDouble(value: number): void {
    const start = this.claim(8);
    if (this.pos <= this.buf.length) this.buf.writeDoubleLE(value, start);
  }

  writeFixed(value: Buffer, length: number = value.length): void {
    const start = this.claim(length);
    if (this.pos <= this.buf.length) value.copy(this.buf, start, 0, length);
  }

  writeBytes(value: Buffer): void {
    this.writeLong(value.length);
    this.writeFixed(value);
  }

  writeString(value: string): void {
    const length = value.length;
    const start = this.pos + 1;
    // In UTF-8 a string takes at most three bytes for each of its units. Up to 63 bytes fit a length of one byte, which is patched afterwards.
    if (length > longestShort || start + length * 3 > this.buf.length) {
      this.writeLongString(value);
      return;
    }
    const written = length <= 12 ? this.writeAscii(value, start) : this.buf.utf8Write(value, start);
    if (written !== length) {
      if (written > 63) {
        this.writeLongString(value);
        return;
      }
      // A lone surrogate is written as U+FFFD without a word.
      if (!value.isWellFormed()) throw loneSurrogate();
    }
    this.buf[start - 1] = written << 1;
    this.pos = start + written;
  }

  /** For a few characters a loop is faster than leaving JavaScript. */
  private writeAscii(value: string, start: number): number {
    const buf = this.buf;
    for (let index = 0; index < value.length; index++) {
      const code = value.charCodeAt(index);
      if (code > 0x7f) return buf.utf8Write(value, start);
      buf[start + index] = code;
    }
    return value.length;
  }

  private writeLongString(value: string): void {
    const length = Buffer.byteLength(value);
    if (length !== value.length && !value.isWellFormed()) throw loneSurrogate();
    this.writeLong(length);
    const start = this.claim(length);
    if (this.pos <= this.buf.length) this.buf.utf8Write(value, start, length);
  }

  /** A default value that avsc encoded beforehand. */
  writeBinary(value: string, length: number): void {
    const start = this.claim(length);
    if (this.pos <= this.buf.length) this.buf.write(value, start, length, "latin1");
  }

  private claim(length: number): number {
    const start = this.pos;
    this.pos = start + length;
    return start;
  }
}

function loneSurrogate(): SerdeError {
  return new SerdeError("SERDE_INVALID_VALUE", "a string holds a lone surrogate, which UTF-8 cannot express", { valueType: "string" });
}
