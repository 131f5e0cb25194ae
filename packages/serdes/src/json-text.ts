import { isUtf8 } from "node:buffer";
import { SerdeError, typeName } from "./serde-error.ts";

/**
 * What becomes of integers beyond 2^53 - 1 in JSON text. `refuse`: those that a JavaScript number would round are an error. `bigint`: they are read as
 * `bigint`, and bigints can be written. `round`: they are read as the nearest number, as `JSON.parse` does.
 */
export type LargeIntegers = "refuse" | "bigint" | "round";

/** Integers with fewer digits are safe. */
const fewestDigits = 16;
const longDigits = /\d{16}/;
/** Making a bigint takes more than linear time. */
const mostDigits = 1_000;
const integerText = /^-?\d+$/;

/**
 * The value of JSON text in UTF-8.
 * @throws SerdeError (`SERDE_TRUNCATED`, `SERDE_INVALID_DATA`, `SERDE_UNSAFE_INTEGER`); messages quote nothing of the text
 */
export function parseJson(data: Buffer, largeIntegers: LargeIntegers): unknown {
  if (data.length === 0) throw new SerdeError("SERDE_TRUNCATED", "JSON deserialization failed: there are no bytes");
  if (!isUtf8(data)) throw invalidJson(data, "UTF-8");
  try {
    const text = data.toString("utf8");
    return largeIntegers === "round" || !hasLongDigits(text) ? JSON.parse(text) : parseExactly(text, largeIntegers);
  } catch (error) {
    if (SerdeError.is(error)) throw error;
    // The engine's own message quotes the text, which may hold a secret.
    throw invalidJson(data, "JSON");
  }
}

/** Whether there are 16 digits in a row somewhere. They would cover every sixteenth place, so that hardly any text has to be searched. */
function hasLongDigits(text: string): boolean {
  for (let index = fewestDigits - 1; index < text.length; index += fewestDigits) {
    const code = text.charCodeAt(index);
    if (code >= 0x30 && code <= 0x39) return longDigits.test(text);
  }
  return false;
}

function invalidJson(data: Buffer, expected: string): SerdeError {
  return new SerdeError("SERDE_INVALID_DATA", `JSON deserialization failed: these ${data.length} bytes are not ${expected}`);
}

function parseExactly(text: string, largeIntegers: LargeIntegers): unknown {
  return parseWithSource(text, (_key, value, { source }) => {
    if (typeof value !== "number" || Number.isSafeInteger(value) || source === undefined || !integerText.test(source)) return value;
    if (largeIntegers === "bigint") {
      if (source.length <= mostDigits) return BigInt(source);
      throw new SerdeError("SERDE_TOO_LARGE", `the JSON text holds an integer of more than ${mostDigits} digits`);
    }
    // Some large ones lose nothing: those that were written from a number, and those that a number holds exactly.
    if (String(value) === source || (Number.isFinite(value) && BigInt(source) === BigInt(value))) return value;
    throw new SerdeError(
      "SERDE_UNSAFE_INTEGER",
      'the JSON text holds an integer beyond 2^53 - 1 that a JavaScript number would round; choose largeIntegers "bigint" or "round"',
    );
  });
}

// Node 22 has both (ECMA-262, "JSON.parse source text access"), the compiler's library does not yet.
type Reviver = (key: string, value: unknown, context: { readonly source?: string }) => unknown;
const parseWithSource = JSON.parse as (text: string, reviver: Reviver) => unknown;
const { rawJSON } = JSON as unknown as { rawJSON: (text: string) => unknown };

/**
 * Compact JSON text of `value`.
 * @throws SerdeError (`SERDE_INVALID_VALUE`) for what JSON has no form for
 */
export function jsonTextOf(value: unknown, largeIntegers: LargeIntegers): string {
  let text: string | undefined;
  try {
    text = largeIntegers === "bigint" ? JSON.stringify(value, withBigints) : JSON.stringify(value);
  } catch (cause) {
    throw invalidValue(value, cause);
  }
  if (text === undefined) throw invalidValue(value);
  return text;
}

function withBigints(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? rawJSON(String(value)) : value;
}

function invalidValue(value: unknown, cause?: unknown): SerdeError {
  const valueType = typeName(value);
  let reason = `this ${valueType} holds something that JSON has no form for`;
  if (cause === undefined) reason = `JSON has no form for ${valueType}`;
  else if (cause instanceof RangeError) reason = `this ${valueType} is nested too deeply, or too long`;
  return new SerdeError("SERDE_INVALID_VALUE", `JSON serialization failed: ${reason}`, { path: "", valueType, cause });
}
