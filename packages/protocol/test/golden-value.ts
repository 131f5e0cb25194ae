import { type FieldSchema, includesVersion } from "../src/message/message-schema.ts";

/** What the golden bytes hold, by the same rule as tooling/protocol/golden/GoldenMessages.java: every value follows from its field's name. */
export function goldenBody(fields: readonly FieldSchema[], version: number, full: boolean): Record<string, unknown> {
  const body: Record<string, unknown> = {};
  for (const field of fields) {
    if (!includesVersion(field.versions, version)) continue;
    if (!full && includesVersion(field.tagged, version)) continue;
    body[field.name] = full ? fullValue(field, version) : emptyValue(field, version);
  }
  return body;
}

function emptyValue(field: FieldSchema, version: number): unknown {
  if (includesVersion(field.nullable, version)) return null;
  if (field.type.startsWith("[]")) return [];
  switch (field.type) {
    case "bool":
      return false;
    case "string":
      return "";
    case "uuid":
      return Buffer.alloc(16).toString("base64url");
    case "bytes":
    case "records":
      return Buffer.alloc(0);
    case "struct":
      return goldenBody(field.fields ?? [], version, false);
    default:
      return 0;
  }
}

function fullValue(field: FieldSchema, version: number): unknown {
  if (field.type.startsWith("[]")) return [fullElement(field, field.type.slice(2), version)];
  return fullElement(field, field.type, version);
}

function fullElement(field: FieldSchema, type: string, version: number): unknown {
  const hash = hashOf(field.name);
  const sign = hash % 2 === 0 ? 1 : -1;
  switch (type) {
    case "bool":
      return true;
    case "int8":
      return sign * (hash % 100);
    case "int16":
      return sign * hash;
    case "uint16":
      return 40_000 + hash;
    case "int32":
      return sign * hash * 10_007;
    case "int64":
      return sign * hash * 500_000_000_003;
    case "float64":
      return (sign * hash) / 4;
    case "string":
      return `${field.name}-é`;
    case "uuid":
      return uuidOf(hash);
    case "bytes":
    case "records":
      return Buffer.from(field.name);
    case "struct":
      return goldenBody(field.fields ?? [], version, true);
    default:
      throw new Error(`no golden value for ${type}`);
  }
}

function uuidOf(hash: number): string {
  const bytes = Buffer.alloc(16);
  bytes.writeBigInt64BE(BigInt(hash) * 1_000_003n, 0);
  bytes.writeBigInt64BE(BigInt(hash), 8);
  return bytes.toString("base64url");
}

function hashOf(name: string): number {
  let hash = 1;
  for (let index = 0; index < name.length; index++) hash = (hash * 31 + name.charCodeAt(index)) % 9_973;
  return hash;
}
