import { checkCompatibility, InvalidSchemaError, type SchemaType } from "@millrace/schema-compatibility";
import { problems } from "./api-problem.ts";
import { expandedAvro, normalAvro, quoted } from "./avro-text.ts";
import { onOneLine, parseJson, printJson, sortNames } from "./json-text.ts";
import { normalProtobuf, protobufIdentity } from "./protobuf/protobuf-text.ts";
import { protoText } from "./protobuf/serialized-proto.ts";
import { resolveReferences } from "./references.ts";
import type { RegistryStore } from "./registry-store.ts";
import type { SchemaContent } from "./schema-content.ts";

/** A valid schema as it is kept. */
export interface CanonicalSchema {
  readonly content: SchemaContent;
  /** Equal for schemas that count as the same: how Avro is written does not count, nor the order of names in JSON, nor white space and comments in Protobuf. */
  readonly identity: string;
}

/**
 * Checks a schema and brings it into the form in which it is kept.
 * @throws ApiProblem 42201
 */
export function canonicalSchema(store: RegistryStore, submitted: SchemaContent, options: { readonly normalize: boolean }): CanonicalSchema {
  const { type, references } = submitted;
  const schema = type === "PROTOBUF" ? protoText(submitted.text) : submitted.text;
  if (schema.trim() === "") throw problems.invalidSchema("Empty schema");
  const resolved = resolveReferences(store, references);
  try {
    checkCompatibility({ type, schema, references: resolved, previous: [], level: "NONE" });
    const texts = resolved.map((reference) => reference.schema);
    const content = { ...submitted, text: options.normalize ? normal[type](schema, texts) : kept[type](schema) };
    return { content, identity: identityOf(content, texts) };
  } catch (error) {
    if (InvalidSchemaError.is(error)) throw problems.invalidSchema(error.message);
    if (error instanceof RangeError) throw problems.invalidSchema("it is nested too deeply");
    throw error;
  }
}

/** The schema's text with everything that it refers to written out, where its type allows that. */
export function expandedText(store: RegistryStore, { type, text, references }: SchemaContent): string {
  if (type !== "AVRO") return text;
  return expandedAvro(
    text,
    resolveReferences(store, references).map(({ schema }) => schema),
  );
}

const kept: Readonly<Record<SchemaType, (text: string) => string>> = {
  AVRO: (text) => onOneLine(quoted(text)),
  JSON: onOneLine,
  PROTOBUF: (text) => text,
};

const normal: Readonly<Record<SchemaType, (text: string, references: readonly string[]) => string>> = {
  AVRO: normalAvro,
  JSON: (text) => printJson(sortNames(parseJson(text))),
  PROTOBUF: normalProtobuf,
};

function identityOf({ type, text, references, metadata, ruleSet }: SchemaContent, texts: readonly string[]): string {
  const meaning = type === "PROTOBUF" ? protobufIdentity(text) : normal[type](text, texts);
  const names = references.map(({ name, subject, version }) => [name, subject, version]);
  return JSON.stringify([type, meaning, names, sorted(metadata), sorted(ruleSet)]);
}

function sorted(value: unknown): string {
  return value === undefined ? "" : printJson(sortNames(parseJson(JSON.stringify(value))));
}
