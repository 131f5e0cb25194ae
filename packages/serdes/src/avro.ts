import { type AvroLogicalTypeName, avroLogicalTypeNames } from "./avro-logical-types.ts";
import { AvroSerde } from "./avro-serde.ts";
import { avroTypeOf } from "./avro-type.ts";
import { type ReferencedSchema, type SchemaSerdeOptions, schemaDescriptor, schemaText } from "./schema-descriptor.ts";
import type { SerdeDescriptor } from "./serde.ts";
import { SerdeError } from "./serde-error.ts";

/** Options of `avro`. */
export interface AvroOptions extends SchemaSerdeOptions {
  /** The schemas whose types `schema` names, what is named before what names it. @default none */
  readonly references?: readonly ReferencedSchema[] | undefined;
  /**
   * Logical types to convert: all, or those named.
   *
   * | type | JavaScript value |
   * | --- | --- |
   * | `date` | Date at midnight UTC |
   * | `timestamp-millis` | Date |
   * | `timestamp-micros` | text, `2026-11-21T18:54:16.123456Z` |
   * | `local-timestamp-millis`, `local-timestamp-micros` | text without a zone |
   * | `time-millis`, `time-micros` | number of milliseconds or microseconds since midnight |
   * | `decimal` | text, `-12.50` |
   * | `uuid` | text |
   *
   * A value that would be rounded (a Date with a time of day as `date`, too many decimals) is refused. Where the schema's logical type is not one that
   * the specification allows there, or is not in this table, the value is what underlies it.
   * @default false: every value is what underlies its logical type
   */
  readonly logicalTypes?: boolean | readonly AvroLogicalTypeName[] | undefined;
  /**
   * `number`: a `long` beyond 2^53 - 1 is an error. `bigint`: every `long` is a BigInt, both ways, over its whole 64 bits.
   * @default "number"
   */
  readonly long?: "number" | "bigint" | undefined;
  /**
   * Whether a `long` (without a logical type, or one of milliseconds) may be given as a Date, which is written as milliseconds since 1970. It is read as
   * a number. Not together with `long: "bigint"`.
   * @default false
   */
  readonly datesAsMillis?: boolean | undefined;
}

/**
 * Avro binary with the registry framing (byte 0, schema id, body). `schema` is the schema as an object or as its JSON text; values are written with it
 * and everything read is resolved to it, whichever version it was written with.
 *
 * Records are plain objects, bytes and fixed are `Buffer`s, enums strings. A union's value stands for itself where its type tells the branch, else it is
 * wrapped: `{ "int": 1 }`. Fields left out take their default. A `long` is a number; one beyond 2^53 - 1 is an error, never rounded. Logical types are
 * read and written as what underlies them. The last two can be changed by options.
 * @throws SerdeError (`SERDE_INVALID_SCHEMA`) at once, and from `bind` (`SERDE_NO_SCHEMA_SOURCE`) when the binding has no schema source.
 */
export function avro<T = unknown>(schema: object | string, options: AvroOptions = {}): SerdeDescriptor<T> {
  const text = schemaText(schema);
  const { references = [], logicalTypes = false, long, datesAsMillis } = options;
  if (long === "bigint" && datesAsMillis === true) {
    throw new SerdeError("SERDE_INVALID_SCHEMA", "a long cannot be both a BigInt and a Date: choose long or datesAsMillis");
  }
  const avroType = avroTypeOf(
    text,
    "reader",
    {
      logicalTypes: logicalTypes === true ? avroLogicalTypeNames : logicalTypes === false ? [] : logicalTypes,
      long,
      datesAsMillis,
    },
    references.map((reference) => schemaText(reference.schema)),
  );
  return schemaDescriptor({
    format: "avro",
    type: "AVRO",
    text,
    name: avroType.name,
    references,
    options,
    serde: (parts) => new AvroSerde<T>(avroType, parts),
  });
}
