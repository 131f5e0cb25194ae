import fc from "fast-check";
import { defaultValue } from "../src/message/default-value.ts";
import { type FieldSchema, includesVersion } from "../src/message/message-schema.ts";

/** Any body that a version of a message can carry. Fields that the version does not have hold their default, as decoding leaves them. */
export function bodyArbitrary(fields: readonly FieldSchema[], version: number): fc.Arbitrary<Record<string, unknown>> {
  return fc.record(Object.fromEntries(fields.map((field) => [field.name, fieldArbitrary(field, version)])));
}

function fieldArbitrary(field: FieldSchema, version: number): fc.Arbitrary<unknown> {
  if (!includesVersion(field.versions, version)) return fc.constant(null).map(() => defaultValue(field));
  const type = field.type.startsWith("[]") ? field.type.slice(2) : field.type;
  const element = type === "struct" ? bodyArbitrary(field.fields ?? [], version) : scalarArbitrary(type);
  const value = field.type.startsWith("[]") ? fc.array(element, { maxLength: 3 }) : element;
  return includesVersion(field.nullable, version) ? fc.option(value, { nil: null, freq: 4 }) : value;
}

function scalarArbitrary(type: string): fc.Arbitrary<unknown> {
  switch (type) {
    case "bool":
      return fc.boolean();
    case "int8":
      return fc.integer({ min: -0x80, max: 0x7f });
    case "int16":
      return fc.integer({ min: -0x8000, max: 0x7fff });
    case "uint16":
      return fc.integer({ min: 0, max: 0xffff });
    case "int32":
      return fc.integer();
    case "int64":
      return fc.maxSafeInteger();
    case "float64":
      return fc.double();
    case "string":
      return fc.string({ unit: "grapheme", maxLength: 40 });
    case "uuid":
      return fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => Buffer.from(bytes).toString("base64url"));
    case "bytes":
    case "records":
      return fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes));
    default:
      throw new Error(`no arbitrary for ${type}`);
  }
}
