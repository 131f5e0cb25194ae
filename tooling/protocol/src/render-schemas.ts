import { elementType, type FieldDefinition, fieldsOf, isStruct, lowerFirst, type MessageDefinition, parseVersions } from "./definition.ts";

/** One property of the schema table: a function, so that a message nobody uses costs nothing. */
export function renderSchema(message: MessageDefinition): string {
  const valid = parseVersions(message.validVersions);
  if (valid === undefined) throw new Error(`${message.name} has no version`);
  const flexible = parseVersions(message.flexibleVersions);
  const head = [`minVersion: ${valid[0]}`, `maxVersion: ${valid[1]}`];
  if (flexible !== undefined) head.push(`flexibleFrom: ${flexible[0]}`);
  return `  ${message.name}: () => ({\n    ${head.join(", ")},\n    fields: [\n${renderFields(message, message.fields, "      ")}    ],\n  }),\n`;
}

function renderFields(message: MessageDefinition, fields: readonly FieldDefinition[], indent: string): string {
  return fields.map((field) => renderField(message, field, indent)).join("");
}

function renderField(message: MessageDefinition, field: FieldDefinition, indent: string): string {
  if (field.flexibleVersions !== undefined) throw new Error(`${message.name}.${field.name}: flexibleVersions of a field is not supported`);
  const struct = isStruct(elementType(field.type));
  const array = field.type.startsWith("[]");
  const parts = [
    `name: "${lowerFirst(field.name)}"`,
    `type: "${struct ? `${array ? "[]" : ""}struct` : field.type}"`,
    `versions: ${renderRange(field.versions)}`,
  ];
  if (field.nullableVersions !== undefined) parts.push(`nullable: ${renderRange(field.nullableVersions)}`);
  if (field.taggedVersions !== undefined) parts.push(`tag: ${field.tag}`, `tagged: ${renderRange(field.taggedVersions)}`);
  const preset = renderDefault(field);
  if (preset !== undefined) parts.push(`default: ${preset}`);
  if (field.ignorable === true) parts.push("ignorable: true");
  if (!struct) return `${indent}{ ${parts.join(", ")} },\n`;
  const inner = renderFields(message, fieldsOf(message, field), `${indent}  `);
  return `${indent}{ ${parts.join(", ")}, fields: [\n${inner}${indent}] },\n`;
}

function renderRange(range: string): string {
  const parsed = parseVersions(range);
  if (parsed === undefined) throw new Error(`version range "${range}" is empty`);
  return parsed[1] === undefined ? `[${parsed[0]}]` : `[${parsed[0]}, ${parsed[1]}]`;
}

/** The default as a literal, or nothing where it is the type's own (0, false, "", [], empty struct). */
function renderDefault(field: FieldDefinition): string | undefined {
  const preset = field.default;
  if (preset === undefined || preset === "") return undefined;
  if (preset === "null") return "null";
  if (field.type === "bool") return String(preset) === "true" ? "true" : undefined;
  if (field.type === "string") return JSON.stringify(preset);
  const value = Number(preset);
  if (Number.isNaN(value)) throw new Error(`${field.name}: default ${String(preset)} is not understood`);
  if (value === 0) return undefined;
  // Long.MAX_VALUE, Kafka's "not known" of one field, has no exact number; the largest safe integer stands for it.
  return Number.isSafeInteger(value) ? String(value) : "Number.MAX_SAFE_INTEGER";
}
