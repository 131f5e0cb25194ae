import type { FramedSerdeParts, SchemaIdPlace } from "./framed-serde.ts";
import type { SchemaDefinition, SchemaReference, Serde, SerdeDescriptor } from "./serde.ts";
import { SerdeError } from "./serde-error.ts";
import { type SubjectStrategy, topicNameStrategy } from "./subject-strategy.ts";

/** Options of every format that keeps its schema in a registry. */
export interface SchemaSerdeOptions {
  /** Under which name the registry keeps the schema, or what makes that name. @default topicNameStrategy */
  readonly subject?: string | SubjectStrategy | undefined;
  /**
   * Where the schema's id is written: in front of the body, or as decimal text into a header (`schema_id` for values, `key_schema_id` for keys).
   * Both are read.
   * @default "registry"
   */
  readonly framing?: SchemaIdPlace | undefined;
}

/** A schema that another one uses: as the registry names it, and what it says. */
export interface ReferencedSchema extends SchemaReference {
  /** The same schema that the registry has as that subject's version, as an object or as its text. */
  readonly schema: object | string;
}

/** What a format with a schema is made of. */
interface SchemaDescriptorParts<T> {
  readonly format: string;
  readonly type: SchemaDefinition["type"];
  readonly text: string;
  /** The schema's own name. */
  readonly name: string | undefined;
  readonly references: readonly SchemaReference[];
  readonly options: SchemaSerdeOptions;
  readonly serde: (parts: Omit<FramedSerdeParts, "format" | "bodyMayStartWithZero">) => Serde<T>;
}

/** The descriptor of a format with a schema, which cannot be bound without a schema source. */
export function schemaDescriptor<T>(parts: SchemaDescriptorParts<T>): SerdeDescriptor<T> {
  const { format, type, text, name: recordName, options } = parts;
  const { subject = topicNameStrategy } = options;
  const references = Object.freeze(parts.references.map(({ name, subject, version }) => ({ name, subject, version })));
  const definition: SchemaDefinition = Object.freeze({ type, text, ...(references.length > 0 && { references }) });
  const subjectOf = (topic: string, part: "key" | "value"): string =>
    typeof subject === "string" ? subject : subject({ topic, part, recordName });
  return Object.freeze({
    format,
    schema: definition,
    subjectOf,
    bind({ topic, part, source }) {
      if (source === undefined) {
        throw new SerdeError(
          "SERDE_NO_SCHEMA_SOURCE",
          `the ${part} of topic ${topic} has a schema (${format}), which needs a schema source: connect with a registry, or with createInMemorySchemas() in tests`,
        );
      }
      return parts.serde({ definition, source, part, subject: subjectOf(topic, part), framing: options.framing });
    },
  } satisfies SerdeDescriptor<T>);
}

/** The text of a schema that may be given as an object. */
export function schemaText(schema: object | string): string {
  return typeof schema === "string" ? schema : JSON.stringify(schema);
}
