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
