const twoTo32 = 4_294_967_296;
const smallest = 256;

/** Writes Kafka's primitive types into a buffer that grows. Values must already be in range. */
export class ByteWriter {
  private buffer: Buffer;
  private position = 0;

  constructor(capacity: number = smallest) {
    this.buffer = Buffer.allocUnsafe(capacity);
  }

  /** Number of bytes written. */
  get length(): number {
    return this.position;
  }

  /** The written bytes. The writer must not be used afterwards. */
  finish(): Buffer {
    return this.buffer.subarray(0, this.position);
  }

  private reserve(size: number): number {
    const start = this.position;
    const needed = start + size;
    if (needed > this.buffer.length) {
      const larger = Buffer.allocUnsafe(Math.max(this.buffer.length * 2, needed + smallest));
      this.buffer.copy(larger, 0, 0, start);
      this.buffer = larger;
    }
    this.position = needed;
    return start;
  }

  int8(value: number): void {
    const at = this.reserve(1);
    this.buffer[at] = value;
  }

  int16(value: number): void {
    const at = this.reserve(2);
    const bytes = this.buffer;
    bytes[at] = value >> 8;
    bytes[at + 1] = value;
  }

  int32(value: number): void {
    const at = this.reserve(4);
    const bytes = this.buffer;
    bytes[at] = value >> 24;
    bytes[at + 1] = value >> 16;
    bytes[at + 2] = value >> 8;
    bytes[at + 3] = value;
  }

  int64(value: number): void {
    this.int32(Math.floor(value / twoTo32));
    this.int32(value | 0);
  }

  float64(value: number): void {
    const at = this.reserve(8);
    this.buffer.writeDoubleBE(value, at);
  }

  /** Returns whether `text` was a uuid in Kafka's text form. */
  uuid(text: string): boolean {
    const at = this.reserve(16);
    return text.length === 22 && this.buffer.write(text, at, 16, "base64url") === 16;
  }

  uvarint(value: number): void {
    let rest = value;
    while (rest > 0x7f) {
      this.int8((rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    this.int8(rest);
  }

  /** Length or count; -1 is null. */
  writeLength(length: number, flexible: boolean): void {
    if (flexible) this.uvarint(length + 1);
    else this.int32(length);
  }

  /** Returns the number of UTF-8 bytes, so that the caller can reject text that is too long. */
  string(text: string, flexible: boolean): number {
    const size = Buffer.byteLength(text, "utf8");
    if (flexible) this.uvarint(size + 1);
    else this.int16(size);
    const at = this.reserve(size);
    this.buffer.write(text, at, size, "utf8");
    return size;
  }

  rawBytes(bytes: Uint8Array): void {
    const at = this.reserve(bytes.length);
    this.buffer.set(bytes, at);
  }

  /** Puts the size of what was written since `start` (a position) in front of it, as a variable-length number. */
  insertSize(start: number): void {
    const end = this.position;
    const size = end - start;
    this.uvarint(size);
    const prefix = Buffer.from(this.buffer.subarray(end, this.position));
    this.buffer.copyWithin(start + prefix.length, start, end);
    this.buffer.set(prefix, start);
  }
}
