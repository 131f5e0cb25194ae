import avsc from "avsc";
import type { AvroReader } from "./avro-reader.ts";
import type { AvroWriter } from "./avro-writer.ts";
import { SerdeError } from "./serde-error.ts";

type Hook = (value: unknown, type: avsc.Type) => void;

/** avsc's long type with the whole range of exact numbers, 2^53 - 1 included, and nothing else. */
export function exactLong(type: avsc.Type): avsc.Type {
  return Object.create(type, { _read: { value: readLong }, _write: { value: writeLong }, _check: { value: checkLong } });
}

/** The same, also taking a Date: its milliseconds since 1970. What is read stays a number. */
export function longOrDate(type: avsc.Type): avsc.Type {
  return Object.create(type, { _read: { value: readLong }, _write: { value: writeLongOrDate }, _check: { value: checkLongOrDate } });
}

/** A union of avsc that offers a Date to the branch with this index. */
export function unionWithDate(type: avsc.Type, dateIndex: number): avsc.Type {
  const { _getIndex: plainIndex } = type as unknown as { _getIndex: (value: unknown) => number | undefined };
  function indexOf(this: unknown, value: unknown): number | undefined {
    return value instanceof Date ? dateIndex : plainIndex.call(this, value);
  }
  return Object.create(type, { _getIndex: { value: indexOf } });
}

const lowest64 = -(2n ** 63n);
const highest64 = 2n ** 63n - 1n;

/** A long as BigInt, over its whole 64 bits, both ways. */
export function bigLong(): avsc.Type {
  const long = avsc.types.LongType.__with({
    // What avsc would use for the bytes of one long; both are replaced below.
    fromBuffer: unused,
    toBuffer: unused,
    // A default in the schema's JSON.
    fromJSON: bigDefault,
    toJSON: Number,
    isValid: isLong,
    compare: (a: bigint, b: bigint) => (a < b ? -1 : a > b ? 1 : 0),
  });
  return Object.create(long, { _read: { value: readBigLong }, _write: { value: writeBigLong } });
}

function readLong(reader: AvroReader): number {
  return reader.readLong();
}

function writeLong(writer: AvroWriter, value: unknown): void {
  if (!Number.isSafeInteger(value)) throw notExact();
  // Defaults go through avsc's own cursor, which writes wrong bytes below -2^52.
  if ((value as number) < -4_503_599_627_370_496) writer.writeFixed(longBytes(BigInt(value as number)));
  else writer.writeLong(value as number);
}

function checkLong(this: avsc.Type, value: unknown, _flags: unknown, hook?: Hook): boolean {
  const isValid = Number.isSafeInteger(value);
  if (!isValid && hook !== undefined) hook(value, this);
  return isValid;
}

function writeLongOrDate(writer: AvroWriter, value: unknown): void {
  writeLong(writer, value instanceof Date ? value.getTime() : value);
}

function checkLongOrDate(this: avsc.Type, value: unknown, _flags: unknown, hook?: Hook): boolean {
  const isValid = Number.isSafeInteger(value instanceof Date ? value.getTime() : value);
  if (!isValid && hook !== undefined) hook(value, this);
  return isValid;
}

function readBigLong(reader: AvroReader): bigint {
  return reader.readBigLong();
}

function writeBigLong(writer: AvroWriter, value: unknown): void {
  if (!isLong(value)) throw new SerdeError("SERDE_INVALID_VALUE", "a value is not a BigInt of at most 64 bits");
  const number = Number(value);
  if (number >= -0x4000_0000 && number < 0x4000_0000) writer.writeLong(number);
  else writer.writeFixed(longBytes(value));
}

function isLong(value: unknown): value is bigint {
  return typeof value === "bigint" && value >= lowest64 && value <= highest64;
}

function bigDefault(value: unknown): bigint {
  if (Number.isSafeInteger(value)) return BigInt(value as number);
  throw new Error("the default of a long is no integer that JSON carries exactly");
}

/** The zigzag form in groups of seven bits, the lowest first. */
function longBytes(value: bigint): Buffer {
  let rest = BigInt.asUintN(64, (value << 1n) ^ (value >> 63n));
  const bytes: number[] = [];
  for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  bytes.push(Number(rest));
  return Buffer.from(bytes);
}

function notExact(): SerdeError {
  return new SerdeError("SERDE_INVALID_VALUE", "a value is not an integer that a JavaScript number holds exactly");
}

function unused(): never {
  throw new Error("longs are read and written without a buffer of their own");
}
