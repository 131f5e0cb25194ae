import { zeroUuid } from "../uuid.ts";
import type { FieldSchema } from "./message-schema.ts";

const noBytes = Buffer.alloc(0);

/** The value of a field that is absent. Arrays and structs are fresh on every call. */
export function defaultValue(field: FieldSchema): unknown {
  if (field.default !== undefined) return field.default;
  if (field.type.startsWith("[]")) return [];
  switch (field.type) {
    case "bool":
      return false;
    case "string":
      return "";
    case "uuid":
      return zeroUuid;
    case "bytes":
    case "records":
      return noBytes;
    case "struct":
      return Object.fromEntries((field.fields ?? []).map((inner) => [inner.name, defaultValue(inner)]));
    default:
      return 0;
  }
}

/** Whether two decoded messages may hold the same default: everything but arrays and structs. */
export function canShareDefault(field: FieldSchema): boolean {
  return field.default !== undefined || (field.type !== "struct" && !field.type.startsWith("[]"));
}

/** Whether a value to encode says no more than leaving it out. */
export function isDefault(field: FieldSchema, value: unknown): boolean {
  if (value === undefined) return true;
  if (field.default !== undefined) return value === field.default;
  if (Array.isArray(value)) return value.length === 0;
  if (value instanceof Uint8Array) return value.byteLength === 0;
  if (field.type === "struct") {
    if (value === null) return false;
    return (field.fields ?? []).every((inner) => isDefault(inner, (value as Record<string, unknown>)[inner.name]));
  }
  return value === defaultValue(field);
}
