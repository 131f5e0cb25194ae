import { InvalidSchemaError } from "../schema-error.ts";
import type { SchemaText } from "../schema-text.ts";
import { isValidDefault } from "./avro-default.ts";
import type { AvroSchema, NamedSchema, PrimitiveKind, PrimitiveSchema, RecordField } from "./avro-schema.ts";

/** Deeper nesting is taken for an attack on the stack. */
const deepest = 200;
/** Every type inherits its namespace, so that one long name would fill the memory. */
const longestName = 1_000;

const primitives: ReadonlyMap<string, PrimitiveSchema> = new Map(
  (["null", "boolean", "int", "long", "float", "double", "bytes", "string"] satisfies PrimitiveKind[]).map((kind) => [kind, { kind }]),
);

const orders: ReadonlySet<unknown> = new Set(["ascending", "descending", "ignore"]);

type Json = Readonly<Record<string, unknown>>;

/**
 * Parses an Avro schema (JSON text) and checks it as the specification's "Schema Declaration" asks, default values included. It may use the types
 * of its references.
 * @throws InvalidSchemaError (`INVALID_SCHEMA`)
 */
export function parseAvroSchema({ schema, references = [] }: SchemaText): AvroSchema {
  const named = new Map<string, NamedSchema>();
  for (const reference of references) parseText(reference.schema, named, reference.name);
  return parseText(schema, named, undefined);
}

function parseText(text: string, named: Map<string, NamedSchema>, reference: string | undefined): AvroSchema {
  const parser = new AvroParser(named, reference);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    // A lone primitive may be written without quotes.
    json = text.trim();
    if (!primitives.has(json as string)) throw parser.invalid("the text is not JSON", "");
  }
  try {
    const schema = parser.parse(json, "", undefined, 0);
    parser.checkDefaults();
    return schema;
  } catch (cause) {
    // A default nested a hundred thousand levels deep.
    if (cause instanceof RangeError) throw parser.invalid("it is nested too deeply", "", cause);
    throw cause;
  }
}

/** Paths are "" at the root and grow as JSON pointers. */
class AvroParser {
  private readonly named: Map<string, NamedSchema>;
  private readonly referenceName: string | undefined;
  private readonly defaults: { schema: AvroSchema; value: unknown; name: string; path: string }[] = [];

  constructor(named: Map<string, NamedSchema>, reference: string | undefined) {
    this.named = named;
    this.referenceName = reference;
  }

  invalid(problem: string, path: string, cause?: unknown): InvalidSchemaError {
    return new InvalidSchemaError({ type: "AVRO", problem, path: path === "" ? "/" : path, reference: this.referenceName, cause });
  }

  /** Afterwards, because a default may be of a record that was not complete where it stood. */
  checkDefaults(): void {
    const budget = { steps: 100_000 };
    for (const { schema, value, name, path } of this.defaults) {
      if (!isValidDefault(schema, value, budget)) throw this.invalid(`the default of field ${name} does not fit its type`, path);
    }
  }

  parse(json: unknown, path: string, namespace: string | undefined, depth: number): AvroSchema {
    if (depth > deepest) throw this.invalid(`nested deeper than ${deepest}`, path);
    if (typeof json === "string") return this.reference(json, path, namespace);
    if (Array.isArray(json)) return this.union(json, path, namespace, depth);
    if (typeof json !== "object" || json === null) throw this.invalid("a type must be a name, an object or a union", path);
    const type = (json as Json)["type"];
    if (typeof type !== "string") throw this.invalid('"type" must be a name', path);
    return this.complex(type, json as Json, path, namespace, depth);
  }

  private complex(type: string, json: Json, path: string, namespace: string | undefined, depth: number): AvroSchema {
    switch (type) {
      case "array":
        if (json["items"] === undefined) throw this.invalid('an array needs "items"', path);
        return { kind: "array", items: this.parse(json["items"], `${path}/items`, namespace, depth + 1) };
      case "map":
        if (json["values"] === undefined) throw this.invalid('a map needs "values"', path);
        return { kind: "map", values: this.parse(json["values"], `${path}/values`, namespace, depth + 1) };
      case "record":
      case "error":
        return this.record(json, path, namespace, depth);
      case "enum":
        return this.enumeration(json, path, namespace);
      case "fixed": {
        const size = json["size"];
        if (typeof size !== "number" || !Number.isInteger(size) || size < 0) throw this.invalid('a fixed needs a whole "size"', path);
        return this.define({ kind: "fixed", ...this.naming(json, path, namespace), size }, path);
      }
      default:
        return this.reference(type, path, namespace);
    }
  }

