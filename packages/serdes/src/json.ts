import { jsonTextOf, type LargeIntegers, parseJson } from "./json-text.ts";
import type { Serde, SerdeDescriptor } from "./serde.ts";
import { SerdeError } from "./serde-error.ts";

/** Options of `json`. */
export interface JsonOptions<T> {
  /** Checks a decoded value and returns it typed; what it throws becomes `SERDE_INVALID_DATA` with that cause. @default no check */
  readonly parse?: ((value: unknown) => T) | undefined;
  /**
   * Whether the text `null` is read as `jsonNull`, so that it differs from a tombstone, which is null.
   * @default false: both are null
   */
  readonly markNull?: boolean | undefined;
  /** What becomes of integers beyond 2^53 - 1. @default "refuse": those that would be rounded are an error */
  readonly largeIntegers?: LargeIntegers | undefined;
}

/** JSON's null as a value of its own: what makes a producer write the text `null` where null would be a tombstone. */
export interface JsonNull {
  toJSON(): null;
}

/** JSON's null where null means a tombstone: `producer.send(topic, { value: jsonNull })` writes the text `null`. See `JsonOptions.markNull`. */
export const jsonNull: JsonNull = Object.freeze({ toJSON: () => null });

/**
 * Compact JSON text (RFC 8259) in UTF-8, without a schema; characters stand for themselves. JSON's null is the text `null`, not a tombstone.
 * Values are written as `JSON.stringify` writes them: dates as ISO 8601 in UTC, class objects by their fields or their `toJSON`, undefined fields left
 * out, NaN as null.
 */
export function json<T = unknown>(options: JsonOptions<T> = {}): SerdeDescriptor<T> {
  const { parse, markNull = false, largeIntegers = "refuse" } = options;
  const serde: Serde<T> = {
    prepareToSerialize: () => undefined,
    prepareToDeserialize: () => undefined,
    serialize: (value) => Buffer.from(jsonTextOf(value, largeIntegers), "utf8"),
    deserialize(data) {
      const value = parseJson(data, largeIntegers);
      if (value === null && markNull) return jsonNull as T;
      if (parse === undefined) return value as T;
      try {
        return parse(value);
      } catch (cause) {
        throw new SerdeError("SERDE_INVALID_DATA", "JSON deserialization failed: the value was refused by this topic's parse function", {
          cause,
        });
      }
    },
  };
  return Object.freeze({ format: "json", bind: () => serde });
}
