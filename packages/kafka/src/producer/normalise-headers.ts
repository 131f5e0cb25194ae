import { InvalidOptionsError } from "@millrace/core";
import type { Headers } from "../record.ts";
import type { HeadersInput } from "./producer.ts";

const noHeaders: Headers = Object.freeze([]);

/**
 * Headers as an ordered list of bytes; text becomes UTF-8. Never changes its input.
 * @throws InvalidOptionsError (`INVALID_OPTIONS`) for a value that is neither text, bytes nor null
 */
export function normaliseHeaders(input: HeadersInput | undefined): Headers {
  if (input === undefined) return noHeaders;
  const pairs = Array.isArray(input) ? (input as readonly (readonly [string, Buffer | string | null])[]) : Object.entries(input);
  if (pairs.length === 0) return noHeaders;
  return pairs.map(([name, value]) => {
    if (value === null || Buffer.isBuffer(value)) return [name, value] as const;
    if (typeof value === "string") return [name, Buffer.from(value, "utf8")] as const;
    throw new InvalidOptionsError("headers", [`the value of "${name}" must be text, a Buffer or null, not ${typeof value}`]);
  });
}
