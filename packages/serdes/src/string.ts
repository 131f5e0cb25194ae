import { isUtf8 } from "node:buffer";
import type { Serde, SerdeDescriptor } from "./serde.ts";
import { SerdeError, typeName } from "./serde-error.ts";

const serde: Serde<string> = {
  prepareToSerialize: () => undefined,
  prepareToDeserialize: () => undefined,
  serialize(value) {
    if (typeof value !== "string") {
      throw new SerdeError("SERDE_INVALID_VALUE", `a string was expected, not ${typeName(value)}`, {
        path: "",
        valueType: typeName(value),
      });
    }
    // A lone surrogate would silently become U+FFFD.
    if (!value.isWellFormed()) {
      throw new SerdeError("SERDE_INVALID_VALUE", "the string holds a lone surrogate, which UTF-8 cannot express", {
        path: "",
        valueType: "string",
      });
    }
    return Buffer.from(value, "utf8");
  },
  deserialize(data) {
    if (!isUtf8(data)) throw new SerdeError("SERDE_INVALID_DATA", `these ${data.length} bytes are not UTF-8 text; read them with bytes()`);
    return data.toString("utf8");
  },
};

const descriptor: SerdeDescriptor<string> = Object.freeze({ format: "string", bind: () => serde });

/** Text as UTF-8. The empty string is the empty buffer. Bytes that are not UTF-8 are an error, never replaced. */
export function string(): SerdeDescriptor<string> {
  return descriptor;
}
