import type { SchemaType } from "@millrace/schema-compatibility";
import { problems } from "./api-problem.ts";
import { contextOf, qualifiedWithin } from "./qualified-subject.ts";
import type { RegistryStore } from "./registry-store.ts";
import type { JsonObject, SchemaContent, SchemaReference } from "./schema-content.ts";

/** What a client wants to register, look up or compare. */
export interface SubmittedSchema {
  readonly content: SchemaContent;
  /** Of the client's own, as far as the mode allows it. */
  readonly id: number | undefined;
  readonly version: number | undefined;
}

const types: readonly SchemaType[] = ["AVRO", "JSON", "PROTOBUF"];
const largest = 2 ** 31 - 1;

/**
 * Reads a schema out of a request's body; whether it is a valid one is not looked at.
 * @throws ApiProblem 400, 42201
 */
export function submittedSchema(store: RegistryStore, subject: string, body: unknown): SubmittedSchema {
  const { schema, schemaType, references, metadata, ruleSet, id, version } = asObject(body);
  const type = isAbsent(schemaType) ? "AVRO" : types.find((known) => known === schemaType);
  if (type === undefined) throw problems.invalidSchema(`Invalid schema type ${JSON.stringify(schemaType)?.slice(0, 100)}`);
  if (!isAbsent(schema) && typeof schema !== "string") throw problems.invalidSchema('"schema" must be a text');
  return {
    content: {
      type,
      text: schema ?? "",
      references: listOf(references).map((reference) => readReference(store, subject, reference)),
      metadata: optionalObject("metadata", metadata),
      ruleSet: optionalObject("ruleSet", ruleSet),
    },
    id: optionalNumber("id", id),
    version: optionalNumber("version", version),
  };
}

/**
 * The body as an object.
 * @throws ApiProblem 400
 */
export function asObject(body: unknown): JsonObject {
  if (!isObject(body)) throw problems.badRequest("the body must be a JSON object");
  return body;
}

/**
 * An object that may be left out.
 * @throws ApiProblem 400
 */
export function optionalObject(name: string, value: unknown): JsonObject | undefined {
  if (isAbsent(value)) return undefined;
  if (!isObject(value)) throw problems.badRequest(`"${name}" must be a JSON object`);
  return value;
}

/** Version -1 is the latest one at this moment. */
function readReference(store: RegistryStore, from: string, reference: unknown): SchemaReference {
  const { name, subject, version } = asObject(reference);
  if (typeof name !== "string" || typeof subject !== "string" || typeof version !== "number" || !Number.isInteger(version))
    throw problems.invalidSchema('a reference needs "name", "subject" and "version"');
  const qualified = qualifiedWithin(contextOf(from), subject);
  return { name, subject: qualified, version: version === -1 ? (store.versions(qualified).at(-1)?.version ?? -1) : version };
}

function listOf(value: unknown): readonly unknown[] {
  if (isAbsent(value)) return [];
  if (!Array.isArray(value)) throw problems.badRequest('"references" must be a list');
  return value;
}

/** -1 and 0 stand for none. */
function optionalNumber(name: string, value: unknown): number | undefined {
  if (isAbsent(value) || value === -1 || value === 0) return undefined;
  if (typeof value !== "number" || !Number.isInteger(value) || value < 1 || value > largest)
    throw problems.badRequest(`"${name}" must be a whole number up to ${largest}`);
  return value;
}

function isAbsent(value: unknown): value is null | undefined {
  return value === undefined || value === null;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
