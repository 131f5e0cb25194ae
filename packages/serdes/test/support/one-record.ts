import type { Serde, SerdeHeader } from "../../src/index.ts";

/** Writes a value as a producer does. */
export async function write<T>(serde: Serde<T>, value: T, headers: SerdeHeader[] = []): Promise<Buffer> {
  await serde.prepareToSerialize(value, headers);
  return serde.serialize(value, headers);
}

/** Reads a record's bytes as a consumer does. */
export async function read<T>(serde: Serde<T>, data: Buffer, headers: readonly SerdeHeader[] = []): Promise<T> {
  await serde.prepareToDeserialize(data, headers);
  return serde.deserialize(data, headers);
}
