import { pointerStep } from "../mismatch.ts";
import { InvalidSchemaError } from "../schema-error.ts";

/** Reads the keywords of one object of a schema, and refuses values that a keyword cannot have. */
export class KeywordReader {
  readonly json: Readonly<Record<string, unknown>>;
  /** JSON pointer to the object, "" at the root. */
  readonly path: string;
  readonly reference: string | undefined;

  constructor(json: object, path: string, reference: string | undefined) {
    this.json = json as Readonly<Record<string, unknown>>;
    this.path = path;
    this.reference = reference;
  }

  has(...keywords: readonly string[]): boolean {
    return keywords.some((keyword) => Object.hasOwn(this.json, keyword));
  }

  get(keyword: string): unknown {
    return Object.hasOwn(this.json, keyword) ? this.json[keyword] : undefined;
  }

  number(keyword: string): number | undefined {
    const value = this.get(keyword);
    if (value === undefined || (typeof value === "number" && Number.isFinite(value))) return value;
    throw this.invalid("must be a number", keyword);
  }

  /** A number of characters, items or properties. */
  count(keyword: string): number | undefined {
    const value = this.number(keyword);
    if (value === undefined || (Number.isInteger(value) && value >= 0)) return value;
    throw this.invalid("must be a whole number, not below 0", keyword);
  }

  text(keyword: string): string | undefined {
    const value = this.get(keyword);
    if (value === undefined || typeof value === "string") return value;
    throw this.invalid("must be a text", keyword);
  }

  flag(keyword: string): boolean {
    const value = this.get(keyword);
    if (value === undefined || typeof value === "boolean") return value === true;
    throw this.invalid("must be true or false", keyword);
  }

  list(keyword: string): readonly unknown[] {
    const value = this.get(keyword);
    if (value === undefined) return [];
    if (Array.isArray(value)) return value as unknown[];
    throw this.invalid("must be a list", keyword);
  }

  names(keyword: string): readonly string[] {
    const list = this.list(keyword);
    if (list.every((name) => typeof name === "string")) return list;
    throw this.invalid("must be a list of names", keyword);
  }

  object(keyword: string): readonly (readonly [name: string, value: unknown])[] {
    const value = this.get(keyword);
    if (value === undefined) return [];
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return Object.entries(value);
    throw this.invalid("must be an object", keyword);
  }

  invalid(problem: string, keyword?: string): InvalidSchemaError {
    const path = keyword === undefined ? this.path : `${this.path}${pointerStep(keyword)}`;
    return new InvalidSchemaError({
      type: "JSON",
      problem: keyword === undefined ? problem : `${JSON.stringify(keyword)} ${problem}`,
      path: path === "" ? "/" : path,
      reference: this.reference,
    });
  }
}
