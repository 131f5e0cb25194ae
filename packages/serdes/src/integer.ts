import type { Serde, SerdeDescriptor } from "./serde.ts";
import { SerdeError, typeName } from "./serde-error.ts";

/** Options of `integer`. */
export interface IntegerOptions {
  /** Whether values are read as `bigint`, which holds all 64 bits. @default false: as `number`, and what it cannot hold exactly is an error */
  readonly bigint?: boolean | undefined;
}

const sizeBytes = 8;
const least = -(2n ** 63n);
const most = 2n ** 63n - 1n;

/**
 * A signed integer of 64 bits, as 8 bytes in big-endian order: the form of Java's `LongSerializer`. Numbers and bigints are written alike.
 * Nothing is rounded: a number that is not a safe integer is refused, and so are bytes beyond 2^53 - 1 unless they are read as `bigint`.
 */
export function integer(options: IntegerOptions & { readonly bigint: true }): SerdeDescriptor<bigint>;
export function integer(options?: IntegerOptions & { readonly bigint?: false | undefined }): SerdeDescriptor<number>;
export function integer(options: IntegerOptions = {}): SerdeDescriptor<bigint> | SerdeDescriptor<number> {
  return options.bigint === true ? bigintDescriptor : numberDescriptor;
}

const numberDescriptor: SerdeDescriptor<number> = Object.freeze({ format: "integer", bind: () => numberSerde });
const bigintDescriptor: SerdeDescriptor<bigint> = Object.freeze({ format: "integer", bind: () => bigintSerde });

const numberSerde: Serde<number> = {
  prepareToSerialize: () => undefined,
  prepareToDeserialize: () => undefined,
  serialize: write,
  deserialize(data) {
    checkSize(data);
    // Exact as long as it is safe: the upper half times 2^32 has no bits below it.
    const value = data.readInt32BE(0) * 4_294_967_296 + data.readUInt32BE(4);
    if (Number.isSafeInteger(value)) return value;
    throw new SerdeError(
      "SERDE_UNSAFE_INTEGER",
      "the integer lies beyond 2^53 - 1, which a JavaScript number cannot hold exactly; read it with integer({ bigint: true })",
    );
  },
};

const bigintSerde: Serde<bigint> = {
  prepareToSerialize: () => undefined,
  prepareToDeserialize: () => undefined,
  serialize: write,
  deserialize(data) {
    checkSize(data);
    return data.readBigInt64BE(0);
  },
};

function write(value: number | bigint): Buffer {
  if (typeof value === "bigint") {
    if (value < least || value > most) throw invalidValue(value, "it does not fit into 64 bits");
    const data = Buffer.allocUnsafe(sizeBytes);
    data.writeBigInt64BE(value);
    return data;
  }
  if (!Number.isSafeInteger(value)) throw invalidValue(value, "it is no whole number that JavaScript holds exactly");
  const data = Buffer.allocUnsafe(sizeBytes);
  data.writeInt32BE(Math.floor(value / 4_294_967_296), 0);
  data.writeInt32BE(value | 0, 4);
  return data;
}

function checkSize(data: Buffer): void {
  if (data.length < sizeBytes) throw new SerdeError("SERDE_TRUNCATED", `an integer takes ${sizeBytes} bytes, but there are ${data.length}`);
  if (data.length > sizeBytes) {
    throw new SerdeError("SERDE_TRAILING_BYTES", `an integer takes ${sizeBytes} bytes, but there are ${data.length}`);
  }
}

function invalidValue(value: unknown, reason: string): SerdeError {
  const valueType = typeName(value);
  return new SerdeError("SERDE_INVALID_VALUE", `the ${valueType} cannot be written as an integer: ${reason}`, { path: "", valueType });
}
