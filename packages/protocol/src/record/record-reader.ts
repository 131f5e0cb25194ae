import { ProtocolError } from "../protocol-error.ts";
import type { DecodedRecord, RecordHeader } from "./kafka-record.ts";
import type { RecordBatchHeader } from "./record-batch-header.ts";

const twoTo28 = 0x10000000;
const noHeaders: readonly RecordHeader[] = [];

/** Reads records one after another out of a batch's (decompressed) bytes. */
export class RecordReader {
  private readonly buffer: Buffer;
  private readonly end: number;
  private readonly header: RecordBatchHeader;
  private position: number;
  /** End of the record that is being read; none of its parts may reach beyond. */
  private recordEnd: number;

  constructor(buffer: Buffer, position: number, end: number, header: RecordBatchHeader) {
    this.buffer = buffer;
    this.position = position;
    this.end = end;
    this.header = header;
    this.recordEnd = end;
  }

  get remaining(): number {
    return this.end - this.position;
  }

  read(): DecodedRecord {
    const { baseOffset, baseTimestamp, lastOffsetDelta, maxTimestamp, timestampType } = this.header;
    this.recordEnd = this.end;
    const size = this.varint();
    if (size < 0 || size > this.end - this.position) throw this.malformed(`a record of ${size} bytes`);
    this.recordEnd = this.position + size;
    if (size === 0) throw this.malformed("an empty record");
    this.position++;
    const timestampDelta = this.varlong();
    const offsetDelta = this.varint();
    if (offsetDelta < 0 || offsetDelta > lastOffsetDelta) throw this.malformed(`a record with offset delta ${offsetDelta}`);
    const offset = baseOffset + offsetDelta;
    const timestamp = timestampType === "CreateTime" ? baseTimestamp + timestampDelta : maxTimestamp;
    if (!Number.isSafeInteger(timestamp) || !Number.isSafeInteger(offset)) {
      throw new ProtocolError("UNSAFE_INTEGER", `record batch at offset ${baseOffset}: a record's offset or timestamp is beyond 2^53 - 1`);
    }
    const key = this.bytes();
    const value = this.bytes();
    const headers = this.headers();
    if (this.position !== this.recordEnd) throw this.malformed(`${this.recordEnd - this.position} bytes too many in a record`);
    return { offset, timestamp, key, value, headers };
  }

  private headers(): readonly RecordHeader[] {
    const count = this.varint();
    if (count === 0) return noHeaders;
    if (count < 0 || count > this.recordEnd - this.position) throw this.malformed(`${count} record headers`);
    const headers: RecordHeader[] = [];
    for (let index = 0; index < count; index++) {
      const size = this.varint();
      if (size < 0 || size > this.recordEnd - this.position) throw this.malformed(`a record header whose name has ${size} bytes`);
      const name = this.buffer.toString("utf8", this.position, this.position + size);
      this.position += size;
      headers.push([name, this.bytes()]);
    }
    return headers;
  }

  private bytes(): Buffer | null {
    const size = this.varint();
    if (size === -1) return null;
    const start = this.position;
    if (size < 0 || size > this.recordEnd - start) throw this.malformed(`${size} bytes of key, value or header`);
    this.position = start + size;
    return this.buffer.subarray(start, start + size);
  }

  private byte(): number {
    if (this.position >= this.recordEnd) throw this.malformed("a record that ends too early");
    return this.buffer[this.position++] as number;
  }

  /** A signed 32-bit number, zigzag. */
  private varint(): number {
    let byte = this.byte();
    let value = byte & 0x7f;
    for (let shift = 7; byte > 0x7f; shift += 7) {
      byte = this.byte();
      if (shift === 28 && byte > 0x0f) throw this.malformed("a variable-length number of more than 32 bits");
      value |= (byte & 0x7f) << shift;
    }
    return (value >>> 1) ^ -(value & 1);
  }

  /** A signed number of up to 64 bits, zigzag; one that a JavaScript number cannot hold exactly comes out as infinity. */
  private varlong(): number {
    let byte = this.byte();
    let low = byte & 0x7f;
    for (let shift = 7; byte > 0x7f && shift < 28; shift += 7) {
      byte = this.byte();
      low |= (byte & 0x7f) << shift;
    }
    if (byte <= 0x7f) return (low >>> 1) ^ -(low & 1);
    let high = 0;
    let scale = 1;
    for (let count = 0; byte > 0x7f; count++) {
      byte = this.byte();
      if (count === 5 && byte > 0x01) throw this.malformed("a variable-length number of more than 64 bits");
      high += (byte & 0x7f) * scale;
      scale *= 128;
    }
    const magnitude = high * (twoTo28 / 2) + (low >>> 1);
    if (!Number.isSafeInteger(magnitude)) return Number.POSITIVE_INFINITY;
    return low & 1 ? -magnitude - 1 : magnitude;
  }

  private malformed(what: string): ProtocolError {
    return new ProtocolError("MALFORMED", `record batch at offset ${this.header.baseOffset}: ${what} (record byte ${this.position})`);
  }
}
