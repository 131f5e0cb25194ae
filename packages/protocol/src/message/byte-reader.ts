import { ProtocolError } from "../protocol-error.ts";

const twoTo32 = 4_294_967_296;
const longestString = 0x7fff;

/**
 * Reads Kafka's primitive types from a buffer it does not own. Every read checks its bounds first: bad bytes end in a `ProtocolError`,
 * never in a `RangeError` or an allocation that the bytes do not pay for.
 */
export class ByteReader {
  readonly buffer: Buffer;
  position: number;
  /** Index after the last readable byte. */
  readonly end: number;
  private readonly subject: string;
  private elementsLeft: number;

  /** With `maxElements`, arrays that hold more of them in all are malformed. */
  constructor(buffer: Buffer, position: number, subject: string, maxElements: number = Number.POSITIVE_INFINITY) {
    this.buffer = buffer;
    this.position = position;
    this.end = buffer.length;
    this.subject = subject;
    this.elementsLeft = maxElements;
  }

  malformed(problem: string): ProtocolError {
    return new ProtocolError("MALFORMED", `${this.subject}: ${problem} (byte ${this.position} of ${this.end})`);
  }

  /** Moves over `size` bytes and returns where they start. */
  take(size: number): number {
    const start = this.position;
    if (size > this.end - start) {
      throw new ProtocolError("TRUNCATED", `${this.subject}: ${size} bytes wanted at byte ${start}, but only ${this.end - start} are left`);
    }
    this.position = start + size;
    return start;
  }

  int8(): number {
    const at = this.take(1);
    return ((this.buffer[at] as number) << 24) >> 24;
  }

  bool(): boolean {
    return this.buffer[this.take(1)] !== 0;
  }

  int16(): number {
    const at = this.take(2);
    const bytes = this.buffer;
    return (((bytes[at] as number) << 24) >> 16) | (bytes[at + 1] as number);
  }

  uint16(): number {
    return this.int16() & 0xffff;
  }

  int32(): number {
    const at = this.take(4);
    const bytes = this.buffer;
    return ((bytes[at] as number) << 24) | ((bytes[at + 1] as number) << 16) | ((bytes[at + 2] as number) << 8) | (bytes[at + 3] as number);
  }

  int64(): number {
    const value = this.int32() * twoTo32 + (this.int32() >>> 0);
    if (!Number.isSafeInteger(value)) {
      throw new ProtocolError("UNSAFE_INTEGER", `${this.subject}: the 64-bit number ending at byte ${this.position} is beyond 2^53 - 1`);
    }
    return value;
  }

  float64(): number {
    return this.buffer.readDoubleBE(this.take(8));
  }

  uuid(): string {
    const at = this.take(16);
    return this.buffer.toString("base64url", at, at + 16);
  }

  /** Unsigned variable-length number of at most 32 bits. */
  uvarint(): number {
    const bytes = this.buffer;
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = bytes[this.take(1)] as number;
      if (shift === 28 && byte > 0x0f) break;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
    }
    throw this.malformed("a variable-length number has more than 32 bits");
  }

  /** A length or count: -1 is null; other negative numbers are malformed. */
  length(flexible: boolean): number {
    const length = flexible ? this.uvarint() - 1 : this.int32();
    if (length < -1) throw this.malformed(`length ${length}`);
    return length;
  }

  string(flexible: boolean): string | null {
    const length = flexible ? this.uvarint() - 1 : this.int16();
    if (length < 0) {
      if (length === -1) return null;
      throw this.malformed(`string of length ${length}`);
    }
    if (length > longestString) throw this.malformed(`string of ${length} bytes; Kafka allows ${longestString}`);
    const at = this.take(length);
    return this.buffer.toString("utf8", at, at + length);
  }

  /** A slice of the input, not a copy. */
  bytes(flexible: boolean): Buffer | null {
    const length = this.length(flexible);
    if (length < 0) return null;
    const at = this.take(length);
    return this.buffer.subarray(at, at + length);
  }

  /** Number of elements, or -1 for null. Each element takes at least a byte, so more elements than bytes are malformed. */
  count(flexible: boolean): number {
    const count = this.length(flexible);
    if (count > this.end - this.position) throw this.malformed(`${count} elements in ${this.end - this.position} bytes`);
    if (count > this.elementsLeft) throw this.malformed(`${count} elements where only ${this.elementsLeft} more are allowed`);
    if (count > 0) this.elementsLeft -= count;
    return count;
  }

  skipTaggedFields(): void {
    for (let count = this.uvarint(); count > 0; count--) {
      this.uvarint();
      this.take(this.uvarint());
    }
  }
}
