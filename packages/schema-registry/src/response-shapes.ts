import type { SchemaDefinition, SchemaReference } from "@millrace/serdes";
import { RegistryError } from "./registry-error.ts";

/** A schema as a version of a subject. */
export interface RegisteredSchema {
  readonly subject: string;
  readonly version: number;
  readonly id: number;
  readonly schema: SchemaDefinition;
}

/** The registry's answer as an object. */
export function objectIn(json: unknown): Readonly<Record<string, unknown>> {
  if (typeof json !== "object" || json === null || Array.isArray(json)) throw unexpected("an object");
  return json as Readonly<Record<string, unknown>>;
}

/** A whole number under `name`. */
export function integerIn(json: unknown, name: string): number {
  const value = objectIn(json)[name];
  if (typeof value !== "number" || !Number.isInteger(value)) throw unexpected(`a whole number "${name}"`);
  return value;
}

/** The schema in an answer; its type is left out for Avro. */
export function definitionIn(json: unknown): SchemaDefinition {
  const { schema: text, schemaType: type = "AVRO", references } = objectIn(json);
  if (typeof text !== "string") throw unexpected('a text "schema"');
  if (type !== "AVRO" && type !== "JSON" && type !== "PROTOBUF") throw unexpected("AVRO, JSON or PROTOBUF as schemaType");
  return Array.isArray(references) && references.length > 0 ? { type, text, references: references as SchemaReference[] } : { type, text };
}

/** A version of a subject with its schema. */
export function registeredIn(json: unknown, subject: string): RegisteredSchema {
  return { subject, version: integerIn(json, "version"), id: integerIn(json, "id"), schema: definitionIn(json) };
}

/** A list of which every item passes `isItem`. */
export function listIn<T>(json: unknown, isItem: (item: unknown) => item is T): T[] {
  if (!Array.isArray(json) || !json.every(isItem)) throw unexpected("a list");
  return json;
}

function unexpected(wanted: string): RegistryError {
  return new RegistryError("REGISTRY_BAD_RESPONSE", `the schema registry's answer lacks ${wanted}; check the registry's address`);
}
