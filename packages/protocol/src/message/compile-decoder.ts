import type { ByteReader } from "./byte-reader.ts";
import { canShareDefault, defaultValue } from "./default-value.ts";
import { type FieldSchema, includesVersion, type ScalarType } from "./message-schema.ts";

/** A decoded struct before its type is known. */
export type StructValue = Record<string, unknown>;

type Read = (reader: ByteReader) => unknown;

/** Makes the function that reads a struct in one version. Fields that the version does not have get their default. */
export function compileDecoder(fields: readonly FieldSchema[], version: number, flexible: boolean): (reader: ByteReader) => StructValue {
  const template: StructValue = {};
  const names: string[] = [];
  const reads: Read[] = [];
  const tagged = new Map<number, { readonly name: string; readonly read: Read }>();
  for (const field of fields) {
    template[field.name] = canShareDefault(field) ? defaultValue(field) : undefined;
    const present = includesVersion(field.versions, version);
    const isTagged = present && flexible && includesVersion(field.tagged, version);
    if (isTagged) tagged.set(Number(field.tag), { name: field.name, read: compileField(field, version, flexible) });
    if (present && !isTagged) {
      names.push(field.name);
      reads.push(compileField(field, version, flexible));
    } else if (!canShareDefault(field)) {
      names.push(field.name);
      reads.push(() => defaultValue(field));
    }
  }
  return (reader) => {
    // Copying the template gives every struct of a kind the same hidden class and all its plain defaults at once.
    const value = { ...template };
    for (let index = 0; index < reads.length; index++) value[names[index] as string] = (reads[index] as Read)(reader);
    if (flexible) readTagged(reader, tagged, value);
    return value;
  };
}

function readTagged(
  reader: ByteReader,
  tagged: ReadonlyMap<number, { readonly name: string; readonly read: Read }>,
  value: StructValue,
): void {
  for (let count = reader.uvarint(); count > 0; count--) {
    const tag = reader.uvarint();
    const size = reader.uvarint();
    const start = reader.take(size);
    const field = tagged.get(tag);
    if (field === undefined) continue;
    reader.position = start;
    value[field.name] = field.read(reader);
    if (reader.position !== start + size) throw reader.malformed(`tagged field ${field.name} does not have its stated size of ${size}`);
  }
}

function compileField(field: FieldSchema, version: number, flexible: boolean): Read {
  const nullable = includesVersion(field.nullable, version);
  if (field.type.startsWith("[]")) return compileArray(field, compileElement(field, version, flexible), nullable, flexible);
  if (field.type !== "struct") return compileScalar(field.type as ScalarType, field.name, nullable, flexible);
  const read = compileDecoder(field.fields ?? [], version, flexible);
  return nullable ? (reader) => (reader.int8() < 0 ? null : read(reader)) : read;
}

function compileElement(field: FieldSchema, version: number, flexible: boolean): Read {
  const type = field.type.slice(2);
  return type === "struct"
    ? compileDecoder(field.fields ?? [], version, flexible)
    : compileScalar(type as ScalarType, field.name, false, flexible);
}

function compileArray(field: FieldSchema, readElement: Read, nullable: boolean, flexible: boolean): Read {
  return (reader) => {
    const count = reader.count(flexible);
    if (count < 0) {
      if (nullable) return null;
      throw reader.malformed(`${field.name} is null`);
    }
    const values: unknown[] = [];
    for (let index = 0; index < count; index++) values.push(readElement(reader));
    return values;
  };
}

function compileScalar(type: ScalarType, name: string, nullable: boolean, flexible: boolean): Read {
  switch (type) {
    case "bool":
      return (reader) => reader.bool();
    case "int8":
      return (reader) => reader.int8();
    case "int16":
      return (reader) => reader.int16();
    case "uint16":
      return (reader) => reader.uint16();
    case "int32":
      return (reader) => reader.int32();
    case "int64":
      return (reader) => reader.int64();
    case "float64":
      return (reader) => reader.float64();
    case "uuid":
      return (reader) => reader.uuid();
    case "string":
      return orNull((reader) => reader.string(flexible), name, nullable);
    case "bytes":
    case "records":
      return orNull((reader) => reader.bytes(flexible), name, nullable);
  }
}

function orNull(read: Read, name: string, nullable: boolean): Read {
  if (nullable) return read;
  return (reader) => {
    const value = read(reader);
    if (value === null) throw reader.malformed(`${name} is null`);
    return value;
  };
}
