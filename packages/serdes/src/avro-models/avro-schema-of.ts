import { avroTypeOf } from "../avro-type.ts";
import { SerdeError } from "../serde-error.ts";
import type { AvroModel, ModelType } from "./avro-model.ts";
import { modelOfJsonSchema } from "./model-of-json-schema.ts";
import { type ZodLike, zodJsonSchema } from "./zod-json-schema.ts";

/** Options of `avroSchemaOf`. */
export interface AvroSchemaOfOptions {
  readonly namespace?: string | undefined;
  /** The record's name. @default the model's; a zod schema needs one here, or in its `meta({ id })` or `meta({ title })` */
  readonly name?: string | undefined;
}

/** An Avro record schema, ready to be given to `avro` or a registry. */
export interface AvroRecordSchema {
  readonly type: "record";
  readonly name: string;
  readonly namespace?: string;
  readonly doc?: string;
  readonly fields: readonly AvroField[];
}

/** One field of an `AvroRecordSchema`. */
export interface AvroField {
  readonly name: string;
  readonly type: AvroSchemaPart;
  readonly doc?: string;
  readonly default?: unknown;
}

/** Any part of an Avro schema. */
export type AvroSchemaPart = string | readonly AvroSchemaPart[] | { readonly [key: string]: unknown };

/**
 * The Avro schema of a model, or of a zod 4 object schema. The same model gives the same schema, byte for byte in JSON.
 *
 * Text, UUIDs and dates are `string`s, integers `int`s (`long`s where their bounds or default need more than 32 bits), other numbers `double`s. What is
 * optional is a union with `null`, which comes first with the default null, or second where the default is something else. Names are made to fit Avro:
 * every character that it does not allow becomes `_`; values have to use the new names.
 * @throws SerdeError (`SERDE_INVALID_SCHEMA`) for what Avro has no form for, and for two names that become the same
 */
export function avroSchemaOf(model: AvroModel | ZodLike, options: AvroSchemaOfOptions = {}): AvroRecordSchema {
  const described = "toJSONSchema" in model ? modelOfJsonSchema(zodJsonSchema(model), options.name) : model;
  const { namespace } = options;
  const converter = createConverter();
  const { type, name, ...rest } = converter.record({ ...described, name: options.name ?? described.name }) as unknown as AvroRecordSchema;
  const schema: AvroRecordSchema = { type, name, ...(namespace !== undefined && { namespace }), ...rest };
  // What a model can say and Avro cannot, such as a choice between two kinds of lists.
  avroTypeOf(JSON.stringify(schema), "reader");
  return schema;
}

/** A name that Avro allows: letters, digits and `_`, not starting with a digit. */
function avroName(name: string): string {
  const allowed = name.replaceAll(/[^A-Za-z0-9_]/g, "_");
  return /^[A-Za-z_]/.test(allowed) ? allowed : `_${allowed}`;
}

const scalars: Readonly<Record<string, string>> = {
  string: "string",
  uuid: "string",
  date: "string",
  int: "int",
  float: "double",
  bool: "boolean",
  bytes: "bytes",
  null: "null",
};

