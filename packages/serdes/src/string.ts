import { constants, isAscii, isUtf8 } from "node:buffer";
import { InvalidOptionsError } from "@millrace/core";
import type { Serde, SerdeDescriptor } from "./serde.ts";
import { SerdeError, typeName } from "./serde-error.ts";

/** How text becomes bytes. Each can say of a text and of bytes whether they fit. */
export type TextEncoding = "utf8" | "utf16le" | "latin1" | "ascii";

/** Options of `string`. */
export interface StringOptions {
  /** @default "utf8" */
  readonly encoding?: TextEncoding | undefined;
}

interface Charset {
  /** Why `text` has no form in this encoding; undefined when it has one. */
  readonly problemOfText: (text: string) => string | undefined;
  readonly isText: (data: Uint8Array) => boolean;
}

const loneSurrogate = "it holds a lone surrogate, which has no form in Unicode encodings";
// A lone surrogate would silently become U+FFFD.
const problemOfUnicode = (text: string): string | undefined => (text.isWellFormed() ? undefined : loneSurrogate);

const charsets: Readonly<Record<TextEncoding, Charset>> = {
  utf8: { problemOfText: problemOfUnicode, isText: isUtf8 },
  utf16le: {
    problemOfText: problemOfUnicode,
    isText: (data) =>
      data.length % 2 === 0 && Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString("utf16le").isWellFormed(),
  },
  latin1: {
    problemOfText: (text) => (isBelow(text, 0x100) ? undefined : "it holds characters beyond U+00FF"),
    isText: () => true,
  },
  ascii: {
    problemOfText: (text) => (isBelow(text, 0x80) ? undefined : "it holds characters beyond U+007F"),
    isText: isAscii,
  },
};

function isBelow(text: string, limit: number): boolean {
  for (let index = 0; index < text.length; index++) if (text.charCodeAt(index) >= limit) return false;
  return true;
}

function serdeOf(encoding: TextEncoding): Serde<string> {
  const { problemOfText, isText } = charsets[encoding];
  return {
    prepareToSerialize: () => undefined,
    prepareToDeserialize: () => undefined,
    serialize(value) {
      if (typeof value !== "string") return bytesOf(value, encoding, isText);
      const problem = problemOfText(value);
      if (problem === undefined) return Buffer.from(value, encoding);
      throw new SerdeError("SERDE_INVALID_VALUE", `the string cannot be written as ${encoding}: ${problem}`, {
        path: "",
        valueType: "string",
      });
    },
    deserialize(data) {
      if (data.length > constants.MAX_STRING_LENGTH) {
        throw new SerdeError("SERDE_TOO_LARGE", `${data.length} bytes are more than a JavaScript string can hold`);
      }
      if (!isText(data)) {
        throw new SerdeError("SERDE_INVALID_DATA", `these ${data.length} bytes are not ${encoding} text; read them with bytes()`);
      }
      return data.toString(encoding);
    },
  };
}

/** Text that is in bytes already. */
function bytesOf(value: unknown, encoding: TextEncoding, isText: Charset["isText"]): Buffer {
  const valueType = typeName(value);
  if (!(value instanceof Uint8Array)) {
    throw new SerdeError("SERDE_INVALID_VALUE", `a string was expected, not ${valueType}`, { path: "", valueType });
  }
  if (isText(value)) return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  throw new SerdeError("SERDE_INVALID_VALUE", `these ${value.length} bytes are not ${encoding} text`, { path: "", valueType });
}

function descriptorOf(encoding: TextEncoding): SerdeDescriptor<string> {
  const serde = serdeOf(encoding);
  return Object.freeze({ format: "string", bind: () => serde });
}

const descriptors: Readonly<Record<TextEncoding, SerdeDescriptor<string>>> = {
  utf8: descriptorOf("utf8"),
  utf16le: descriptorOf("utf16le"),
  latin1: descriptorOf("latin1"),
  ascii: descriptorOf("ascii"),
};

/**
 * Text, in UTF-8 unless said otherwise. The empty string is the empty buffer. What does not fit the encoding is an error in both directions, never
 * replaced. Text that is in bytes already is checked and written as it is.
 * @throws InvalidOptionsError (`INVALID_OPTIONS`) for an encoding that is none
 */
export function string(options: StringOptions = {}): SerdeDescriptor<string> {
  const { encoding = "utf8" } = options;
  if (Object.hasOwn(descriptors, encoding)) return descriptors[encoding];
  throw new InvalidOptionsError("string", [`encoding must be one of ${Object.keys(descriptors).join(", ")}`]);
}
