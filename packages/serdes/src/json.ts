import { isUtf8 } from "node:buffer";
import type { Serde, SerdeDescriptor } from "./serde.ts";
import { SerdeError, typeName } from "./serde-error.ts";

/** Options of `json`. */
export interface JsonOptions<T> {
  /** Checks a decoded value and returns it typed; what it throws becomes `SERDE_INVALID_DATA` with that cause. @default no check */
  readonly parse?: ((value: unknown) => T) | undefined;
}

/**
 * Compact JSON text (RFC 8259) in UTF-8, without a schema. JSON's null is the text `null`, not a tombstone.
 * What `JSON.stringify` leaves out or changes (undefined fields, NaN, dates) is left out or changed here too.
 */
export function json<T = unknown>(options: JsonOptions<T> = {}): SerdeDescriptor<T> {
  const { parse } = options;
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
      if (data.length === 0) throw new SerdeError("SERDE_TRUNCATED", "empty bytes are not JSON");
      if (!isUtf8(data)) throw new SerdeError("SERDE_INVALID_DATA", `these ${data.length} bytes are not UTF-8, so they are not JSON`);
      let value: unknown;
      try {
        value = JSON.parse(data.toString("utf8"));
      } catch {
        // The engine's own message quotes the text, which may hold a secret.
        throw new SerdeError("SERDE_INVALID_DATA", `these ${data.length} bytes are not JSON`);
      }
      if (parse === undefined) return value as T;
      try {
        return parse(value);
      } catch (cause) {
        throw new SerdeError("SERDE_INVALID_DATA", "the JSON value was refused by this topic's parse function", { cause });
      }
    },
  };
  return Object.freeze({ format: "json", bind: () => serde });
}

function invalidValue(value: unknown, cause?: unknown): SerdeError {
  return new SerdeError("SERDE_INVALID_VALUE", `JSON has no form for this value (${typeName(value)})`, {
    path: "",
    valueType: typeName(value),
    cause,
  });
}
