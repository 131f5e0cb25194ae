import { isSecretName, looksSecret, withoutUser } from "../redact.ts";
import { contentForms } from "./content-forms.ts";

const redacted = "[REDACTED]";
const mostValues = 10_000;
const mostDepth = 20;
const shownCharacters = 10_000;

/**
 * A copy that may be shown: everything under a name such as password, secret, API key or token is `[REDACTED]`, at any depth, and so are private keys, JAAS
 * texts, authorization headers and the users in addresses, wherever they stand. Plain data whatever is given: no getter, proxy or prototype comes along.
 */
export function redactCredentials(value: unknown): unknown {
  let values = 0;
  const copy = (current: unknown, depth: number): unknown => {
    if (++values > mostValues) return "[TRUNCATED]";
    if (typeof current === "string") return redactText(current);
    if (typeof current === "bigint") return String(current);
    if (typeof current !== "object" || current === null)
      return typeof current === "function" || typeof current === "symbol" ? undefined : current;
    if (depth === mostDepth) return "[TRUNCATED]";
    // Bytes are keys or keystores more often than anything that anybody wants to read.
    if (ArrayBuffer.isView(current) || current instanceof ArrayBuffer) return redacted;
    if (Array.isArray(current)) return current.slice(0, mostValues).map((item) => copy(item, depth + 1));
    const entries = current instanceof Map ? [...current].map(([name, inner]) => [String(name), inner] as const) : Object.entries(current);
    const copied: Record<string, unknown> = {};
    for (const [name, inner] of entries.slice(0, mostValues)) {
      // Not an assignment: a setting called __proto__ stays a setting.
      Object.defineProperty(copied, name, {
        value: isSecretName(plainName(name)) ? redacted : copy(inner, depth + 1),
        enumerable: true,
        configurable: true,
        writable: true,
      });
    }
    return copied;
  };
  return copy(value, 0);
}

/** Names are compared without what hides in them: full-width letters, invisible characters, signs between words. */
export function plainName(name: string): string {
  return contentForms(name).tight.replaceAll(/[^\p{L}\p{N}]/gu, "");
}

function redactText(text: string): string {
  if (looksSecret(text, text.length)) return redacted;
  const shown = text.includes("://") || text.includes("@") ? withoutUser(text) : text;
  return shown.length > shownCharacters ? `${shown.slice(0, shownCharacters)}...` : shown;
}