function createConverter(): { record(model: AvroModel): AvroSchemaPart } {
  /** The JSON of each named type so far: it is written out once, and named from then on. */
  const named = new Map<string, string>();

  const once = (model: unknown, name: string, make: () => AvroSchemaPart): AvroSchemaPart => {
    const text = JSON.stringify(model, (_key, value: unknown) => (typeof value === "bigint" ? String(value) : value));
    const known = named.get(name);
    if (known === text) return name;
    if (known !== undefined) throw invalid(`two different types have the name ${name}`);
    named.set(name, text);
    return make();
  };

  const record = (model: AvroModel): AvroSchemaPart => {
    const name = avroName(model.name);
    return once([model.fields], name, () => ({
      type: "record",
      name,
      ...(model.doc !== undefined && { doc: model.doc }),
      fields: distinct(Object.keys(model.fields), name).map(([given, fieldName]) => field(fieldName, model.fields[given]!)),
    }));
  };

  const field = (name: string, given: ModelType): AvroField => {
    const { doc, default: initial } = typeof given === "string" ? {} : given;
    const hasDefault = initial !== undefined && initial !== null;
    const type = hasDefault ? withDefault(given, initial) : partOf(given);
    const isOptional = typeof given === "object" && given.type === "optional";
    return {
      name,
      type,
      ...(doc !== undefined && { doc }),
      ...(hasDefault ? { default: plainDefault(type, initial) } : isOptional && { default: null }),
    };
  };

  const partOf = (given: ModelType): AvroSchemaPart => {
    if (typeof given === "string") return scalar(given);
    switch (given.type) {
      case "int":
        return [given.min, given.max, given.default].every((bound) => bound === undefined || bound === null || is32Bits(bound))
          ? "int"
          : "long";
      case "list":
        return { type: "array", items: partOf(given.items) };
      case "map":
        return { type: "map", values: partOf(given.values) };
      case "optional":
        return unionOf(["null", given.of]);
      case "union":
        return unionOf(given.of);
      case "enum": {
        const name = avroName(given.name);
        return once({ ...given, default: undefined }, name, () => ({
          type: "enum",
          name,
          symbols: distinct(given.values, name).map(([, symbol]) => symbol),
        }));
      }
      case "model":
        // What it is described with is the field's.
        return record({ name: given.name, fields: given.fields });
      case "ref":
        if (named.has(avroName(given.name))) return avroName(given.name);
        throw invalid(`nothing has the name ${given.name} where it is referred to`);
      default:
        return scalar(given.type);
    }
  };

  const unionOf = (members: readonly ModelType[]): AvroSchemaPart => {
    const branches = members.flatMap((member): readonly AvroSchemaPart[] => {
      const part = partOf(member);
      return Array.isArray(part) ? (part as readonly AvroSchemaPart[]) : [part];
    });
    const unique = [...new Map(branches.map((branch) => [JSON.stringify(branch), branch])).values()];
    return unique.length === 1 ? unique[0]! : unique;
  };

  /** With the branch first that the default is a value of, as Avro wants it. */
  const withDefault = (given: ModelType, initial: unknown): AvroSchemaPart => {
    const part = partOf(
      typeof given === "object" && given.type === "optional" ? { type: "union", of: [withBound(given.of, initial), "null"] } : given,
    );
    const branches = Array.isArray(part) ? (part as readonly AvroSchemaPart[]) : [part];
    const first = branches.find((branch) => takes(branch, initial));
    if (first === undefined) throw invalid("a default is not a value of its field's type");
    return branches.length === 1 ? first : [first, ...branches.filter((branch) => branch !== first)];
  };

  return { record };
}

function withBound(of: ModelType, initial: unknown): ModelType {
  if (of === "int") return { type: "int", default: initial };
  return typeof of === "object" && of.type === "int" ? { ...of, default: initial } : of;
}

function scalar(name: string): string {
  const type = Object.hasOwn(scalars, name) ? scalars[name] : undefined;
  if (type === undefined) throw invalid(`${name} is not a type of a model`);
  return type;
}

function is32Bits(value: unknown): boolean {
  return value === (Number(value) | 0);
}

/** Whether a union's branch has this default as a value, as far as its JSON type tells. */
function takes(branch: AvroSchemaPart, value: unknown): boolean {
  const type = typeof branch === "string" ? branch : (branch as { type: unknown }).type;
  switch (type) {
    case "null":
      return value === null;
    case "boolean":
      return typeof value === "boolean";
    case "int":
      return is32Bits(value);
    case "long":
      return Number.isSafeInteger(value);
    case "double":
      return typeof value === "number";
    case "bytes":
      return value instanceof Uint8Array;
    case "array":
      return Array.isArray(value);
    case "string":
      return typeof value === "string" || value instanceof Date;
    case "enum":
      return typeof value === "string" && (branch as { symbols: readonly string[] }).symbols.includes(avroName(value));
    default:
      return typeof value === "object" && value !== null && !Array.isArray(value);
  }
}

/** How JSON carries a default: bytes as a text of one character each. */
function plainDefault(type: AvroSchemaPart, value: unknown): unknown {
  const first = Array.isArray(type) ? (type as readonly AvroSchemaPart[])[0]! : type;
  if (typeof first === "object" && (first as { type?: unknown }).type === "enum") return avroName(value as string);
  if (value instanceof Uint8Array) return Buffer.from(value).toString("latin1");
  return value instanceof Date ? value.toISOString() : value;
}

function distinct(names: readonly string[], place: string): (readonly [given: string, made: string])[] {
  const seen = new Map<string, string>();
  return names.map((given) => {
    const made = avroName(given);
    if (seen.has(made)) throw invalid(`${JSON.stringify(given)} and ${JSON.stringify(seen.get(made))} of ${place} would both be ${made}`);
    seen.set(made, given);
    return [given, made] as const;
  });
}

function invalid(problem: string): SerdeError {
  return new SerdeError("SERDE_INVALID_SCHEMA", `this model has no Avro schema: ${problem}`);
}
