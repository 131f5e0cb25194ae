import type { LogEntry } from "./logger.ts";

/**
 * One entry as a logfmt line: `time=... level=info msg="..." key=value`. Fields that are null or undefined are left out,
 * numbers and booleans stay bare, everything else is quoted; errors become their message and code.
 */
export function formatLogfmt(entry: LogEntry): string {
  const parts = [`time=${entry.time.toISOString()}`, `level=${entry.level}`, `msg=${quote(entry.message)}`];
  for (const [key, value] of Object.entries(entry.fields)) {
    if (value === null || value === undefined) continue;
    const name = key.replace(/[^\w.-]/g, "_");
    if (typeof value === "number" || typeof value === "boolean" || typeof value === "bigint") parts.push(`${name}=${value}`);
    else parts.push(`${name}=${quote(textOf(value))}`);
  }
  return parts.join(" ");
}

function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  if (value instanceof Error) {
    const code = (value as { code?: unknown }).code;
    // Node's failures to connect have an empty message.
    const message = value.message === "" ? value.name : value.message;
    return typeof code === "string" ? `${code}: ${message}` : message;
  }
  try {
    return JSON.stringify(value, (_key, inner) => (typeof inner === "bigint" ? String(inner) : inner)) ?? String(value);
  } catch {
    return "[not serialisable]";
  }
}

function quote(text: string): string {
  return JSON.stringify(text);
}
