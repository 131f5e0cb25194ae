import { checkCompatibility, InvalidSchemaError } from "@millrace/schema-compatibility";
import { problems } from "./api-problem.ts";

/** A schema as a client sent it. */
export interface SubmittedSchema {
  /** The text on one line, as the registry gives it back. */
  readonly text: string;
  /** Equal for texts that differ only in white space and in the order of attributes. */
  readonly identity: string;
}

/** Reads the schema out of a request's body and checks it. */
export function submittedSchema(body: unknown): SubmittedSchema {
  const { schema, schemaType, references } = asObject(body);
  if (schemaType !== undefined && schemaType !== null && schemaType !== "AVRO") {
    throw problems.invalidSchema(`the embedded registry takes AVRO schemas, not ${JSON.stringify(schemaType)?.slice(0, 100)}`);
  }
  if (Array.isArray(references) && references.length > 0) throw problems.invalidSchema("the embedded registry takes no references");
  if (typeof schema !== "string" || schema.trim() === "") throw problems.invalidSchema('the body needs "schema", a text');
  try {
    checkCompatibility({ type: "AVRO", schema, previous: [], level: "NONE" });
    return { text: onOneLine(schema), identity: identityOf(schema) };
  } catch (error) {
    if (InvalidSchemaError.is(error)) throw problems.invalidSchema(error.message);
    if (error instanceof RangeError) throw problems.invalidSchema("it is nested too deeply");
    throw error;
  }
}

/** The body as an object; anything else has no properties. */
export function asObject(body: unknown): Readonly<Record<string, unknown>> {
  if (typeof body !== "object" || body === null || Array.isArray(body)) throw problems.badRequest("the body must be a JSON object");
  return body as Readonly<Record<string, unknown>>;
}

/** White space outside strings goes; nothing else changes, so that a number too large for JavaScript keeps its digits. */
function onOneLine(text: string): string {
  const line = text.replace(/("(?:[^"\\]|\\.)*")|\s+/g, "$1");
  // A lone primitive without quotes.
  return /^[a-z]+$/.test(line) ? `"${line}"` : line;
}

function identityOf(text: string): string {
  const line = onOneLine(text);
  const keepDigits = (_key: string, value: unknown, context?: { readonly source?: string }): unknown =>
    typeof value === "number" ? { number: context?.source ?? String(value) } : value;
  return JSON.stringify(sorted(JSON.parse(line, keepDigits)));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.entries(value)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([name, part]) => [name, sorted(part)]);
}
