import { logfmtPairs } from "./logfmt.ts";
import type { LogEntry } from "./logger.ts";

/**
 * One entry as `<time> [<LEVEL>] <logger>: <message>`, on one line. The logger is the field `logger`, else `millrace`; other fields follow the message as
 * `key=value`.
 */
export function formatLogLine(entry: LogEntry): string {
  const { logger = "millrace", ...fields } = entry.fields;
  const message = [entry.message, ...logfmtPairs(fields)].join(" ");
  return `${entry.time.toISOString()} [${entry.level.toUpperCase()}] ${oneLine(String(logger))}: ${oneLine(message)}`;
}

function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]/gu, (character) => {
    if (character === "\n") return "\\n";
    if (character === "\r") return "\\r";
    return character === "\t" ? "\t" : `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}
