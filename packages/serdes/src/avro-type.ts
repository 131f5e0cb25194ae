import avsc from "avsc";
import { carefulArray, carefulMap } from "./avro-collections.ts";
import { type AvroLogicalTypeName, avscLogicalType, isLogical, logicalKindOf, needsBigInt } from "./avro-logical-types.ts";
import { bigLong, exactLong, longOrDate, unionWithDate } from "./avro-long.ts";
import type { AvroReader } from "./avro-reader.ts";
import type { AvroWriter } from "./avro-writer.ts";
import { SerdeError } from "./serde-error.ts";

/** The part of avsc's types (5.7.9, pinned) that reads and writes through a cursor. */
export interface AvroType extends avsc.Type {
  _read(reader: AvroReader): unknown;
  _write(writer: AvroWriter, value: unknown): void;
}

/** Reads the data of one writer schema. */
export interface AvroDecoder {
  _read(reader: AvroReader): unknown;
}

/** How the values of a schema look in JavaScript. */
export interface AvroTypeOptions {
  readonly logicalTypes?: readonly AvroLogicalTypeName[] | undefined;
  readonly long?: "number" | "bigint" | undefined;
  readonly datesAsMillis?: boolean | undefined;
}

/**
 * Makes avsc's type for a schema, with some of its parts replaced:
 * - arrays and maps check a block's count before they act on it (avsc allocates and loops as the bytes say);
 * - longs keep the whole range of exact numbers, 2^53 - 1 included, or are BigInts;
 * - records are decoded as plain objects rather than instances of a generated class.
 *
 * A writer's defaults are left out: reading its data does not need the defaults, and other libraries accept some that avsc refuses.
 * @param references the texts of the schemas that this one names, what is named before what names it
 * @throws SerdeError (`SERDE_INVALID_SCHEMA`)
 */
export function avroTypeOf(
  text: string,
  role: "reader" | "writer",
  options: AvroTypeOptions = {},
  references: readonly string[] = [],
): AvroType {
  const active = new Set<string>(options.logicalTypes);
  let inner: unknown;
  let outside: unknown;
  const typeHook = (part: unknown, forSchema: unknown): avsc.Type | undefined => {
    if (part === inner) {
      inner = undefined;
      return undefined;
    }
    const kind = kindOf(part);
    if (kind === undefined) return undefined;
    if (kind === "union") return unionOf(part as unknown[], forSchema, options);
    // A logical type comes here twice: for itself, and for what underlies it.
    const isOutside = part !== outside && isLogical(part, active);
    outside = isOutside ? part : undefined;
    if (kind === "long" && !isOutside && (isLogical(part, active) ? needsBigInt(part) : options.long === "bigint")) return bigLong();
    inner = kind === "record" && role === "writer" ? withoutDefaults(part) : part;
    const type = avsc.Type.forSchema(inner as avsc.Schema, forSchema as never);
    // What underlies a logical type has been through here by itself.
    return avsc.Type.isType(type, "logical") ? type : replaceParts(kind, type, part, options);
  };
  const logicalTypes = Object.fromEntries((options.logicalTypes ?? []).map((name) => [name, avscLogicalType(name)]));
  try {
    const registry = {};
    const make = (schema: string): avsc.Type =>
      avsc.Type.forSchema(parsed(schema), { typeHook, registry, logicalTypes, omitRecordMethods: true });
    for (const reference of references) make(reference);
    return make(text) as AvroType;
  } catch (cause) {
    throw new SerdeError("SERDE_INVALID_SCHEMA", `this is not a usable Avro schema: ${reason(cause)}`, { cause });
  }
}

/**
 * How to read what `writer` wrote as `reader`'s values. Names are compared without their namespaces, as Avro's Java library does since 1.9.
 * @throws SerdeError (`SERDE_INCOMPATIBLE_SCHEMA`)
 */
export function avroDecoder(reader: AvroType, writer: AvroType, schemaId: number): AvroDecoder {
  try {
    if (reader.equals(writer)) return reader;
    return reader.createResolver(writer, { ignoreNamespaces: true }) as unknown as AvroDecoder;
  } catch (cause) {
    throw new SerdeError("SERDE_INCOMPATIBLE_SCHEMA", `schema ${schemaId} cannot be read with this topic's schema: ${reason(cause)}`, {
      cause,
      schemaId,
    });
  }
}

function withoutDefaults(record: unknown): unknown {
  const { fields } = record as { fields?: unknown };
  if (!Array.isArray(fields)) return record;
  const plain = fields.map((field: unknown) => (typeof field === "object" && field !== null ? { ...field, default: undefined } : field));
  return { ...(record as object), fields: plain };
}

type Kind = "array" | "map" | "long" | "record" | "union";

function kindOf(part: unknown): Kind | undefined {
  if (Array.isArray(part)) return "union";
  const name = typeof part === "object" && part !== null ? (part as { type?: unknown }).type : part;
  return name === "array" || name === "map" || name === "long" || name === "record" ? name : undefined;
}

function replaceParts(kind: Kind, type: avsc.Type, schema: unknown, options: AvroTypeOptions): avsc.Type {
  switch (kind) {
    case "array":
      return carefulArray(type);
    case "map":
      return carefulMap(type);
    case "long":
      return options.datesAsMillis === true && takesMillis(schema) ? longOrDate(type) : exactLong(type);
    default:
      makePlain((type as { recordConstructor?: Constructor }).recordConstructor);
      return type;
  }
}

/** Whether a long counts milliseconds, as far as its schema says. */
function takesMillis(schema: unknown): boolean {
  const { logicalType } = schema as { logicalType?: unknown };
  return logicalType === undefined || logicalType === "timestamp-millis" || logicalType === "local-timestamp-millis";
}

/** A union's value stands for itself where its JavaScript type tells the branch; where it does not, it is wrapped: { "int": 1 }. */
function unionOf(schema: readonly unknown[], forSchema: unknown, options: AvroTypeOptions): avsc.Type {
  const branches = schema.map((branch) => avsc.Type.forSchema(branch as avsc.Schema, forSchema as never));
  const kinds = branches.map(valueKindOf);
  const isAmbiguous = new Set(kinds).size < kinds.length;
  // The hook would see the branches again.
  const union = avsc.Type.forSchema(branches as never, { ...(forSchema as object), typeHook: undefined, wrapUnions: isAmbiguous } as never);
  for (const branch of branches as unknown as { _branchConstructor?: Constructor | null }[]) makePlain(branch._branchConstructor);
  if (isAmbiguous) return union;
  // avsc takes a Date for a record or map.
  const date = kinds.indexOf("Date");
  if (date >= 0) return unionWithDate(union, date);
  const long = branches.findIndex((branch) => branch.typeName === "long");
  return options.datesAsMillis === true && long >= 0 ? unionWithDate(union, long) : union;
}

function valueKindOf(branch: avsc.Type): string {
  switch (branch.typeName) {
    case "int":
    case "long":
    case "float":
    case "double":
      return "number";
    case "enum":
      return "string";
    case "fixed":
      return "bytes";
    case "map":
    case "record":
    case "error":
      return "object";
    default:
      return logicalKindOf(branch) ?? branch.typeName;
  }
}

type Constructor = { prototype: object };

function makePlain(made: Constructor | null | undefined): void {
  if (made) made.prototype = Object.prototype;
}

function parsed(text: string): avsc.Schema {
  try {
    // A schema may be just the name of a primitive type, with or without quotes; one of these names is JSON itself.
    return (JSON.parse(text) as avsc.Schema | null) ?? "null";
  } catch {
    return text.trim();
  }
}

function reason(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
