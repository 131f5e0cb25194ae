import { SerdeError } from "../serde-error.ts";
import type { AvroModel, ModelType } from "./avro-model.ts";

interface JsonSchema {
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, JsonSchema>>;
  readonly definitions?: Readonly<Record<string, JsonSchema>>;
  readonly id?: string;
  readonly title?: string;
  readonly description?: string;
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: JsonSchema | boolean;
  readonly items?: JsonSchema;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly default?: unknown;
}

/**
 * The model behind a JSON Schema of an object, as zod makes them. Types without a name of their own (`title` or the key in `$defs`) get one from where
 * they stand: `OrderPlacedShipping`.
 * @throws SerdeError (`SERDE_INVALID_SCHEMA`)
 */
export function modelOfJsonSchema(given: object, name: string | undefined): AvroModel {
  const root = given as JsonSchema;
  const definitions = { ...root.definitions, ...root.$defs };
  /** The `$ref`s that are being described: a type inside itself is named instead. */
  const open = new Map<string, string>();

  const typeOf = (schema: JsonSchema, place: string): ModelType => {
    const described = bare(schema, place);
    const plain = typeof described === "string" ? { type: described } : described;
    const isPlain = schema.default === undefined && schema.description === undefined;
    if (isPlain) return described;
    return {
      ...(plain as Extract<ModelType, object>),
      ...(schema.default !== undefined && { default: schema.default }),
      ...(schema.description !== undefined && { doc: schema.description }),
    };
  };

  const bare = (schema: JsonSchema, place: string): ModelType => {
    if (schema.$ref !== undefined) return referred(schema.$ref, place);
    const values = schema.const === undefined ? schema.enum : [schema.const];
    if (values !== undefined) return valuesOf(values, schema, place);
    const members =
      schema.anyOf ?? schema.oneOf ?? (Array.isArray(schema.type) ? schema.type.map((type: string) => ({ ...schema, type })) : undefined);
    if (members !== undefined) return unionOf(members, place);
    switch (schema.type) {
      case "string":
        return schema.format === "uuid" ? "uuid" : schema.format === "date" || schema.format === "date-time" ? "date" : "string";
      case "integer":
        return {
          type: "int",
          ...(schema.minimum !== undefined && { min: schema.minimum }),
          ...(schema.maximum !== undefined && { max: schema.maximum }),
        };
      case "number":
        return "float";
      case "boolean":
        return "bool";
      case "null":
        return "null";
      case "array":
        if (schema.items === undefined) break;
        return { type: "list", items: typeOf(schema.items, `${place}Item`) };
      case "object":
        if (schema.properties !== undefined) return { type: "model", ...objectOf(schema, place) };
        if (typeof schema.additionalProperties !== "object") break;
        return { type: "map", values: typeOf(schema.additionalProperties, `${place}Value`) };
      default:
    }
    throw invalid(`${place} is of a type that Avro has no form for`);
  };

  const objectOf = (schema: JsonSchema, place: string): AvroModel => {
    const own = schema.title ?? schema.id ?? place;
    const required = new Set(schema.required);
    const fields = Object.entries(schema.properties ?? {}).map(([key, property]): [string, ModelType] => {
      const type = typeOf(property, `${own}${key.charAt(0).toUpperCase()}${key.slice(1)}`);
      if (required.has(key) || property.default !== undefined) return [key, type];
      return [
        key,
        typeof type === "object" && type.type === "optional"
          ? type
          : { type: "optional", of: type, ...(property.description !== undefined && { doc: property.description }) },
      ];
    });
    return { name: own, fields: Object.fromEntries(fields) };
  };

  const referred = (reference: string, place: string): ModelType => {
    if (reference === "#") return { type: "ref", name: open.get("#")! };
    const key = keyOf(reference);
    const target = key === undefined ? undefined : definitions[key];
    if (key === undefined || target === undefined) throw invalid(`${place} refers to ${reference}, which is not there`);
    const known = open.get(reference);
    if (known !== undefined) return { type: "ref", name: known };
    const own = target.title ?? target.id ?? (key.startsWith("__") ? place : key);
    open.set(reference, own);
    const type = bare({ title: own, ...target }, own);
    open.delete(reference);
    return type;
  };

  const unionOf = (members: readonly JsonSchema[], place: string): ModelType => {
    const rest = members.filter((member) => member.type !== "null" && member.const !== null);
    const types = rest.map((member, index) => typeOf(member, rest.length === 1 ? place : `${place}${index + 1}`));
    const of: ModelType = types.length === 1 ? types[0]! : { type: "union", of: types };
    return rest.length < members.length ? { type: "optional", of } : of;
  };

  const valuesOf = (values: readonly unknown[], schema: JsonSchema, place: string): ModelType => {
    if (values.every((value) => value === null)) return "null";
    if (values.includes(null)) {
      return {
        type: "optional",
        of: valuesOf(
          values.filter((value) => value !== null),
          schema,
          place,
        ),
      };
    }
    if (values.every((value) => typeof value === "string")) return { type: "enum", name: schema.title ?? schema.id ?? place, values };
    if (values.every((value) => typeof value === "boolean")) return "bool";
    if (!values.every((value) => typeof value === "number")) throw invalid(`${place} is a choice of values that Avro has no type for`);
    const isWhole = values.every(Number.isSafeInteger);
    return isWhole ? { type: "int", min: Math.min(...values), max: Math.max(...values) } : "float";
  };

  const key = keyOf(root.$ref);
  const start = key === undefined ? root : (definitions[key] ?? root);
  const rootName = name ?? start.title ?? start.id ?? key;
  if (rootName === undefined) throw invalid("it has no name: give one as the option name, or in meta({ id })");
  if (start.type !== "object" || start.properties === undefined) throw invalid("it is not an object with fields");
  open.set("#", rootName);
  if (root.$ref !== undefined) open.set(root.$ref, rootName);
  const model = objectOf({ ...start, title: rootName }, rootName);
  return start.description === undefined ? model : { ...model, doc: start.description };
}

/** The key of a definition in the same document. */
function keyOf(reference: string | undefined): string | undefined {
  return reference === undefined ? undefined : /^#\/(?:\$defs|definitions)\/([^/]+)$/.exec(reference)?.[1];
}

function invalid(problem: string): SerdeError {
  return new SerdeError("SERDE_INVALID_SCHEMA", `this schema has no Avro form: ${problem}`);
}
