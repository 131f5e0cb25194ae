import { resolveTypeName } from "./parse-proto-schema.ts";
import { type ProtoMap, type ProtoMessage, type ProtoSchema, scalarTypes } from "./proto-schema.ts";

/** A field's type with enums and map entries looked up: a scalar type, `enum`, a map, or the name of a message. */
export type FieldType = string | ProtoMap;

/** Types whose bytes are read alike, as Protobuf's "Updating A Message Type" lists them. */
const kinds: Readonly<Record<string, string>> = {
  int32: "number",
  int64: "number",
  uint32: "number",
  uint64: "number",
  bool: "number",
  enum: "number",
  sint32: "signed number",
  sint64: "signed number",
  string: "text or bytes",
  bytes: "text or bytes",
  fixed32: "fixed32",
  sfixed32: "fixed32",
  fixed64: "fixed64",
  sfixed64: "fixed64",
  float: "float",
  double: "double",
};

export function resolveFieldType(type: string | ProtoMap, scope: ProtoMessage, schema: ProtoSchema): FieldType {
  if (typeof type !== "string" || scalarTypes.has(type)) return type;
  const found = resolveTypeName(type, scope, schema.declared)?.type;
  if (found?.kind === "enum") return "enum";
  const key = found?.fields.get(1)?.type;
  const value = found?.fields.get(2)?.type;
  return found?.isMapEntry === true && typeof key === "string" && typeof value === "string" ? { key, value } : type;
}

export function fieldKind(type: FieldType): string {
  return typeof type === "string" ? (kinds[type] ?? "message") : "map";
}

/** For messages. */
export function fieldTypeName(type: FieldType): string {
  return typeof type === "string" ? type : `map<${type.key}, ${type.value}>`;
}
