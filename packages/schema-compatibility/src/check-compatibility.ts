import { InvalidOptionsError } from "@millrace/core";
import { type AvroIncompatibilityType, avroMismatches } from "./avro/avro-mismatches.ts";
import { parseAvroSchema } from "./avro/parse-avro-schema.ts";
import { mostReasons } from "./comparison-memory.ts";
import { type CompatibilityLevel, compatibilityLevels } from "./compatibility-level.ts";
import type { JsonSchemaIncompatibilityType } from "./json-schema/json-schema-incompatibility.ts";
import { jsonSchemaMismatches } from "./json-schema/json-schema-mismatches.ts";
import { parseJsonSchema } from "./json-schema/parse-json-schema.ts";
import type { Mismatch } from "./mismatch.ts";
import { parseProtoSchema } from "./protobuf/parse-proto-schema.ts";
import { type ProtobufIncompatibilityType, protobufMismatches } from "./protobuf/protobuf-mismatches.ts";
import { InvalidSchemaError } from "./schema-error.ts";
import type { PreviousSchema, SchemaText, SchemaType } from "./schema-text.ts";

/** Why a schema may not follow another, as Avro's Java library and Confluent's registry name it; only the last name is our own. */
export type IncompatibilityType =
  | AvroIncompatibilityType
  | JsonSchemaIncompatibilityType
  | ProtobufIncompatibilityType
  | "SCHEMA_TYPE_CHANGED";

/** One reason why a schema may not follow the earlier ones. */
export interface Incompatibility {
  readonly type: IncompatibilityType;
  /** JSON pointer into the schema that reads (the new one when `direction` is `backward`, else the previous one); `/` is its root. */
  readonly path: string;
  /** One sentence for people. */
  readonly message: string;
  /** What it is about, in short: a field, symbols, two types, two values. For Avro in the words of its Java library. */
  readonly detail: string;
  /** `backward`: the new schema cannot read old data; `forward`: the previous schema cannot read new data. */
  readonly direction: "backward" | "forward";
  /** Which of `previous` it collides with. */
  readonly previousIndex: number;
}

/** What to check. */
export interface CompatibilityCheck extends SchemaText {
  readonly type: SchemaType;
  /** The earlier schemas or their texts, oldest first. The levels that are not transitive look at the last one only. */
  readonly previous: readonly (string | PreviousSchema)[];
  readonly level: CompatibilityLevel;
}

/** What `checkCompatibility` found. */
export interface CompatibilityResult {
  readonly compatible: boolean;
  /** Every reason, newest previous schema first, at most 1,000 for each and direction; empty when compatible. */
  readonly incompatibilities: readonly Incompatibility[];
}

/**
 * Whether a schema may follow earlier ones under a level, decided offline by the rules that a schema registry applies. Pure.
 * With nothing before it, or under `NONE`, every valid schema is compatible. A previous schema of another type is a reason of its own.
 *
 * ```ts
 * import { checkCompatibility } from "@millrace/schema-compatibility";
 *
 * const order = 'syntax = "proto3"; import "money.proto"; message Order { Money price = 1; }';
 * const money = (type: string) => [{ name: "money.proto", schema: `syntax = "proto3"; message Money { ${type} cents = 1; }` }];
 * const { incompatibilities } = checkCompatibility({
 *   type: "PROTOBUF",
 *   schema: order,
 *   references: money("string"),
 *   previous: [{ schema: order, references: money("int64") }],
 *   level: "BACKWARD",
 * });
 * for (const { type, path } of incompatibilities) console.log(type, path);
 * ```
 *
 * ```text
 * FIELD_SCALAR_KIND_CHANGED /Money/1
 * FIELD_NAMED_TYPE_CHANGED /Order/1
 * ```
 *
 * @throws InvalidSchemaError (`INVALID_SCHEMA`) for a text that is not a schema of its type
 * @throws InvalidOptionsError (`INVALID_OPTIONS`) for a type or level that does not exist
 */
