import type { SerdeBinding, SerdeDescriptor, SerdeHeader } from "./serde.ts";

/** Turns a value of an older version into one of the next. Pure: it may run again for the same record. */
export type Upcaster<Old, New> = (old: Old) => New;

/** From which form to which, and how. */
export interface Upcast<Old, New> {
  /** How the old bytes are read. */
  readonly from: SerdeDescriptor<Old>;
  /** How the new value is written. */
  readonly to: SerdeDescriptor<New>;
  /** Its result has to be what `to` writes: `to` alone decides the type. */
  readonly up: Upcaster<Old, NoInfer<New>>;
}

/** The part of a record that an upcaster rewrites. */
export interface RewrittenRecord {
  /** null is a tombstone, and stays one. */
  readonly value: Buffer | null;
  readonly headers: readonly SerdeHeader[];
}

/**
 * Makes the function that rewrites a record's value in a newer form: decode with `from`, `up`, encode with `to`. Headers stay as they are, but for those
 * in which `to` keeps a part of itself. For redrive, which takes it as its `transform`: a record's original bytes are sent again in the form that
 * today's handlers understand. Of a record only value and headers are read.
 * @throws from the returned function: SerdeError for bytes or values that do not fit, what the schema source fails with, and what `up` throws.
 */
export function upcast<Old, New>(
  options: Upcast<Old, New>,
  binding: Omit<SerdeBinding, "part">,
): (record: RewrittenRecord) => Promise<RewrittenRecord> {
  const from = options.from.bind({ ...binding, part: "value" });
  const to = options.to.bind({ ...binding, part: "value" });
  return async ({ value, headers }) => {
    if (value === null) return { value, headers };
    await from.prepareToDeserialize(value, headers);
    const mended = options.up(from.deserialize(value, headers));
    const own = [...headers];
    await to.prepareToSerialize(mended, own);
    return { value: to.serialize(mended, own), headers: own };
  };
}
