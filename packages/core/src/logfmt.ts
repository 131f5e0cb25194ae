import type { LogEntry } from "./logger.ts";

/**
 * One entry as a logfmt line: `time=... level=info msg="..." key=value`. Fields that are null or undefined are left out,
 * numbers and booleans stay bare, everything else is quoted; errors become their message and code.
 */
export function formatLogfmt(entry: LogEntry): string {
  return [`time=${entry.time.toISOString()}`, `level=${entry.level}`, `msg=${quote(entry.message)}`, ...logfmtPairs(entry.fields)].join(
    " ",
  );
}

/**
 * One entry as the line of an event: `event=NAME trace_id=ID key="text" key=number`, then `error_type` and `error_msg` of what stands under `error`. The event is
 * the entry's message. A trace id in the 32 hexadecimal digits of OpenTelemetry is written as the UUID that it is; without one there is none in the line.
 */
export function formatEventLine(entry: LogEntry): string {
  const { trace_id: traceId, error, error_type: type, error_msg: message, ...fields } = entry.fields as Record<string, unknown>;
  const failed = error === null || error === undefined ? {} : { error_type: nameOf(error), error_msg: messageOf(error) };
  const parts = [`event=${bare(entry.message)}`];
  if (traceId !== null && traceId !== undefined) parts.push(`trace_id=${bare(asUuid(textOf(traceId)))}`);
  return [...parts, ...logfmtPairs({ ...fields, error_type: type, error_msg: message, ...failed })].join(" ");
}

/** Fields as `key=value`, those left out that are null or undefined. */
export function logfmtPairs(fields: LogEntry["fields"]): readonly string[] {
  const pairs: string[] = [];
  for (const [key, value] of Object.entries(fields)) {
    if (value === null || value === undefined) continue;
    const name = key.replace(/[^\w.-]/g, "_");
    if (typeof value === "number" || typeof value === "boolean" || typeof value === "bigint") pairs.push(`${name}=${value}`);
    else pairs.push(`${name}=${quote(textOf(value))}`);
  }
  return pairs;
}

function nameOf(error: unknown): string {
  return looked(() => (error instanceof Error ? written(error).name : typeof error)) ?? typeof error;
}

function messageOf(error: unknown): string {
  return looked(() => (error instanceof Error ? written(error).message : undefined)) ?? textOf(error);
}

/** Nothing keeps an error's name and message from being something else than texts. */
function written({ name, message }: { readonly name: unknown; readonly message: unknown }): { name: string; message: string } {
  return { name: String(name), message: String(message) };
}

/** What is thrown may be a proxy, or have a getter that throws. */
function looked<Seen>(look: () => Seen): Seen | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}

function bare(text: string): string {
  return /^[\w.:/-]+$/.test(text) ? text : quote(text);
}

function asUuid(id: string): string {
  return /^[0-9a-f]{32}$/.test(id) ? id.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-") : id;
}

function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  try {
    if (value instanceof Error) {
      const code = (value as { code?: unknown }).code;
      // Node's failures to connect have an empty message.
      const { name, message: told } = written(value);
      const message = told === "" ? name : told;
      return typeof code === "string" ? `${code}: ${message}` : message;
    }
    return JSON.stringify(value, (_key, inner) => (typeof inner === "bigint" ? String(inner) : inner)) ?? String(value);
  } catch {
    return "[not serialisable]";
  }
}

function quote(text: string): string {
  return JSON.stringify(text);
}
