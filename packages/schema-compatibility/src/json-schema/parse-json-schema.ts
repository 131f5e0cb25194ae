import { pointerStep } from "../mismatch.ts";
import { InvalidSchemaError } from "../schema-error.ts";
import type { SchemaText } from "../schema-text.ts";
import { createDigestJson, type DigestJson } from "./digest-json.ts";
import type { Branch, CombinedNode, Criterion, JsonSchemaNode, ReferenceNode, Rest } from "./json-schema-node.ts";
import { KeywordReader } from "./keyword-reader.ts";
import { parseArrayNode } from "./parse-array-node.ts";
import { parseObjectNode } from "./parse-object-node.ts";
import { createSchemaDocuments, type SchemaDocuments } from "./schema-documents.ts";

/** Deeper nesting is taken for an attack on the stack. */
const deepest = 200;

const typeNames: ReadonlySet<unknown> = new Set(["null", "boolean", "integer", "number", "string", "array", "object"]);
const criteria: readonly Criterion[] = ["allOf", "anyOf", "oneOf"];
const anything: JsonSchemaNode = { kind: "any", hasDefault: false };
const nothing: JsonSchemaNode = { kind: "never", hasDefault: false };

/** Keywords that tell of which type a value may be where "type" does not. */
const keywordsOfType = {
  array: [
    "items",
    "prefixItems",
    "additionalItems",
    "minItems",
    "maxItems",
    "uniqueItems",
    "contains",
    "minContains",
    "maxContains",
    "unevaluatedItems",
  ],
  object: [
    "properties",
    "patternProperties",
    "additionalProperties",
    "required",
    "minProperties",
    "maxProperties",
    "dependencies",
    "dependentRequired",
    "dependentSchemas",
    "propertyNames",
    "unevaluatedProperties",
  ],
  number: ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"],
  string: ["minLength", "maxLength", "pattern", "format"],
} as const satisfies Record<string, readonly string[]>;

/**
 * Parses a JSON Schema (JSON text) of any draft from 4 to 2020-12, and checks the keywords that compatibility depends on. What a reference leads to
 * must be in the schema itself or in one of its references: nothing is fetched.
 * @throws InvalidSchemaError (`INVALID_SCHEMA`)
 */
export function parseJsonSchema({ schema, references = [] }: SchemaText): JsonSchemaNode {
  const json = parseText(schema, undefined);
  const referenced = references.map(({ name, schema: text }) => ({ name, json: parseText(text, name) }));
  try {
    const documents = createSchemaDocuments(json, referenced);
    return new JsonSchemaParser(documents).parseAll(json);
  } catch (cause) {
    // A value of an enum nested a hundred thousand levels deep, or names without end.
    if (cause instanceof RangeError)
      throw new InvalidSchemaError({ type: "JSON", problem: "it is nested too deeply, or has too many names", path: "/", cause });
    throw cause;
  }
}

function parseText(text: string, reference: string | undefined): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new InvalidSchemaError({ type: "JSON", problem: "the text is not JSON", path: "/", reference, cause });
  }
}

/** What the parts of a schema need to parse the schemas in them. */
export interface NestedParser {
  /** The schema under a keyword, or deeper below it. */
  readonly nested: (reader: KeywordReader, json: unknown, ...steps: readonly (string | number)[]) => JsonSchemaNode;
  /** What a keyword like `additionalProperties` says. */
  readonly rest: (reader: KeywordReader, keyword: string) => Rest | undefined;
}

class JsonSchemaParser implements NestedParser {
  private readonly documents: SchemaDocuments;
  private readonly digest: DigestJson = createDigestJson();
  private readonly known = new Map<object, JsonSchemaNode>();
  private readonly waiting: { node: ReferenceNode; reader: KeywordReader; text: string }[] = [];
  private depth = 0;

  constructor(documents: SchemaDocuments) {
    this.documents = documents;
  }

  parseAll(json: unknown): JsonSchemaNode {
    const root = this.parse(json, "", undefined);
    const references: { node: ReferenceNode; reader: KeywordReader }[] = [];
    for (let next = this.waiting.pop(); next !== undefined; next = this.waiting.pop()) {
      const { node, reader, text } = next;
      const found = this.documents.find(text, reader.json);
      if (found === undefined) throw reader.invalid(`leads to ${JSON.stringify(text.slice(0, 200))}, which is not there`, "$ref");
      node.target = this.parse(found.json, found.path, found.reference);
      references.push({ node, reader });
    }
    for (const { node, reader } of references) shorten(node, reader);
    return root;
  }

  readonly nested = (reader: KeywordReader, json: unknown, ...steps: readonly (string | number)[]): JsonSchemaNode =>
    this.parse(json, `${reader.path}${steps.map(pointerStep).join("")}`, reader.reference);

  readonly rest = (reader: KeywordReader, keyword: string): Rest | undefined => {
    const json = reader.get(keyword);
    if (json === undefined || typeof json === "boolean") return json;
    const node = this.nested(reader, json, keyword);
    return node.kind === "any" ? true : node;
  };

  private parse(json: unknown, path: string, reference: string | undefined): JsonSchemaNode {
    if (json === true) return anything;
    if (json === false) return nothing;
    const reader = new KeywordReader(Object(json) as object, path, reference);
    if (typeof json !== "object" || json === null || Array.isArray(json)) throw reader.invalid("a schema must be an object, true or false");
    const known = this.known.get(json);
    if (known !== undefined) return known;
    if (++this.depth > deepest) throw reader.invalid(`nested deeper than ${deepest}`);
    const node = this.schema(reader);
    this.depth--;
    this.known.set(json, node);
    return node;
  }

