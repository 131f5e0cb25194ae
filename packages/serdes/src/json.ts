import { isUtf8 } from "node:buffer";
import type { Serde, SerdeDescriptor } from "./serde.ts";
import { SerdeError, typeName } from "./serde-error.ts";

/** Options of `json`. */
export interface JsonOptions<T> {
  /** Checks a decoded value and returns it typed; what it throws becomes `SERDE_INVALID_DATA` with that cause. @default no check */
  readonly parse?: ((value: unknown) => T) | undefined;
  /**
   * Whether the text `null` is read as `jsonNull`, so that it differs from a tombstone, which is null.
   * @default false: both are null
   */
  readonly markNull?: boolean | undefined;
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
  const { parse, markNull = false } = options;
  const serde: Serde<T> = {
    prepareToSerialize: () => undefined,
    prepareToDeserialize: () => undefined,
    serialize(value) {
      let text: string | undefined;
      try {
        text = JSON.stringify(value);
      } catch (cause) {
        throw invalidValue(value, cause);
      }
      if (text === undefined) throw invalidValue(value);
      return Buffer.from(text, "utf8");
    },
    deserialize(data) {
      if (data.length === 0) throw new SerdeError("SERDE_TRUNCATED", "JSON deserialization failed: there are no bytes");
      if (!isUtf8(data))
        throw new SerdeError("SERDE_INVALID_DATA", `JSON deserialization failed: these ${data.length} bytes are not UTF-8`);
      let value: unknown;
      try {
        value = JSON.parse(data.toString("utf8"));
      } catch {
        // The engine's own message quotes the text, which may hold a secret.
        throw new SerdeError("SERDE_INVALID_DATA", `JSON deserialization failed: these ${data.length} bytes are not JSON`);
      }
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

function invalidValue(value: unknown, cause?: unknown): SerdeError {
  return new SerdeError("SERDE_INVALID_VALUE", `JSON serialization failed: ${reason(value, cause)}`, {
    path: "",
    valueType: typeName(value),
    cause,
  });
}

function reason(value: unknown, cause: unknown): string {
  if (cause instanceof RangeError) return "the value is nested too deeply";
  return cause === undefined
    ? `JSON has no form for ${typeName(value)}`
    : `this ${typeName(value)} holds something that JSON has no form for`;
}
