import { isAnyArrayBuffer } from "node:util/types";
import type { ValidatorOptions } from "./bootstrap-servers.ts";
import { dangerousPatterns } from "./dangerous-content.ts";
import { resolveLimits, validatorLimits } from "./validator-limits.ts";
import { judge, type ValidatorResult } from "./validator-result.ts";

/** What `validateMessageContent` says. */
export interface MessageResult extends ValidatorResult {
  /** The message itself, not a copy; null when it is invalid. */
  readonly sanitized_message: unknown;
}

/**
 * Judges a message before it is sent: its size in bytes (as JSON; bytes and text as they are), and patterns of code and commands in it, which are doubts.
 * Null is a tombstone, and fine. Getters and `toJSON` of the message are called. Never throws.
 * @throws InvalidOptionsError (`INVALID_OPTIONS`) for limits that are none.
 */
export function validateMessageContent(message: unknown, options: ValidatorOptions = {}): MessageResult {
  const { policy = "warn" } = options;
  const { messageBytes } = resolveLimits(options.limits);
  const result = judge(policy, {}, (issues) => {
    const text = message === null || message === undefined ? "" : textOf(message, messageBytes);
    if (text === undefined) {
      issues.fault(`Message too large (exceeds ${messageBytes === validatorLimits.messageBytes ? "1MB" : `${messageBytes} bytes`})`);
    } else {
      for (const pattern of dangerousPatterns(text)) issues.doubt(`Dangerous content pattern detected: ${pattern}`);
    }
    return {};
  });
  return Object.freeze({ ...result, sanitized_message: result.is_valid ? message : null });
}

/** The text to look at; undefined when it has more bytes than allowed. */
function textOf(message: unknown, mostBytes: number): string | undefined {
  const bytes = bytesOf(message);
  if (bytes !== undefined) return bytes.length > mostBytes ? undefined : bytes.toString("utf8");
  if (typeof message !== "string") return jsonOf(message, mostBytes);
  return message.length > mostBytes || Buffer.byteLength(message) > mostBytes ? undefined : message;
}

function bytesOf(value: unknown): Buffer | undefined {
  if (ArrayBuffer.isView(value)) return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  // Of any realm: no instanceof.
  return isAnyArrayBuffer(value) ? Buffer.from(value) : undefined;
}

const tooLarge: unique symbol = Symbol("too large");

/**
 * JSON, and the text in bytes within; undefined when there are too many bytes. Bytes count as base64, maps and sets as lists, 64-bit integers as their digits.
 * Stops as soon as it is clear that there is too much.
 */
function jsonOf(message: unknown, mostBytes: number): string | undefined {
  const inside: string[] = [];
  let least = 0;
  let inBytes = 0;
  // Not even a list of a hundred million holes is walked to its end.
  const stopIfTooMuch = (): void => {
    if (least + inBytes > mostBytes + 1) throw tooLarge;
  };
  const replace = function (this: unknown, name: string, value: unknown): unknown {
    // A comma or a bracket, and a text's own length.
    least += 1 + (typeof value === "string" ? value.length : 0);
    // What it is before its toJSON.
    const bytes = bytesOf((this as Record<string, unknown>)[name]);
    if (bytes !== undefined) inBytes += Math.ceil(bytes.length / 3) * 4;
    stopIfTooMuch();
    if (bytes !== undefined) {
      inside.push(bytes.toString("utf8"));
      return "";
    }
    if (value instanceof Map || value instanceof Set) return [...value];
    return typeof value === "bigint" ? Number(value) : value;
  };
  try {
    const text = JSON.stringify(message, replace) as string | undefined;
    if (text === undefined) throw new Error("the message cannot be written as JSON");
    return Buffer.byteLength(text) + inBytes > mostBytes ? undefined : [text, ...inside].join("\n");
  } catch (error) {
    if (error === tooLarge) return undefined;
    throw error;
  }
}
