import type { SchemaDefinition } from "@millrace/serdes";

/** Equal for schemas that differ only in white space, and in Avro and JSON also in the order of attributes. Numbers keep every digit. */
export function schemaIdentity({ type, text, references = [] }: SchemaDefinition): string {
  return JSON.stringify([type, type === "PROTOBUF" ? text.trim().replace(/\s+/g, " ") : sortedJson(text), sorted(references)]);
}

function sortedJson(text: string): unknown {
  const keepDigits = (_key: string, value: unknown, context?: { readonly source?: string }): unknown =>
    typeof value === "number" ? { number: context?.source ?? String(value) } : value;
  try {
    return sorted(JSON.parse(text, keepDigits));
  } catch {
    return text.trim();
  }
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.entries(value)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([name, part]) => [name, sorted(part)]);
}