export function checkCompatibility(check: CompatibilityCheck): CompatibilityResult {
  const { level, previous, type } = check;
  const problems = [
    ...(Object.hasOwn(schemaComparers, type) ? [] : [`type must be ${Object.keys(schemaComparers).join(", ")}, not ${type}`]),
    ...(compatibilityLevels.includes(level) ? [] : [`level must be one of ${compatibilityLevels.join(", ")}, not ${level}`]),
  ];
  if (problems.length > 0) throw new InvalidOptionsError("checkCompatibility", problems);
  const compare = schemaComparers[type](check);
  const incompatibilities: Incompatibility[] = [];
  if (level !== "NONE") {
    const oldest = level.endsWith("_TRANSITIVE") ? 0 : Math.max(0, previous.length - 1);
    for (let previousIndex = previous.length - 1; previousIndex >= oldest; previousIndex--) {
      const given = previous[previousIndex]!;
      const old = typeof given === "string" ? { schema: given } : given;
      const mismatches = old.type === undefined || old.type === type ? compare(old, previousIndex) : changedType(old.type, type);
      if (!level.startsWith("FORWARD"))
        incompatibilities.push(...mismatches("backward").map((mismatch) => told(mismatch, "backward", previousIndex)));
      if (!level.startsWith("BACKWARD"))
        incompatibilities.push(...mismatches("forward").map((mismatch) => told(mismatch, "forward", previousIndex)));
    }
  }
  return { compatible: incompatibilities.length === 0, incompatibilities };
}

type Direction = Incompatibility["direction"];
/** Parses a new schema, then an old one, and says what keeps one from reading data of the other. */
type SchemaComparer = (
  schema: SchemaText,
) => (old: SchemaText, previousIndex: number) => (direction: Direction) => readonly Mismatch<IncompatibilityType>[];

const schemaComparers: Readonly<Record<SchemaType, SchemaComparer>> = {
  AVRO: comparer("AVRO", parseAvroSchema, avroMismatches),
  JSON: comparer("JSON", parseJsonSchema, jsonSchemaMismatches),
  PROTOBUF: comparer("PROTOBUF", parseProtoSchema, protobufMismatches),
};

/** Far more than a registry takes: it keeps a schema in one record of a topic. */
const mostCharacters = 2 * 1024 * 1024;

function comparer<S>(
  type: SchemaType,
  parseText: (text: SchemaText) => S,
  mismatches: (reader: S, writer: S) => readonly Mismatch<IncompatibilityType>[],
): SchemaComparer {
  const parse = (text: SchemaText): S => {
    const characters = (text.references ?? []).reduce((sum, { schema }) => sum + schema.length, text.schema.length);
    if (characters <= mostCharacters) return parseText(text);
    throw new InvalidSchemaError({ type, problem: `it has more than ${mostCharacters} characters with its references`, path: "/" });
  };
  return (text) => {
    const schema = parse(text);
    return (oldText, previousIndex) => {
      const old = parsePrevious(() => parse(oldText), previousIndex);
      return (direction) => {
        try {
          return (direction === "backward" ? mismatches(schema, old) : mismatches(old, schema)).slice(0, mostReasons);
        } catch (cause) {
          // Too many steps, or two long cycles of types of different lengths that multiply into a deep recursion.
          if (!(cause instanceof RangeError)) throw cause;
          throw new InvalidSchemaError({ type, problem: "comparing it takes too many steps", path: "/", cause });
        }
      };
    };
  };
}

/** What is in a registry may be a schema that is not valid here: then it is not the new one that is to be mended. */
function parsePrevious<S>(parse: () => S, previousIndex: number): S {
  try {
    return parse();
  } catch (error) {
    if (!InvalidSchemaError.is(error)) throw error;
    const { type, problem, path, reference, cause } = error;
    throw new InvalidSchemaError({ type, problem, path, reference, previousIndex, cause });
  }
}

function changedType(old: SchemaType, type: SchemaType): () => readonly Mismatch<IncompatibilityType>[] {
  return () => [
    {
      type: "SCHEMA_TYPE_CHANGED",
      path: "/",
      message: `the schema is of type ${type}, the previous one of type ${old}`,
      detail: `${old} to ${type}`,
    },
  ];
}

function told(mismatch: Mismatch<IncompatibilityType>, direction: Direction, previousIndex: number): Incompatibility {
  const { type, path, detail } = mismatch;
  const reader = direction === "backward" ? "new schema" : "old schema";
  const writer = direction === "backward" ? "old schema" : "new schema";
  const message = mismatch.message.replaceAll("{reader}", reader).replaceAll("{writer}", writer);
  return { type, path, message, detail, direction, previousIndex };
}
