import { type JsonValue, parseJson, printJson, sortNames } from "./json-text.ts";

const primitives = new Set(["null", "boolean", "int", "long", "float", "double", "bytes", "string"]);
const named = new Set(["record", "error", "enum", "fixed"]);
const typeAttributes = new Set(["type", "name", "namespace", "fields", "symbols", "size", "items", "values", "doc", "aliases", "default"]);
const fieldAttributes = new Set(["name", "type", "order", "doc", "aliases", "default"]);
const logicalAttributes = ["logicalType", "precision", "scale"];

type JsonMap = ReadonlyMap<string, JsonValue>;

/** A lone primitive type may be written without quotes. */
export function quoted(text: string): string {
  return /^\s*[a-z]+\s*$/.test(text) ? JSON.stringify(text.trim()) : text;
}

/**
 * Avro's normal form, in which texts that mean the same are the same: full names, attributes in one order, no attribute that says what holds anyway.
 * `references` are the texts of the schemas that it needs: their types stay names.
 */
export function normalAvro(text: string, references: readonly string[] = []): string {
  return normalised(text, references, { isExpanded: false });
}

/** The normal form in which the types of `references` are written out where they are first named. */
export function expandedAvro(text: string, references: readonly string[]): string {
  return normalised(text, references, { isExpanded: true });
}

function normalised(text: string, references: readonly string[], options: { readonly isExpanded: boolean }): string {
  const normaliser = new AvroNormaliser(options.isExpanded);
  for (const reference of references) normaliser.define(parseJson(quoted(reference)), undefined);
  return printJson(normaliser.type(parseJson(quoted(text)), undefined));
}

/** Works on valid schemas only. */
class AvroNormaliser {
  /** Full names of types that are not written out any more. */
  private readonly written = new Set<string>();
  private readonly definitions = new Map<string, { readonly json: JsonMap; readonly namespace: string | undefined }>();

  private readonly isExpanded: boolean;

  constructor(isExpanded: boolean) {
    this.isExpanded = isExpanded;
  }

  /** Notes the named types in a schema that is referred to. */
  define(json: JsonValue, namespace: string | undefined): void {
    if (Array.isArray(json)) for (const part of json) this.define(part, namespace);
    if (!isMap(json)) return;
    let inner = namespace;
    if (named.has(json.get("type") as string)) {
      const fullName = fullNameOf(json, namespace);
      inner = namespaceOf(fullName);
      if (this.isExpanded) this.definitions.set(fullName, { json, namespace });
      else this.written.add(fullName);
    }
    for (const part of [json.get("items"), json.get("values")]) if (part !== undefined) this.define(part, inner);
    const fields = json.get("fields");
    if (Array.isArray(fields)) for (const field of fields) if (isMap(field)) this.define(field.get("type") ?? null, inner);
  }

  type(json: JsonValue, namespace: string | undefined): JsonValue {
    if (typeof json === "string") return this.reference(json, namespace);
    if (Array.isArray(json)) return json.map((branch) => this.type(branch, namespace));
    if (!isMap(json)) return json;
    const type = json.get("type") as string;
    if (named.has(type)) return this.namedType(json, type, namespace);
    const result = new Map<string, JsonValue>([["type", type]]);
    for (const part of ["items", "values"]) if (json.has(part)) result.set(part, this.type(json.get(part)!, namespace));
    addLogical(json, result);
    addOthers(json, typeAttributes, result);
    return result.size === 1 ? this.reference(type, namespace) : result;
  }

  private namedType(json: JsonMap, type: string, outer: string | undefined): JsonValue {
    const fullName = fullNameOf(json, outer);
    if (this.written.has(fullName)) return fullName;
    this.written.add(fullName);
    const namespace = namespaceOf(fullName);
    const result = new Map<string, JsonValue>([
      ["name", fullName],
      ["type", type],
    ]);
    for (const part of ["symbols", "size"]) if (json.has(part)) result.set(part, json.get(part)!);
    addLogical(json, result);
    const fields = json.get("fields");
    if (Array.isArray(fields))
      result.set(
        "fields",
        fields.map((field) => this.field(field as JsonMap, namespace)),
      );
    addDocumentation(json, namespace, result);
    if (json.has("default")) result.set("default", json.get("default")!);
    addOthers(json, typeAttributes, result);
    return result;
  }

  private field(json: JsonMap, namespace: string | undefined): JsonValue {
    const result = new Map<string, JsonValue>([
      ["name", json.get("name")!],
      ["type", this.type(json.get("type")!, namespace)],
    ]);
    const order = json.get("order");
    if (order !== undefined && order !== "ascending") result.set("order", order);
    addDocumentation(json, undefined, result);
    if (json.has("default")) result.set("default", sortNames(json.get("default")!));
    addOthers(json, fieldAttributes, result);
    return result;
  }

  private reference(name: string, namespace: string | undefined): JsonValue {
    if (primitives.has(name)) return name;
    const inNamespace = namespace === undefined || name.includes(".") ? name : `${namespace}.${name}`;
    const fullName = [inNamespace, name].find((known) => this.written.has(known) || this.definitions.has(known)) ?? inNamespace;
    const definition = this.definitions.get(fullName);
    return definition === undefined || this.written.has(fullName) ? fullName : this.type(definition.json, definition.namespace);
  }
}

function addLogical(json: JsonMap, result: Map<string, JsonValue>): void {
  if (!json.has("logicalType")) return;
  for (const attribute of logicalAttributes) if (json.has(attribute)) result.set(attribute, json.get(attribute)!);
}

function addDocumentation(json: JsonMap, namespace: string | undefined, result: Map<string, JsonValue>): void {
  if (json.has("doc")) result.set("doc", json.get("doc")!);
  const aliases = json.get("aliases");
  if (Array.isArray(aliases) && aliases.length > 0)
    result.set("aliases", aliases.map((alias) => qualified(alias as string, namespace)).sort());
}

function addOthers(json: JsonMap, known: ReadonlySet<string>, result: Map<string, JsonValue>): void {
  const others = [...json].filter(([name]) => !known.has(name) && !result.has(name)).sort(([left], [right]) => (left < right ? -1 : 1));
  for (const [name, value] of others) result.set(name, sortNames(value));
}

function fullNameOf(json: JsonMap, outer: string | undefined): string {
  const namespace = json.get("namespace");
  return qualified(json.get("name") as string, typeof namespace === "string" ? namespace : outer);
}

function qualified(name: string, namespace: string | undefined): string {
  return name.includes(".") || namespace === undefined || namespace === "" ? name : `${namespace}.${name}`;
}

function namespaceOf(fullName: string): string | undefined {
  const end = fullName.lastIndexOf(".");
  return end === -1 ? undefined : fullName.slice(0, end);
}

function isMap(value: JsonValue): value is JsonMap {
  return value instanceof Map;
}
