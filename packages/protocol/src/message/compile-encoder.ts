import { inspect } from "node:util";
import { ProtocolError } from "../protocol-error.ts";
import type { ByteWriter } from "./byte-writer.ts";
import { defaultValue, isDefault } from "./default-value.ts";
import { type FieldSchema, includesVersion, type ScalarType } from "./message-schema.ts";

type Write = (writer: ByteWriter, value: unknown) => void;

interface FieldWriter {
  readonly field: FieldSchema;
  readonly write: Write;
  /** What stands for a value that is left out. */
  readonly missing: unknown;
}

const longestString = 0x7fff;

/** Makes the function that writes a struct in one version. `path` names it in errors. */
export function compileEncoder(fields: readonly FieldSchema[], version: number, flexible: boolean, path: string): Write {
  const present: FieldWriter[] = [];
  const tagged: FieldWriter[] = [];
  const refused: FieldSchema[] = [];
  for (const field of fields) {
    if (!includesVersion(field.versions, version)) {
      if (field.ignorable !== true) refused.push(field);
      continue;
    }
    const writer = { field, write: compileField(field, version, flexible, `${path}.${field.name}`), missing: defaultValue(field) };
    (flexible && includesVersion(field.tagged, version) ? tagged : present).push(writer);
  }
  tagged.sort((left, right) => Number(left.field.tag) - Number(right.field.tag));
  return (writer, value) => {
    if (typeof value !== "object" || value === null) throw invalid(path, "an object", value);
    const struct = value as Record<string, unknown>;
    for (const { field, write, missing } of present) {
      const inner = struct[field.name];
      write(writer, inner === undefined ? missing : inner);
    }
    for (const field of refused) refuse(field, struct[field.name], path);
    if (flexible) writeTagged(writer, tagged, struct);
  };
}

function refuse(field: FieldSchema, value: unknown, path: string): void {
  if (isDefault(field, value)) return;
  throw new ProtocolError("UNSUPPORTED_FIELD", `${path}.${field.name} is set, but this version has no such field: leave it out`);
}

function writeTagged(writer: ByteWriter, tagged: readonly FieldWriter[], struct: Record<string, unknown>): void {
  let count = 0;
  for (const { field } of tagged) if (!isDefault(field, struct[field.name])) count++;
  writer.uvarint(count);
  if (count === 0) return;
  for (const { field, write } of tagged) {
    const value = struct[field.name];
    if (isDefault(field, value)) continue;
    writer.uvarint(Number(field.tag));
    const start = writer.beginSized();
    write(writer, value);
    writer.endSized(start);
  }
}

function compileField(field: FieldSchema, version: number, flexible: boolean, path: string): Write {
  const nullable = includesVersion(field.nullable, version);
  if (field.type.startsWith("[]")) return compileArray(compileElement(field, version, flexible, path), nullable, flexible, path);
  if (field.type !== "struct") return compileScalar(field.type as ScalarType, nullable, flexible, path);
  const write = compileEncoder(field.fields ?? [], version, flexible, path);
  if (!nullable) return write;
  return (writer, value) => {
    writer.int8(value === null ? -1 : 1);
    if (value !== null) write(writer, value);
  };
}

function compileElement(field: FieldSchema, version: number, flexible: boolean, path: string): Write {
  const type = field.type.slice(2);
  return type === "struct"
    ? compileEncoder(field.fields ?? [], version, flexible, `${path}[]`)
    : compileScalar(type as ScalarType, false, flexible, `${path}[]`);
}

function compileArray(writeElement: Write, nullable: boolean, flexible: boolean, path: string): Write {
  return (writer, value) => {
    if (value === null && nullable) {
      writer.writeLength(-1, flexible);
      return;
    }
    if (!Array.isArray(value)) throw invalid(path, nullable ? "an array or null" : "an array", value);
    writer.writeLength(value.length, flexible);
    for (let index = 0; index < value.length; index++) writeElement(writer, value[index]);
  };
}

function compileScalar(type: ScalarType, nullable: boolean, flexible: boolean, path: string): Write {
  switch (type) {
    case "bool":
      return (writer, value) => {
        if (typeof value !== "boolean") throw invalid(path, "a boolean", value);
        writer.int8(value ? 1 : 0);
      };
    case "int8":
      return (writer, value) => writer.int8(integer(value, -0x80, 0x7f, path));
    case "int16":
      return (writer, value) => writer.int16(integer(value, -0x8000, 0x7fff, path));
    case "uint16":
      return (writer, value) => writer.int16(integer(value, 0, 0xffff, path));
    case "int32":
      return (writer, value) => writer.int32(integer(value, -0x80000000, 0x7fffffff, path));
    case "int64":
      return (writer, value) => writer.int64(integer(value, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER, path));
    case "float64":
      return (writer, value) => {
        if (typeof value !== "number") throw invalid(path, "a number", value);
        writer.float64(value);
      };
    case "uuid":
      return (writer, value) => {
        if (typeof value !== "string" || !writer.uuid(value)) throw invalid(path, "a uuid of 22 base64url characters", value);
      };
    case "string":
      return compileString(nullable, flexible, path);
    case "bytes":
    case "records":
      return compileBytes(nullable, flexible, path);
  }
}

function compileString(nullable: boolean, flexible: boolean, path: string): Write {
  return (writer, value) => {
    if (value === null && nullable) {
      if (flexible) writer.uvarint(0);
      else writer.int16(-1);
      return;
    }
    if (typeof value !== "string") throw invalid(path, nullable ? "a string or null" : "a string", value);
    if (writer.string(value, flexible) > longestString) throw invalid(path, `a string of at most ${longestString} bytes`, value);
  };
}

function compileBytes(nullable: boolean, flexible: boolean, path: string): Write {
  return (writer, value) => {
    if (value === null && nullable) {
      writer.writeLength(-1, flexible);
      return;
    }
    if (!(value instanceof Uint8Array)) throw invalid(path, nullable ? "a Buffer or null" : "a Buffer", value);
    writer.writeLength(value.length, flexible);
    writer.rawBytes(value);
  };
}

function integer(value: unknown, smallest: number, largest: number, path: string): number {
  if (typeof value !== "number" || !Number.isInteger(value) || value < smallest || value > largest) {
    throw invalid(path, `an integer from ${smallest} to ${largest}`, value);
  }
  return value;
}

function invalid(path: string, expected: string, value: unknown): ProtocolError {
  const shown = inspect(value, { depth: 0, maxStringLength: 40, maxArrayLength: 3, breakLength: Number.POSITIVE_INFINITY });
  return new ProtocolError("INVALID_VALUE", `${path} must be ${expected}, but is ${shown}`);
}
