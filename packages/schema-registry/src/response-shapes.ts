import type { SchemaDefinition, SchemaReference } from "@millrace/serdes";
import { RegistryError } from "./registry-error.ts";
import { type RegisteredSchema, type RegistryLevel, type RegistryMode, registryLevels, registryModes } from "./schema-registry.ts";

/** The registry's answer as an object. */
export function objectIn(json: unknown): Readonly<Record<string, unknown>> {
  if (typeof json !== "object" || json === null || Array.isArray(json)) throw unexpected("an object");
  return json as Readonly<Record<string, unknown>>;
}

/** The id or version under `name`. */
export function integerIn(json: unknown, name: string): number {
  return integer(objectIn(json)[name], `a whole number "${name}"`);
}

/** The answer itself as an id or version. */
export function integer(value: unknown, wanted: string): number {
  if (!isIdentifier(value)) throw unexpected(wanted);
  return value;
}

/** The schema in an answer; its type is left out for Avro. */
export function definitionIn(json: unknown): SchemaDefinition {
  const { schema: text, schemaType, references } = objectIn(json);
  const type = schemaType ?? "AVRO";
  if (typeof text !== "string") throw unexpected('a text "schema"');
  if (type !== "AVRO" && type !== "JSON" && type !== "PROTOBUF") throw unexpected("AVRO, JSON or PROTOBUF as schemaType");
  if (references === undefined || references === null || (Array.isArray(references) && references.length === 0)) return { type, text };
  return { type, text, references: listIn(references, isReference).map(({ name, subject, version }) => ({ name, subject, version })) };
}

/** A version of a subject with its schema. */
export function registeredIn(json: unknown, subject: string): RegisteredSchema {
  const { guid } = objectIn(json);
  const registered = { subject, version: integerIn(json, "version"), id: integerIn(json, "id"), schema: definitionIn(json) };
  return typeof guid === "string" ? { ...registered, guid } : registered;
}

/** A list of which every item passes `isItem`. */
export function listIn<T>(json: unknown, isItem: (item: unknown) => item is T): T[] {
  if (!Array.isArray(json) || !json.every(isItem)) throw unexpected("a list");
  return json;
}

/** Whether it can be an id or a version: the framing of records has 31 bits for it. */
export function isIdentifier(item: unknown): item is number {
  return Number.isInteger(item) && (item as number) >= 0 && (item as number) < 2 ** 31;
}

export function isText(item: unknown): item is string {
  return typeof item === "string";
}

/** A compatibility level. */
export function levelIn(json: unknown): RegistryLevel {
  const said = objectIn(json)["compatibilityLevel"];
  return registryLevels.find((known) => known === said) ?? unknownWord("compatibilityLevel");
}

/** A mode. */
export function modeIn(json: unknown): RegistryMode {
  const said = objectIn(json)["mode"];
  return registryModes.find((known) => known === said) ?? unknownWord("mode");
}

function unknownWord(name: string): never {
  throw unexpected(`a ${name} that it has`);
}

function isReference(item: unknown): item is SchemaReference {
  if (typeof item !== "object" || item === null) return false;
  const { name, subject, version } = item as Record<string, unknown>;
  return typeof name === "string" && typeof subject === "string" && Number.isInteger(version);
}

function unexpected(wanted: string): RegistryError {
  return new RegistryError("REGISTRY_BAD_RESPONSE", `the schema registry's answer lacks ${wanted}; check the registry's address`);
}
