import { avroNameOf, fullName, invalidSchema, type NamedType, namedTypes, type SchemaObject } from "./avro-names.ts";

/** Options of `avroTypes`: those of `avro` that change how values look. */
export interface AvroTypesOptions {
  /** Whether logical types are converted, as with `avro`'s option of the same name. @default false */
  readonly logicalTypes?: boolean | undefined;
  /** What a `long` is. @default "number" */
  readonly long?: "number" | "bigint" | undefined;
}

/** A part of a schema in TypeScript. */
interface Rendered {
  readonly text: string;
  /** What tells it from a union's other branches. */
  readonly kind: string;
  /** Its name as a branch that has to be told. */
  readonly branch: string;
}

const primitives: Readonly<Record<string, string>> = {
  null: "null",
  boolean: "boolean",
  int: "number",
  long: "number",
  float: "number",
  double: "number",
  bytes: "Buffer",
  string: "string",
};

/** Logical types: what underlies them, and what stands for them. */
const logicals: readonly (readonly [logicalType: string, underlying: string, text: string])[] = [
  ["date", "int", "Date"],
  ["timestamp-millis", "long", "Date"],
  ["timestamp-micros", "long", "string"],
  ["local-timestamp-millis", "long", "string"],
  ["local-timestamp-micros", "long", "string"],
  ["time-millis", "int", "number"],
  ["time-micros", "long", "number"],
  ["decimal", "bytes", "string"],
  ["decimal", "fixed", "string"],
  ["uuid", "string", "string"],
  ["uuid", "fixed", "string"],
];

/**
 * TypeScript declarations for the records and enums of an Avro schema (an object or its JSON text), the outermost first, each under its name without the
 * namespace, with a capital. The text needs neither millrace nor Avro, and is the same whenever the schema is. Its types are what `avro` reads, where every field is
 * there; what is written may leave out fields that have a default.
 *
 * A second type of the same name has its namespace in front: `ShopOrder`. A schema without a record at its top gives `Value`.
 * @throws SerdeError (`SERDE_INVALID_SCHEMA`)
 */
export function avroTypes(schema: object | string, options: AvroTypesOptions = {}): string {
  const root = typeof schema === "string" ? parsed(schema) : schema;
  const types = namedTypes(root);

  const render = (part: unknown, namespace: string): Rendered => {
    if (typeof part === "string") return renderName(part, namespace);
    if (Array.isArray(part)) return { text: unionOf(part.map((branch) => render(branch, namespace))), kind: "union", branch: "union" };
    if (typeof part !== "object" || part === null) throw invalidSchema(`${JSON.stringify(part)} is not a type`);
    const object = part as SchemaObject;
    if (typeof object.type !== "string") return render(object.type, namespace);
    if (object.type === "array") {
      const { text } = render(object.items, namespace);
      return { text: /[ |]/.test(text) ? `(${text})[]` : `${text}[]`, kind: "array", branch: "array" };
    }
    if (object.type === "map") return { text: `Record<string, ${render(object.values, namespace).text}>`, kind: "object", branch: "map" };
    if (object.name !== undefined) {
      const full = fullName(avroNameOf(object), typeof object.namespace === "string" ? object.namespace : namespace);
      const named = types.get(full);
      if (named !== undefined) return renderNamed(named);
    }
    const logical = logicalText(object);
    const plain = renderName(object.type, namespace);
    return logical === undefined ? plain : { text: logical, kind: logical, branch: plain.branch };
  };

  const renderName = (name: string, namespace: string): Rendered => {
    if (Object.hasOwn(primitives, name)) {
      const text = name === "long" && options.long === "bigint" ? "bigint" : primitives[name]!;
      return { text, kind: text, branch: name };
    }
    const named = types.get(fullName(name, namespace)) ?? types.get(name);
    if (named === undefined) throw invalidSchema(`nothing has the name ${name}`);
    return renderNamed(named);
  };

  const renderNamed = ({ schema: object, declaredName, fullName: branch }: NamedType): Rendered => {
    if (object.type === "enum") return { text: declaredName, kind: "string", branch };
    if (object.type !== "fixed") return { text: declaredName, kind: "object", branch };
    const text = logicalText(object) ?? "Buffer";
    return { text, kind: text, branch };
  };

  const logicalText = (object: SchemaObject): string | undefined => {
    if (options.logicalTypes !== true || !isWellFormed(object)) return undefined;
    return logicals.find(([logicalType, underlying]) => object.logicalType === logicalType && object.type === underlying)?.[2];
  };

  const declare = ({ schema: object, namespace, declaredName }: NamedType): string => {
    const doc = comment(object.doc, "");
    if (object.type === "enum") {
      const symbols = listOf(object.symbols, `the symbols of ${declaredName}`).map((symbol) => JSON.stringify(String(symbol)));
      return `${doc}export type ${declaredName} = ${symbols.join(" | ")};`;
    }
    const lines = listOf(object.fields, `the fields of ${declaredName}`).map((given) => {
      const field = given as SchemaObject;
      return `${comment(field.doc, "  ")}  ${avroNameOf(field)}: ${render(field.type, namespace).text};\n`;
    });
    return `${doc}export interface ${declaredName} {\n${lines.join("")}}`;
  };

  const whole = render(root, "").text;
  const declared = [...types.values()].filter(({ schema: object }) => object.type !== "fixed");
  const isDeclared = declared.some(({ declaredName }) => declaredName === whole);
  return `${[...(isDeclared ? [] : [`export type Value = ${whole};`]), ...declared.map(declare)].join("\n\n")}\n`;
}

/** Values stand for themselves where their JavaScript types differ; else all but null are wrapped, as `avro` does. */
function unionOf(branches: readonly Rendered[]): string {
  const isWrapped = new Set(branches.map(({ kind }) => kind)).size < branches.length;
  return branches.map(({ text, branch }) => (isWrapped && branch !== "null" ? `{ ${JSON.stringify(branch)}: ${text} }` : text)).join(" | ");
}

/** What `avro` also looks at before it takes a logical type for one. */
function isWellFormed(object: SchemaObject): boolean {
  if (object.logicalType === "uuid") return object.type === "string" || object.size === 16;
  if (object.logicalType !== "decimal") return true;
  const { precision, scale = 0 } = object as { precision?: unknown; scale?: unknown };
  return Number.isInteger(precision) && Number.isInteger(scale) && (scale as number) >= 0 && (scale as number) <= (precision as number);
}

function comment(doc: unknown, indent: string): string {
  if (typeof doc !== "string" || doc.trim() === "") return "";
  const lines = doc
    .replaceAll("*/", "* /")
    .trim()
    .split(/\s*[\r\n]+\s*/);
  return lines.length === 1
    ? `${indent}/** ${lines[0]} */\n`
    : `${indent}/**\n${lines.map((line) => `${indent} * ${line}\n`).join("")}${indent} */\n`;
}

function listOf(value: unknown, what: string): readonly unknown[] {
  if (Array.isArray(value)) return value as unknown[];
  throw invalidSchema(`${what} are missing`);
}

function parsed(text: string): unknown {
  try {
    return (JSON.parse(text) as unknown) ?? "null";
  } catch {
    return text.trim();
  }
}
