import { elementType, type FieldDefinition, fieldsOf, isStruct, lowerFirst, type MessageDefinition } from "./definition.ts";

const typeOfPrimitive: Readonly<Record<string, string>> = {
  bool: "boolean",
  string: "string",
  uuid: "string",
  bytes: "Buffer",
  records: "Buffer",
};

/** The TypeScript interfaces of a message: the message itself and one per struct, named by the path that leads to it. */
export function renderInterfaces(message: MessageDefinition): string {
  const rendered = new Map<string, string>();
  renderInterface(message, message.name, message.fields, rendered);
  return [...rendered.values()].reverse().join("\n");
}

function renderInterface(
  message: MessageDefinition,
  name: string,
  fields: readonly FieldDefinition[],
  rendered: Map<string, string>,
): void {
  if (rendered.has(name)) return;
  const lines = fields.map((field) => `  ${lowerFirst(field.name)}: ${renderType(message, name, field, rendered)};\n`);
  rendered.set(name, `export interface ${name} {\n${lines.join("")}}\n`);
}

function renderType(message: MessageDefinition, owner: string, field: FieldDefinition, rendered: Map<string, string>): string {
  const element = elementType(field.type);
  let type = typeOfPrimitive[element] ?? "number";
  if (isStruct(element)) {
    type = field.fields === undefined ? `${message.name}${element}` : `${owner}${field.name}`;
    renderInterface(message, type, fieldsOf(message, field), rendered);
  }
  if (field.type.startsWith("[]")) type += "[]";
  return field.nullableVersions === undefined ? type : `${type} | null`;
}
