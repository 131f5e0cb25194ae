import { AvroReader } from "./avro-reader.ts";
import { type AvroDecoder, type AvroType, avroDecoder, avroTypeOf } from "./avro-type.ts";
import { AvroWriter } from "./avro-writer.ts";
import { FramedSerde, type FramedSerdeParts } from "./framed-serde.ts";
import type { ResolvedReference } from "./resolve-references.ts";
import type { SchemaDefinition } from "./serde.ts";
import { SerdeError, typeName } from "./serde-error.ts";

/** Avro with registry framing: see `avro`. */
export class AvroSerde<T> extends FramedSerde<T, AvroDecoder> {
  readonly #type: AvroType;
  readonly #writer = new AvroWriter();
  readonly #reader = new AvroReader();

  constructor(type: AvroType, parts: Omit<FramedSerdeParts, "format" | "bodyMayStartWithZero">) {
    super({ ...parts, format: "Avro", bodyMayStartWithZero: true });
    this.#type = type;
  }

  protected encode(value: T, schemaId: number | undefined): Buffer {
    const writer = this.#writer;
    for (;;) {
      writer.begin(schemaId);
      try {
        this.#type._write(writer, value);
      } catch (cause) {
        writer.abandon();
        throw this.#invalidValue(value, cause);
      }
      const data = writer.finish();
      if (data !== undefined) return data;
    }
  }

  protected decoderFor(schemaId: number, schema: SchemaDefinition, references: readonly ResolvedReference[]): AvroDecoder {
    const { definition } = this.parts;
    if (references.length === 0 && definition.references === undefined && schema.text === definition.text) return this.#type;
    // One schema may be referred to under several names.
    const texts = new Set(references.map((reference) => reference.schema.text));
    return avroDecoder(this.#type, avroTypeOf(schema.text, "writer", {}, [...texts]), schemaId);
  }

  protected decode(decoder: AvroDecoder, data: Buffer, start: number): T {
    const reader = this.#reader;
    try {
      reader.reset(data, start);
      const value = decoder._read(reader) as T;
      if (reader.pos === data.length) return value;
    } finally {
      reader.release();
    }
    throw new SerdeError("SERDE_TRAILING_BYTES", `${data.length - reader.pos} bytes are left over behind the Avro value`);
  }

  /** What is wrong with a value that could not be written: the first place that does not fit the schema. */
  #invalidValue(value: T, cause: unknown): SerdeError {
    let found: { path: string; valueType: string; expected: string } | undefined;
    try {
      this.#type.isValid(value, {
        errorHook: (path, part, type) => {
          found ??= { path: path.join("."), valueType: typeName(part), expected: expectedOf(type) };
        },
      });
    } catch {
      // A value hostile enough to break the search; its first failure says enough.
    }
    if (found === undefined) {
      const reason = cause instanceof SerdeError ? cause.message : "it does not fit the schema";
      return new SerdeError("SERDE_INVALID_VALUE", `the value cannot be written for ${this.parts.subject}: ${reason}`, {
        path: "",
        valueType: typeName(value),
      });
    }
    const { path, valueType, expected } = found;
    const place = path === "" ? "the value" : `field ${path}`;
    return new SerdeError("SERDE_INVALID_VALUE", `${place} is ${valueType}, but the schema of ${this.parts.subject} wants ${expected}`, {
      path,
      valueType,
    });
  }
}

function expectedOf({ typeName: name, branchName }: { readonly typeName: string; readonly branchName: string | undefined }): string {
  return name.startsWith("logical:") ? name.slice("logical:".length) : (branchName ?? "union");
}
