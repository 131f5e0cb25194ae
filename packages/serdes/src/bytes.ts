import type { Serde, SerdeDescriptor } from "./serde.ts";
import { SerdeError, typeName } from "./serde-error.ts";

const serde: Serde<Buffer> = {
  prepareToSerialize: () => undefined,
  prepareToDeserialize: () => undefined,
  serialize(value) {
    if (Buffer.isBuffer(value)) return value;
    const other: unknown = value;
    if (other instanceof Uint8Array) return Buffer.from(other.buffer, other.byteOffset, other.byteLength);
    throw new SerdeError("SERDE_INVALID_VALUE", `a Buffer was expected, not ${typeName(value)}`, { path: "", valueType: typeName(value) });
  },
  deserialize: (data) => data,
};

const descriptor: SerdeDescriptor<Buffer> = Object.freeze({ format: "bytes", bind: () => serde });

/** Bytes as they are, never copied: what is decoded is a view of what was fetched, what is encoded must not be changed until it is sent. */
export function bytes(): SerdeDescriptor<Buffer> {
  return descriptor;
}
