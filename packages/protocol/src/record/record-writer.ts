import { ProtocolError } from "../protocol-error.ts";
import type { RecordHeader, RecordInput } from "./kafka-record.ts";

const twoTo32 = 4_294_967_296;
const longestVarint = 10;
const noHeaders: readonly RecordHeader[] = [];
/** Up to this many bytes a loop copies faster than a call. */
const shortCopy = 32;

/** Writes records one after another into a buffer that grows. */
export class RecordWriter {
  buffer: Buffer;
  position: number;

  constructor(capacity: number, position: number) {
    this.buffer = Buffer.allocUnsafe(capacity);
    this.position = position;
  }

  write(record: RecordInput, offsetDelta: number, timestampDelta: number): void {
    const { key, value } = record;
    const headers = record.headers ?? noHeaders;
    const size = recordSize(record, headers, offsetDelta, timestampDelta);
    this.reserve(size + longestVarint);
    this.varint(size);
    this.buffer[this.position++] = 0;
    this.varlong(timestampDelta);
    this.varint(offsetDelta);
    this.bytes(key);
    this.bytes(value);
    this.varint(headers.length);
    for (let index = 0; index < headers.length; index++) {
      const [name, content] = headers[index] as RecordHeader;
      const nameSize = Buffer.byteLength(name, "utf8");
      this.varint(nameSize);
      this.position += this.buffer.write(name, this.position, nameSize, "utf8");
      this.bytes(content);
    }
  }

  private reserve(size: number): void {
    const needed = this.position + size;
    if (needed <= this.buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.buffer.length * 2, needed));
    this.buffer.copy(larger, 0, 0, this.position);
    this.buffer = larger;
  }

  private bytes(source: Buffer | null): void {
    if (source === null) {
      this.varint(-1);
      return;
    }
    const size = source.length;
    this.varint(size);
    if (size > shortCopy) {
      this.buffer.set(source, this.position);
    } else {
      const target = this.buffer;
      const at = this.position;
      for (let index = 0; index < size; index++) target[at + index] = source[index] as number;
    }
    this.position += size;
  }

  /** A signed 32-bit number, zigzag. */
  private varint(value: number): void {
    let rest = ((value << 1) ^ (value >> 31)) >>> 0;
    const target = this.buffer;
    while (rest > 0x7f) {
      target[this.position++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    target[this.position++] = rest;
  }

  /** A signed number of up to 53 bits, zigzag. */
  private varlong(value: number): void {
    if (value === (value | 0)) {
      this.varint(value);
      return;
    }
    // Doubling needs a 54th bit, which a number cannot add one to: the two halves are doubled apart.
    const magnitude = value >= 0 ? value : -value - 1;
    let high = Math.floor(magnitude / twoTo32);
    let low = magnitude >>> 0;
    high = high * 2 + (low >>> 31);
    low = ((low << 1) | (value >= 0 ? 0 : 1)) >>> 0;
    const target = this.buffer;
    while (high > 0 || low > 0x7f) {
      target[this.position++] = (low & 0x7f) | 0x80;
      low = ((low >>> 7) | (high << 25)) >>> 0;
      high = Math.floor(high / 128);
    }
    target[this.position++] = low;
  }
}

function recordSize(record: RecordInput, headers: readonly RecordHeader[], offsetDelta: number, timestampDelta: number): number {
  let size = 1 + varlongSize(timestampDelta) + varintSize(offsetDelta) + bytesSize(record.key) + bytesSize(record.value);
  size += varintSize(headers.length);
  for (let index = 0; index < headers.length; index++) {
    const [name, content] = headers[index] as RecordHeader;
    const nameSize = Buffer.byteLength(name, "utf8");
    size += varintSize(nameSize) + nameSize + bytesSize(content);
  }
  if (size > 0x7fffffff) throw new ProtocolError("INVALID_VALUE", `a record of ${size} bytes is larger than a record batch can be`);
  return size;
}

function bytesSize(bytes: Buffer | null): number {
  return bytes === null ? 1 : varintSize(bytes.length) + bytes.length;
}

function varintSize(value: number): number {
  const rest = ((value << 1) ^ (value >> 31)) >>> 0;
  if (rest < 0x80) return 1;
  if (rest < 0x4000) return 2;
  if (rest < 0x200000) return 3;
  return rest < 0x10000000 ? 4 : 5;
}

function varlongSize(value: number): number {
  let rest = value >= 0 ? value : -value - 1;
  let size = 1;
  for (let limit = 0x40; rest >= limit; rest = Math.floor(rest / 128)) size++;
  return size;
}
