import type { SerdeDescriptor } from "./serde.ts";
import { SerdeError } from "./serde-error.ts";

/**
 * For topics shared with systems that write null as empty bytes instead of a tombstone: null is written as no bytes, and no bytes are read as null, or as
 * the empty value of formats that have one (`string()`, `bytes()`). A null that is given to a producer is a tombstone all the same and never comes here.
 */
export function nullAsEmpty<T>(inner: SerdeDescriptor<T>): SerdeDescriptor<T | null> {
  return Object.freeze({
    format: inner.format,
    schema: inner.schema,
    subjectOf: inner.subjectOf,
    alternatives: inner.alternatives,
    bind(binding) {
      const serde = inner.bind(binding);
      return {
        writesHeaders: serde.writesHeaders,
        prepareToSerialize: (value, headers) => (value === null ? undefined : serde.prepareToSerialize(value, headers)),
        prepareToDeserialize: (data, headers) => serde.prepareToDeserialize(data, headers),
        serialize: (value, headers) => (value === null ? Buffer.alloc(0) : serde.serialize(value, headers)),
        deserialize(data, headers) {
          if (data.length > 0) return serde.deserialize(data, headers);
          try {
            return serde.deserialize(data, headers);
          } catch (error) {
            if (SerdeError.is(error) && error.code === "SERDE_TRUNCATED") return null;
            throw error;
          }
        },
      };
    },
  } satisfies SerdeDescriptor<T | null>);
}
