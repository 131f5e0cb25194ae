import type { LargeIntegers } from "../json-text.ts";
import { type ReferencedSchema, type SchemaSerdeOptions, schemaDescriptor, schemaText } from "../schema-descriptor.ts";
import type { SerdeDescriptor } from "../serde.ts";
import { JsonSchemaSerde } from "./json-schema-serde.ts";
import { compileJsonSchema } from "./json-validator.ts";

/** Options of `jsonSchema`. */
export interface JsonSchemaOptions extends SchemaSerdeOptions {
  /**
   * Schemas that this one refers to, which `$ref`s find under their `name` or their own `$id`. What they refer to themselves belongs here, too.
   * @default none
   */
  readonly references?: readonly ReferencedSchema[] | undefined;
  /** What becomes of integers beyond 2^53 - 1. @default "refuse": those that would be rounded are an error */
  readonly largeIntegers?: LargeIntegers | undefined;
}

/**
 * JSON with the registry framing, checked against `schema` (an object or JSON text) when it is written and when it is read, whichever version it was
 * written with. Drafts 2020-12, 2019-09, 07 and 06, by `$schema`; draft 07 without one. `format`s are checked; unknown keywords and formats are ignored.
 *
 * What is checked is what stands on the wire: a date is a string. Defaults are not filled in.
 * @throws SerdeError (`SERDE_INVALID_SCHEMA`) at once, and from `bind` (`SERDE_NO_SCHEMA_SOURCE`) when the binding has no schema source.
 */
export function jsonSchema<T = unknown>(schema: object | string, options: JsonSchemaOptions = {}): SerdeDescriptor<T> {
  const { references = [], largeIntegers = "refuse" } = options;
  const text = schemaText(schema);
  const validate = compileJsonSchema(text, references);
  return schemaDescriptor({
    format: "json-schema",
    type: "JSON",
    text,
    name: titleOf(text),
    references,
    options,
    serde: (parts) => new JsonSchemaSerde<T>(parts, validate, largeIntegers),
  });
}

function titleOf(text: string): string | undefined {
  const schema: unknown = JSON.parse(text);
  const title: unknown = typeof schema === "object" && schema !== null ? Reflect.get(schema, "title") : undefined;
  return typeof title === "string" && title !== "" ? title : undefined;
}
