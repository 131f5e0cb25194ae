/** One reason why data of one schema cannot be read with another, at one place. */
export interface Mismatch<Type extends string> {
  readonly type: Type;
  /** JSON pointer into the schema that reads; `/` is its root. */
  readonly path: string;
  /** A sentence in which `{reader}` and `{writer}` stand for the two schemas. */
  readonly message: string;
  /** What it is about, in short: a field, symbols, two types, two values. */
  readonly detail: string;
}

const longestName = 200;

/** One step of a JSON pointer. Names that are very long are cut, so that nobody can fill the memory with them. */
export function pointerStep(name: string | number): string {
  return `/${String(name).slice(0, longestName).replaceAll("~", "~0").replaceAll("/", "~1")}`;
}

/** A name or value for a message: never too long, and never taken for `{reader}` or `{writer}`. */
export function quoted(value: unknown): string {
  const text = JSON.stringify(value) ?? "nothing";
  return (text.length > longestName ? `${text.slice(0, longestName)}…` : text).replaceAll("{", "\\u007b");
}
