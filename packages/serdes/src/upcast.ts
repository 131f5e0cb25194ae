import type { SerdeBinding, SerdeDescriptor } from "./serde.ts";

/** Turns a value of an older version into one of the next. Pure: it may run again for the same record. */
export type Upcaster<Old, New> = (old: Old) => New;

/** From which form to which, and how. */
export interface Upcast<Old, New> {
  /** How the old bytes are read. */
  readonly from: SerdeDescriptor<Old>;
  /** How the new value is written. */
  readonly to: SerdeDescriptor<New>;
  readonly up: Upcaster<Old, New>;
}

/**
 * Makes the function that rewrites old bytes as new ones: decode with `from`, `up`, encode with `to`. For redrive, where a record's original bytes are
 * sent again in the form that today's handlers understand.
 * @throws from the returned function: SerdeError for bytes or values that do not fit, what the schema source fails with, and what `up` throws.
 */
export function upcast<Old, New>(options: Upcast<Old, New>, binding: SerdeBinding): (data: Buffer) => Promise<Buffer> {
  const from = options.from.bind(binding);
  const to = options.to.bind(binding);
  return async (data) => {
    await from.prepareToDeserialize(data);
    const value = options.up(from.deserialize(data));
    await to.prepareToSerialize();
    return to.serialize(value);
  };
}