  private record(json: Json, path: string, outer: string | undefined, depth: number): AvroSchema {
    const fields = json["fields"];
    if (!Array.isArray(fields)) throw this.invalid('a record needs "fields"', path);
    const naming = this.naming(json, path, outer);
    const record = this.define(
      { kind: "record", ...naming, fields: [] as RecordField[], fieldsByName: new Map<string, RecordField>() },
      path,
    );
    const namespace = namespaceOf(naming.fullName);
    for (const [position, field] of fields.entries()) {
      const parsed = this.field(field, `${path}/fields/${position}`, namespace, depth);
      if (record.fieldsByName.has(parsed.name)) throw this.invalid(`field ${parsed.name} is there twice`, path);
      record.fieldsByName.set(parsed.name, parsed);
      record.fields.push(parsed);
    }
    return record;
  }

  private field(json: unknown, path: string, namespace: string | undefined, depth: number): RecordField {
    if (typeof json !== "object" || json === null || Array.isArray(json)) throw this.invalid("a field must be an object", path);
    const { name, type, aliases, order = "ascending", default: value } = json as Json;
    if (!isName(name)) throw this.invalid("a field needs a valid name", path);
    if (type === undefined) throw this.invalid(`field ${name} needs a type`, path);
    if (!orders.has(order)) throw this.invalid(`the order of field ${name} must be ascending, descending or ignore`, `${path}/order`);
    const schema = this.parse(type, `${path}/type`, namespace, depth + 1);
    const hasDefault = value !== undefined;
    if (hasDefault) this.defaults.push({ schema, value, name, path: `${path}/default` });
    return { name, aliases: this.stringList(aliases, `${path}/aliases`), schema, hasDefault };
  }

  private enumeration(json: Json, path: string, namespace: string | undefined): AvroSchema {
    const symbols = json["symbols"];
    if (!Array.isArray(symbols) || !symbols.every(isName)) throw this.invalid('an enum needs "symbols" that are valid names', path);
    if (new Set(symbols).size !== symbols.length) throw this.invalid("an enum symbol is there twice", `${path}/symbols`);
    const fallback = json["default"];
    if (fallback !== undefined && !symbols.includes(fallback as string))
      throw this.invalid("the enum's default is none of its symbols", `${path}/default`);
    return this.define(
      { kind: "enum", ...this.naming(json, path, namespace), symbols: new Set(symbols), default: fallback as string | undefined },
      path,
    );
  }

  private union(json: readonly unknown[], path: string, namespace: string | undefined, depth: number): AvroSchema {
    const branches = json.map((branch, index) => this.parse(branch, `${path}/${index}`, namespace, depth + 1));
    const seen = new Set<string>();
    for (const branch of branches) {
      if (branch.kind === "union") throw this.invalid("a union may not hold a union directly", path);
      const name = "fullName" in branch ? branch.fullName : branch.kind;
      if (seen.has(name)) throw this.invalid(`the union holds ${name} twice`, path);
      seen.add(name);
    }
    return { kind: "union", branches };
  }

  private reference(name: string, path: string, namespace: string | undefined): AvroSchema {
    const primitive = primitives.get(name);
    if (primitive !== undefined) return primitive;
    const found =
      (!name.includes(".") && namespace !== undefined ? this.named.get(`${namespace}.${name}`) : undefined) ?? this.named.get(name);
    if (found === undefined) throw this.invalid(`the type ${JSON.stringify(name.slice(0, 200))} is not defined before it is used`, path);
    return found;
  }

  private define<S extends NamedSchema>(schema: S, path: string): S {
    if (this.named.has(schema.fullName)) throw this.invalid(`${schema.fullName} is defined twice`, path);
    this.named.set(schema.fullName, schema);
    return schema;
  }

  private naming(json: Json, path: string, outer: string | undefined): { fullName: string; aliases: Set<string> } {
    const { name, namespace, aliases } = json;
    if (typeof name !== "string" || !name.split(".").every(isName)) throw this.invalid("a record, enum or fixed needs a valid name", path);
    if (primitives.has(name)) throw this.invalid(`${name} is the name of a primitive type`, path);
    if (namespace !== undefined && namespace !== "" && (typeof namespace !== "string" || !namespace.split(".").every(isName))) {
      throw this.invalid("the namespace is not valid", path);
    }
    const fullName = qualified(name, namespace === undefined ? outer : namespace);
    if (fullName.length > longestName) throw this.invalid(`a name is longer than ${longestName} characters`, path);
    const own = namespaceOf(fullName);
    return { fullName, aliases: new Set(this.stringList(aliases, `${path}/aliases`).map((alias) => qualified(alias, own))) };
  }

  private stringList(value: unknown, path: string): string[] {
    if (value === undefined) return [];
    if (!Array.isArray(value) || !value.every((item) => typeof item === "string"))
      throw this.invalid("aliases must be a list of names", path);
    return value;
  }
}

function qualified(name: string, namespace: string | undefined): string {
  return name.includes(".") || namespace === undefined || namespace === "" ? name : `${namespace}.${name}`;
}

function namespaceOf(fullName: string): string | undefined {
  const end = fullName.lastIndexOf(".");
  return end === -1 ? undefined : fullName.slice(0, end);
}

function isName(value: unknown): value is string {
  return typeof value === "string" && /^[A-Za-z_]\w*$/.test(value);
}
