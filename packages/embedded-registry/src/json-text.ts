/** A number as it was written, because JavaScript would round some of them. */
export class JsonNumber {
  readonly source: string;

  constructor(source: string) {
    this.source = source;
  }
}

/** A parsed JSON value whose numbers keep their digits. Objects are maps, so that every name is a plain one. */
export type JsonValue = null | boolean | string | JsonNumber | readonly JsonValue[] | ReadonlyMap<string, JsonValue>;

/** Parses JSON without rounding numbers. Throws a SyntaxError, or a RangeError when it is nested too deeply. */
export function parseJson(text: string): JsonValue {
  const keepDigits = (_name: string, value: unknown, context?: { readonly source?: string }): unknown => {
    if (typeof value === "number") return new JsonNumber(context?.source ?? String(value));
    if (typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof JsonNumber))
      return new Map(Object.entries(value));
    return value;
  };
  return JSON.parse(text, keepDigits) as JsonValue;
}

/** Writes JSON on one line. */
export function printJson(value: JsonValue): string {
  if (value instanceof JsonNumber) return value.source;
  if (value instanceof Map) return `{${[...value].map(([name, part]) => `${JSON.stringify(name)}:${printJson(part)}`).join(",")}}`;
  if (Array.isArray(value)) return `[${value.map(printJson).join(",")}]`;
  return JSON.stringify(value);
}

/** The same value with the names of every object in order. */
export function sortNames(value: JsonValue): JsonValue {
  if (value instanceof Map) {
    const entries = [...(value as ReadonlyMap<string, JsonValue>)].sort(([left], [right]) => (left < right ? -1 : 1));
    return new Map(entries.map(([name, part]) => [name, sortNames(part)]));
  }
  return Array.isArray(value) ? value.map(sortNames) : value;
}

/** White space outside strings goes; nothing else changes. */
export function onOneLine(text: string): string {
  return text.replace(/("(?:[^"\\]|\\.)*")|\s+/g, "$1");
}
