import { InvalidSchemaError } from "../schema-error.ts";
import type { SchemaText } from "../schema-text.ts";
import { parseProtoFile } from "./parse-proto-file.ts";
import { type ProtoFile, type ProtoMessage, type ProtoSchema, type ProtoType, scalarTypes } from "./proto-schema.ts";

/** What every registry knows without being told: paths to import, and the packages behind them. */
const wellKnown = /^(google\/(protobuf|type)|confluent)\//;
const wellKnownTypes = /^\.?(google\.(protobuf|type)|confluent)\./;

/**
 * Parses a Protobuf schema (.proto text). What it imports must be among its references, except what Protobuf itself brings (`google/protobuf/`).
 * @throws InvalidSchemaError (`INVALID_SCHEMA`)
 */
export function parseProtoSchema({ schema, references = [] }: SchemaText): ProtoSchema {
  const typesByFullName = new Map<string, { type: ProtoType; package: string; isImported: boolean }>();
  const files = references.map(({ name, schema: text }) => ({ name, file: parseProtoFile(text, name) }));
  const known = new Set(references.map(({ name }) => name));
  const own = parseProtoFile(schema, undefined);
  for (const { file } of files) learn(file, true, typesByFullName);
  learn(own, false, typesByFullName);
  for (const { name, file } of [...files, { name: undefined, file: own }]) {
    const invalid = (problem: string): InvalidSchemaError =>
      new InvalidSchemaError({ type: "PROTOBUF", problem, path: "/", reference: name });
    const missing = file.imports.find((path) => !known.has(path) && !wellKnown.test(path));
    if (missing !== undefined) throw invalid(`it imports ${JSON.stringify(missing.slice(0, 200))}, which is not among its references`);
    const stranger = unresolved(file.types, typesByFullName);
    if (stranger !== undefined) throw invalid(`the type ${stranger.slice(0, 200)} is not declared`);
  }
  return { ...own, typesByFullName };
}

function learn(file: ProtoFile, isImported: boolean, into: Map<string, { type: ProtoType; package: string; isImported: boolean }>): void {
  const visit = (type: ProtoType): void => {
    into.set(type.fullName, { type, package: file.package, isImported });
    if (type.kind === "message") for (const nested of type.types.values()) visit(nested);
  };
  for (const type of file.types.values()) visit(type);
}

/** Finds what a type's name means inside a message: the nearest declaration outwards. */
export function resolveTypeName(
  name: string,
  scope: ProtoMessage,
  types: ProtoSchema["typesByFullName"],
): ReturnType<ProtoSchema["typesByFullName"]["get"]> {
  if (name.startsWith(".")) return types.get(name.slice(1));
  for (let outer = scope.fullName; ; outer = outer.slice(0, Math.max(0, outer.lastIndexOf(".")))) {
    const found = types.get(outer === "" ? name : `${outer}.${name}`);
    if (found !== undefined || outer === "") return found;
  }
}

function unresolved(types: ProtoFile["types"], known: ProtoSchema["typesByFullName"]): string | undefined {
  for (const type of types.values()) {
    if (type.kind === "enum") continue;
    for (const field of type.fields.values()) {
      const name = typeof field.type === "string" ? field.type : field.type.value;
      if (scalarTypes.has(name) || wellKnownTypes.test(name)) continue;
      if (resolveTypeName(name, type, known) === undefined) return name;
    }
    const nested = unresolved(type.types, known);
    if (nested !== undefined) return nested;
  }
  return undefined;
}
