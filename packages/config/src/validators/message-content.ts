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
 * Null is a tombstone, and fine. The message is read once, getters and `toJSON` included. Never throws.
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
  if (message instanceof ArrayBuffer) return textOf(new Uint8Array(message), mostBytes);
  if (ArrayBuffer.isView(message)) {
    if (message.byteLength > mostBytes) return undefined;
    return Buffer.from(message.buffer, message.byteOffset, message.byteLength).toString("utf8");
  }
  const text = typeof message === "string" ? message : jsonOf(message, mostBytes);
  return text === undefined || text.length > mostBytes || Buffer.byteLength(text) > mostBytes ? undefined : text;
}

/** JSON, with bytes as the text in them and 64-bit integers as their digits. Stops as soon as it is clear that there are too many bytes. */
function jsonOf(message: unknown, mostBytes: number): string | undefined {
  let bytes = 0;
  let isTooLarge = false;
  const text = JSON.stringify(message, function (this: unknown, name: string, value: unknown): unknown {
    if (isTooLarge) return undefined;
    const original = (this as Record<string, unknown>)[name];
    const plain = ArrayBuffer.isView(original)
      ? Buffer.from(original.buffer, original.byteOffset, original.byteLength).toString("utf8")
      : typeof value === "bigint"
        ? Number(value)
        : value;
    // The least that this adds: a comma or a bracket, and the text's own length.
    bytes += 1 + (typeof plain === "string" ? plain.length : 0);
    if (bytes > mostBytes + 1) isTooLarge = true;
    return isTooLarge ? undefined : plain;
  }) as string | undefined;
  if (isTooLarge) return undefined;
  if (text === undefined) throw new Error("the message cannot be written as JSON");
  return text;
}
