import { InvalidSchemaError } from "../schema-error.ts";
import type { SchemaText } from "../schema-text.ts";
import { parseProtoFile } from "./parse-proto-file.ts";
import {
  type DeclaredType,
  type DeclaredTypes,
  type ProtoFile,
  type ProtoMessage,
  type ProtoSchema,
  type ProtoType,
  scalarTypes,
} from "./proto-schema.ts";

/** What every registry knows without being told: paths to import, and the packages behind them. */
const wellKnown = /^(google\/(protobuf|type)|confluent)\//;
const wellKnownTypes = /^\.?(google\.(protobuf|type)|confluent)\./;

/** Full names repeat those of the messages around them: together they are not longer, or they would fill the memory. */
const mostNameCharacters = 8 * 1024 * 1024;

/**
 * Parses a Protobuf schema (.proto text). What it imports must be among its references, except what Protobuf itself brings (`google/protobuf/`).
 * @throws InvalidSchemaError (`INVALID_SCHEMA`)
 */
export function parseProtoSchema({ schema, references = [] }: SchemaText): ProtoSchema {
  const own = { name: undefined, file: parseProtoFile(schema, undefined) };
  const files = [...references.map(({ name, schema: text }) => ({ name, file: parseProtoFile(text, name) })), own];
  const declared = declaredTypes(files);
  const known = new Set(references.map(({ name }) => name));
  for (const { name, file } of files) {
    const missing = file.imports.find((path) => !known.has(path) && !wellKnown.test(path));
    if (missing !== undefined)
      throw invalid(`it imports ${JSON.stringify(missing.slice(0, 200))}, which is not among its references`, name);
    const stranger = unresolved(file.types, declared);
    if (stranger !== undefined) throw invalid(`the type ${stranger.slice(0, 200)} is not declared`, name);
  }
  return { ...own.file, declared };
}

function invalid(problem: string, reference: string | undefined): InvalidSchemaError {
  return new InvalidSchemaError({ type: "PROTOBUF", problem, path: "/", reference });
}

function declaredTypes(files: readonly { readonly name: string | undefined; readonly file: ProtoFile }[]): DeclaredTypes {
  const byFullName = new Map<string, DeclaredType>();
  const outerOf = new Map<ProtoType, ProtoMessage>();
  let characters = 0;
  for (const { name, file } of files) {
    const visit = (type: ProtoType, outer: ProtoMessage | undefined): void => {
      characters += type.fullName.length;
      if (characters > mostNameCharacters) throw invalid("its names are too long", name);
      byFullName.set(type.fullName, { type, package: file.package, isImported: name !== undefined });
      if (outer !== undefined) outerOf.set(type, outer);
      if (type.kind === "message") for (const nested of type.types.values()) visit(nested, type);
    };
    for (const type of file.types.values()) visit(type, undefined);
  }
  return { byFullName, outerOf };
}

/** Finds what a type's name means inside a message: the nearest declaration outwards, first through the messages, then through the package. */
export function resolveTypeName(name: string, scope: ProtoMessage, { byFullName, outerOf }: DeclaredTypes): DeclaredType | undefined {
  if (name.startsWith(".")) return byFullName.get(name.slice(1));
  const steps = name.split(".");
  for (let outer: ProtoMessage | undefined = scope; outer !== undefined; outer = outerOf.get(outer)) {
    const found = descend(outer, steps);
    if (found !== undefined) return byFullName.get(found.fullName);
  }
  for (let prefix = byFullName.get(scope.fullName)?.package ?? ""; ; prefix = prefix.slice(0, Math.max(0, prefix.lastIndexOf(".")))) {
    const found = byFullName.get(prefix === "" ? name : `${prefix}.${name}`);
    if (found !== undefined || prefix === "") return found;
  }
}

function descend(outer: ProtoMessage, steps: readonly string[]): ProtoType | undefined {
  let type: ProtoType | undefined = outer;
  for (const step of steps) {
    if (type?.kind !== "message") return undefined;
    type = type.types.get(step);
  }
  return type;
}

function unresolved(types: ProtoFile["types"], declared: DeclaredTypes): string | undefined {
  for (const type of types.values()) {
    if (type.kind === "enum") continue;
    for (const field of type.fields.values()) {
      const name = typeof field.type === "string" ? field.type : field.type.value;
      if (scalarTypes.has(name) || wellKnownTypes.test(name)) continue;
      if (resolveTypeName(name, type, declared) === undefined) return name;
    }
    const nested = unresolved(type.types, declared);
    if (nested !== undefined) return nested;
  }
  return undefined;
}
