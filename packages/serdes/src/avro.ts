import { AvroSerde } from "./avro-serde.ts";
import { avroTypeOf } from "./avro-type.ts";
import type { SchemaIdPlace } from "./framed-serde.ts";
import type { SchemaDefinition, SerdeDescriptor } from "./serde.ts";
import { SerdeError } from "./serde-error.ts";

/** Options of `avro`. */
export interface AvroOptions {
  /** Under which name the registry keeps the schema. @default `{topic}-key` or `{topic}-value` */
  readonly subject?: string | undefined;
  /**
   * Where the schema's id is written: in front of the body, or as decimal text into the header `schema_id`. Both are read.
   * @default "registry"
   */
  readonly framing?: SchemaIdPlace | undefined;
}

/**
 * Avro binary with the registry framing (byte 0, schema id, body). `schema` is the schema as an object or as its JSON text; values are written with it
 * and everything read is resolved to it, whichever version it was written with.
 *
 * Records are plain objects, bytes and fixed are `Buffer`s, enums strings. A union's value stands for itself where its type tells the branch, else it is
 * wrapped: `{ "int": 1 }`. Fields left out take their default. A `long` is a number; one beyond 2^53 - 1 is an error, never rounded. Logical types are
 * read and written as what underlies them.
 * @throws SerdeError (`SERDE_INVALID_SCHEMA`) at once, and from `bind` (`SERDE_NO_SCHEMA_SOURCE`) when the binding has no schema source.
 */
export function avro<T = unknown>(schema: object | string, options: AvroOptions = {}): SerdeDescriptor<T> {
  const text = typeof schema === "string" ? schema : JSON.stringify(schema);
  const type = avroTypeOf(text, "reader");
  const definition: SchemaDefinition = Object.freeze({ type: "AVRO", text });
  return Object.freeze({
    format: "avro",
    schema: definition,
    bind(binding) {
      const { topic, part, source } = binding;
      if (source === undefined) {
        throw new SerdeError(
          "SERDE_NO_SCHEMA_SOURCE",
          `the ${part} of topic ${topic} is Avro, which needs a schema source: connect with a registry, or with createInMemorySchemas() in tests`,
        );
      }
      return new AvroSerde<T>(type, { definition, source, subject: options.subject ?? `${topic}-${part}`, framing: options.framing });
    },
  } satisfies SerdeDescriptor<T>);
}