  /** Keywords of several kinds beside each other must all be satisfied. */
  private schema(reader: KeywordReader): JsonSchemaNode {
    const hasDefault = reader.has("default");
    const parts: Branch[] = [];
    const add = (schema: JsonSchemaNode, keyword: string): void => {
      parts.push({ schema, digest: keyword });
    };
    for (const keyword of ["$ref", "$dynamicRef", "$recursiveRef"]) {
      const text = reader.text(keyword);
      if (text === undefined) continue;
      const node: ReferenceNode = { kind: "reference", target: undefined, hasDefault };
      this.waiting.push({ node, reader, text });
      add(node, keyword);
    }
    for (const keyword of ["enum", "const"] as const) {
      if (!reader.has(keyword)) continue;
      const values = keyword === "enum" ? reader.list(keyword) : [reader.get(keyword)];
      add({ kind: keyword, values: new Map(values.map((value) => [this.digest(value), value])), hasDefault }, keyword);
    }
    for (const criterion of criteria) if (reader.has(criterion)) add(this.combined(reader, criterion, hasDefault), criterion);
    if (reader.has("not")) add({ kind: "not", schema: this.nested(reader, reader.get("not"), "not"), hasDefault }, "not");
    this.types(reader, hasDefault, add);
    if (reader.has("if", "then", "else")) add({ kind: "conditional", hasDefault }, "if");
    if (parts.length === 0) return { kind: "any", hasDefault };
    return parts.length === 1 ? parts[0]!.schema : combination("allOf", parts, hasDefault);
  }

  private combined(reader: KeywordReader, criterion: Criterion, hasDefault: boolean): CombinedNode {
    const list = reader.list(criterion);
    if (list.length === 0) throw reader.invalid("must not be empty", criterion);
    const branches = list.map((json, index) => ({ schema: this.nested(reader, json, criterion, index), digest: this.digest(json) }));
    return combination(criterion, branches, hasDefault);
  }

  private types(reader: KeywordReader, hasDefault: boolean, add: (schema: JsonSchemaNode, keyword: string) => void): void {
    const type = reader.get("type");
    if (type === undefined) {
      for (const [name, keywords] of Object.entries(keywordsOfType)) {
        if (reader.has(...keywords)) add(this.typed(reader, name, hasDefault), name);
      }
      return;
    }
    const names = Array.isArray(type) ? (type as unknown[]) : [type];
    const unknown = names.find((name) => !typeNames.has(name));
    if (unknown !== undefined) throw reader.invalid(`names ${JSON.stringify(unknown).slice(0, 200)}, which is no type`, "type");
    if (names.length === 0) throw reader.invalid("must not be empty", "type");
    if (Array.isArray(type)) {
      const branches = names.map((name) => ({ schema: this.typed(reader, name as string, false), digest: name as string }));
      add(combination("anyOf", branches, hasDefault), "type");
    } else add(this.typed(reader, type as string, hasDefault), "type");
  }

  private typed(reader: KeywordReader, type: string, hasDefault: boolean): JsonSchemaNode {
    switch (type) {
      case "object":
        return parseObjectNode(reader, this, hasDefault);
      case "array":
        return parseArrayNode(reader, this, hasDefault);
      case "string":
        return {
          kind: "string",
          minLength: reader.count("minLength"),
          maxLength: reader.count("maxLength"),
          pattern: reader.text("pattern"),
          hasDefault,
        };
      case "number":
      case "integer":
        return { kind: "number", isInteger: type === "integer", ...limits(reader), multipleOf: reader.number("multipleOf"), hasDefault };
      default:
        return { kind: type as "null" | "boolean", hasDefault };
    }
  }
}

function combination(criterion: Criterion, branches: readonly Branch[], hasDefault: boolean): CombinedNode {
  const distinct = [...new Map(branches.map((branch) => [branch.digest, branch])).values()];
  return { kind: "combined", criterion, branches: distinct, writtenBranches: branches.length, hasDefault };
}

/** In draft 4 an exclusive limit is a flag beside the limit, since draft 6 a number of its own. */
function limits(reader: KeywordReader): Record<"minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum", number | undefined> {
  const read = (limit: "minimum" | "maximum", exclusive: "exclusiveMinimum" | "exclusiveMaximum"): (number | undefined)[] => {
    const value = reader.number(limit);
    if (typeof reader.get(exclusive) !== "boolean") return [value, reader.number(exclusive)];
    return reader.flag(exclusive) ? [undefined, value] : [value, undefined];
  };
  const [minimum, exclusiveMinimum] = read("minimum", "exclusiveMinimum");
  const [maximum, exclusiveMaximum] = read("maximum", "exclusiveMaximum");
  return { minimum, exclusiveMinimum, maximum, exclusiveMaximum };
}

/** Lets a chain of references lead straight to its end. */
function shorten(node: ReferenceNode, reader: KeywordReader): void {
  const passed = new Set<ReferenceNode>();
  let end: JsonSchemaNode = node;
  while (end.kind === "reference") {
    if (passed.has(end)) throw reader.invalid("leads back to itself", "$ref");
    passed.add(end);
    end = end.target!;
  }
  for (const reference of passed) reference.target = end;
}
