import { Ajv, type AnySchemaObject, type ErrorObject, type Options } from "ajv";
import { Ajv2019 } from "ajv/dist/2019.js";
import { Ajv2020 } from "ajv/dist/2020.js";
import formats from "ajv-formats";
import type { ReferencedSchema } from "../schema-descriptor.ts";
import { SerdeError, typeName } from "../serde-error.ts";
import { areUnique } from "./unique-items.ts";

/** The first place where a value does not fit. Holds nothing of the value but the names of its fields. */
export interface JsonProblem {
  readonly path: string;
  readonly valueType: string;
  /** Goes on behind "it": `must be number`. */
  readonly sentence: string;
}

/** Checks a value; undefined when it fits. */
export type JsonValidator = (value: unknown) => JsonProblem | undefined;

const longestPath = 300;
const settings: Options = { strict: false, allErrors: false, logger: false, verbose: true, addUsedSchema: false };

/**
 * Makes the check of a schema.
 * @throws SerdeError (`SERDE_INVALID_SCHEMA`)
 */
export function compileJsonSchema(text: string, references: readonly ReferencedSchema[]): JsonValidator {
  const schema = schemaOf(text, "the schema");
  try {
    const ajv = ajvFor(schema);
    formats.default(ajv);
    // The one among them whose time grows faster than the text; a few kilobytes of it would take hours.
    ajv.addFormat("url", isUrl);
    ajv.removeKeyword("uniqueItems");
    ajv.addKeyword({
      keyword: "uniqueItems",
      type: "array",
      schemaType: "boolean",
      error: { message: "must NOT have duplicate items" },
      validate: (isWanted: boolean, items: readonly unknown[]) => !isWanted || areUnique(items),
    });
    if (schema["$async"] === true)
      throw new SerdeError("SERDE_INVALID_SCHEMA", "the JSON Schema cannot be used: it is asynchronous ($async)");
    addReferences(ajv, schema, references);
    const validate = ajv.compile(schema);
    return (value) => (validate(value) ? undefined : problemOf(validate.errors?.[0], value));
  } catch (cause) {
    if (SerdeError.is(cause)) throw cause;
    const reason = cause instanceof RangeError ? "it is nested too deeply" : (cause as Error).message;
    throw new SerdeError("SERDE_INVALID_SCHEMA", `the JSON Schema cannot be used: ${reason}`, { cause });
  }
}

function isUrl(text: string): boolean {
  const protocol = URL.canParse(text) ? new URL(text).protocol : "";
  return ["http:", "https:", "ftp:"].includes(protocol);
}

function schemaOf(text: string | object, what: string): AnySchemaObject {
  let schema: unknown = text;
  try {
    if (typeof text === "string") schema = JSON.parse(text);
  } catch {
    schema = undefined;
  }
  // true and false are schemas, too.
  if (schema === true) return {};
  if (schema === false) return { not: {} };
  if (typeof schema === "object" && schema !== null && !Array.isArray(schema)) return schema;
  throw new SerdeError("SERDE_INVALID_SCHEMA", `${what} is not JSON Schema: it must be a JSON object, true or false`);
}

function ajvFor(schema: AnySchemaObject): Ajv {
  const { $schema: dialect = "http://json-schema.org/draft-07/schema#" } = schema as { $schema?: unknown };
  const name = typeof dialect === "string" ? dialect.replace(/#$/, "").replace(/^https:/, "http:") : "";
  switch (name) {
    case "http://json-schema.org/draft/2020-12/schema":
      return new Ajv2020(settings);
    case "http://json-schema.org/draft/2019-09/schema":
      return new Ajv2019(settings);
    case "http://json-schema.org/draft-07/schema":
    case "http://json-schema.org/schema":
      return new Ajv({ ...settings, validateSchema: name.includes("draft-07") });
    case "http://json-schema.org/draft-06/schema":
      // Draft 07 only adds to it.
      return new Ajv({ ...settings, meta: false, validateSchema: false });
    default:
      throw new SerdeError("SERDE_INVALID_SCHEMA", "the JSON Schema's $schema is none of the drafts 06, 07, 2019-09 and 2020-12");
  }
}

function addReferences(ajv: Ajv, schema: AnySchemaObject, references: readonly ReferencedSchema[]): void {
  const base = typeof schema["$id"] === "string" ? schema["$id"] : "";
  const ids = new Set<string>();
  for (const { name, schema: referred } of references) {
    const parsed = schemaOf(referred, `the referenced schema "${name}"`);
    // A $ref is resolved against the $id of the schema that it stands in.
    const keys = new Set([name, ajv.opts.uriResolver.resolve(base, name)]);
    const own: unknown = parsed["$id"];
    if (typeof own === "string" && !ids.has(own)) {
      ajv.addSchema(parsed);
      ids.add(own);
      keys.delete(own);
    }
    for (const key of keys) ajv.addSchema(own === undefined ? parsed : { $ref: own }, key);
  }
}

function problemOf(error: ErrorObject | null | undefined, value: unknown): JsonProblem {
  if (error === null || error === undefined) return { path: "", valueType: typeName(value), sentence: "does not fit" };
  const missing: unknown = error.keyword === "required" ? error.params["missingProperty"] : undefined;
  const pointer = typeof missing === "string" ? `${error.instancePath}/${missing}` : error.instancePath;
  // Names of fields may be as long as the data.
  const path = pointer
    .slice(0, longestPath)
    .split("/")
    .slice(1)
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"))
    .join(".");
  if (missing !== undefined) return { path, valueType: "undefined", sentence: "is required" };
  return { path, valueType: typeName(error.data), sentence: error.message ?? "does not fit" };
}
