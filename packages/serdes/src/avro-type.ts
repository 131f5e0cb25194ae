import avsc from "avsc";
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

interface ItemsType {
  readonly itemsType: AvroType & { _skip(reader: AvroReader): void };
}

interface ValuesType {
  readonly valuesType: AvroType & { _skip(reader: AvroReader): void };
}

/**
 * Makes avsc's type for a schema, with three of its parts replaced:
 * - arrays and maps check a block's count before they act on it (avsc allocates and loops as the bytes say);
 * - longs keep the whole range of exact numbers, 2^53 - 1 included;
 * - records are decoded as plain objects rather than instances of a generated class.
 *
 * A writer's defaults are left out: reading its data does not need them, and other libraries accept some that avsc refuses.
 * @throws SerdeError (`SERDE_INVALID_SCHEMA`)
 */
export function avroTypeOf(text: string, role: "reader" | "writer"): AvroType {
  let schema: avsc.Schema;
  try {
    schema = JSON.parse(text);
  } catch {
    // A schema may be just the name of a primitive type, with or without quotes.
    schema = text.trim();
  }
  let inner: unknown;
  const typeHook = (part: unknown, options: unknown): avsc.Type | undefined => {
    if (part === inner) {
      inner = undefined;
      return undefined;
    }
    const kind = kindOf(part);
    if (kind === undefined) return undefined;
    inner = kind === "record" && role === "writer" ? withoutDefaults(part) : part;
    return replaceParts(kind, avsc.Type.forSchema(inner as avsc.Schema, options as never));
  };
  try {
    return avsc.Type.forSchema(schema, { typeHook, omitRecordMethods: true }) as AvroType;
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

function replaceParts(kind: Kind, type: avsc.Type): avsc.Type {
  switch (kind) {
    case "array":
      return Object.create(type, { _read: { value: readArray }, _skip: { value: skipArray } });
    case "map":
      return Object.create(type, { _read: { value: readMap }, _skip: { value: skipMap } });
    case "long":
      return Object.create(type, { _read: { value: readLong }, _write: { value: writeLong }, _check: { value: checkLong } });
    case "record":
      makePlain((type as { recordConstructor?: Constructor }).recordConstructor);
      return type;
    case "union":
      // Where a union's branches cannot be told apart by value, avsc wraps them: { "int": 1 }.
      for (const branch of (type as unknown as { types: { _branchConstructor?: Constructor | null }[] }).types) {
        makePlain(branch._branchConstructor);
      }
      return type;
  }
}

type Constructor = { prototype: object };

function makePlain(made: Constructor | null | undefined): void {
  if (made) made.prototype = Object.prototype;
}

function readArray(this: ItemsType, reader: AvroReader): unknown[] {
  const items = this.itemsType;
  const values: unknown[] = [];
  for (let count = reader.readBlockCount(); count > 0; count = reader.readBlockCount()) {
    while (count-- > 0) values.push(items._read(reader));
  }
  return values;
}

function skipArray(this: ItemsType, reader: AvroReader): void {
  const items = this.itemsType;
  for (let count = reader.skipSizedBlocks(); count > 0; count = reader.skipSizedBlocks()) {
    while (count-- > 0) items._skip(reader);
  }
}

function readMap(this: ValuesType, reader: AvroReader): Record<string, unknown> {
  const type = this.valuesType;
  const entries: Record<string, unknown> = {};
  for (let count = reader.readBlockCount(); count > 0; count = reader.readBlockCount()) {
    while (count-- > 0) {
      const key = reader.readKey();
      const value = type._read(reader);
      if (key === "__proto__") Object.defineProperty(entries, key, { value, enumerable: true, configurable: true, writable: true });
      else entries[key] = value;
    }
  }
  return entries;
}

function skipMap(this: ValuesType, reader: AvroReader): void {
  const type = this.valuesType;
  for (let count = reader.skipSizedBlocks(); count > 0; count = reader.skipSizedBlocks()) {
    while (count-- > 0) {
      reader.skipString();
      type._skip(reader);
    }
  }
}

function readLong(reader: AvroReader): number {
  return reader.readLong();
}

function writeLong(writer: AvroWriter, value: unknown): void {
  if (!Number.isSafeInteger(value))
    throw new SerdeError("SERDE_INVALID_VALUE", "a value is not an integer that a JavaScript number holds exactly");
  writer.writeLong(value as number);
}

function checkLong(this: avsc.Type, value: unknown, _flags: unknown, hook?: (value: unknown, type: avsc.Type) => void): boolean {
  const isValid = Number.isSafeInteger(value);
  if (!isValid && hook !== undefined) hook(value, this);
  return isValid;
}

function reason(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
