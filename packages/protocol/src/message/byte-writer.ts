const twoTo32 = 4_294_967_296;
const smallest = 256;
/** From this many bytes on, a system call for one piece more costs less than copying it. */
const worthReferring = 4_096;

/** Bytes that belong between those written before position `at` of the buffer and those after it. */
interface ReferredBytes {
  readonly at: number;
  readonly bytes: Uint8Array;
}

/** Writes Kafka's primitive types into a buffer that grows. Large bytes are referred to, not copied, until it is finished. Values must already be in range. */
export class ByteWriter {
  private buffer: Buffer;
  private position = 0;
  private readonly referred: ReferredBytes[] = [];
  /** How many parts with a size in front are being written: what is inside them has to be in the buffer. */
  private openSizes = 0;

  constructor(capacity: number = smallest) {
    this.buffer = Buffer.allocUnsafe(capacity);
  }

  /** The written bytes, joined. The writer must not be used afterwards. */
  finish(): Buffer {
    return this.referred.length === 0 ? this.buffer.subarray(0, this.position) : Buffer.concat(this.finishInPieces());
  }

  /** The written bytes, in pieces whose order tells how to join them; large bytes are the very ones that were given. The writer must not be used afterwards. */
  finishInPieces(): Uint8Array[] {
    const pieces: Uint8Array[] = [];
    let start = 0;
    for (const { at, bytes } of this.referred) {
      if (at > start) pieces.push(this.buffer.subarray(start, at));
      pieces.push(bytes);
      start = at;
    }
    if (this.position > start) pieces.push(this.buffer.subarray(start, this.position));
    return pieces;
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
    if (bytes.length >= worthReferring && this.openSizes === 0) {
      this.referred.push({ at: this.position, bytes });
      return;
    }
    const at = this.reserve(bytes.length);
    this.buffer.set(bytes, at);
  }

  /** Begins a part that gets its size in front when `endSized` is given the returned position. */
  beginSized(): number {
    this.openSizes++;
    return this.position;
  }

  /** Puts the size of what was written since `beginSized` in front of it, as a variable-length number. */
  endSized(start: number): void {
    this.openSizes--;
    const end = this.position;
    const size = end - start;
    this.uvarint(size);
    const prefix = Buffer.from(this.buffer.subarray(end, this.position));
    this.buffer.copyWithin(start + prefix.length, start, end);
    this.buffer.set(prefix, start);
  }
}
