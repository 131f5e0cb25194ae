import { AvroReader } from "./avro-reader.ts";
import { type AvroDecoder, type AvroType, avroDecoder, avroTypeOf } from "./avro-type.ts";
import { AvroWriter } from "./avro-writer.ts";
import { framingBytes, framingError, schemaIdOf } from "./registry-framing.ts";
import type { SchemaDefinition, SchemaSource, Serde } from "./serde.ts";
import { SerdeError, typeName } from "./serde-error.ts";

/** Writer schemas kept compiled per serde; the oldest goes first. A topic rarely sees ten. */
const mostDecoders = 1_000;

interface AvroSerdeParts {
  readonly type: AvroType;
  readonly definition: SchemaDefinition;
  readonly source: SchemaSource;
  readonly subject: string;
}

/** Avro with registry framing: see `avro`. */
export class AvroSerde<T> implements Serde<T> {
  readonly #type: AvroType;
  readonly #parts: AvroSerdeParts;
  readonly #writer = new AvroWriter();
  readonly #reader = new AvroReader();
  /** How to decode each known schema id; for a schema that cannot be read, a decoder that throws why. */
  readonly #decoders = new Map<number, AvroDecoder>();
  readonly #fetches = new Map<number, Promise<void>>();
  #ownId: number | undefined;
  #ownIdFetch: Promise<void> | undefined;

  constructor(parts: AvroSerdeParts) {
    this.#type = parts.type;
    this.#parts = parts;
  }

  prepareToSerialize(): Promise<void> | undefined {
    if (this.#ownId !== undefined) return undefined;
    if (this.#ownIdFetch !== undefined) return this.#ownIdFetch;
    const { source, subject, definition } = this.#parts;
    const id = attempt(() => source.idFor(subject, definition));
    if (typeof id === "number") {
      this.#ownId = id;
      return undefined;
    }
    this.#ownIdFetch = id
      .then((known) => {
        this.#ownId = known;
      })
      .finally(() => {
        this.#ownIdFetch = undefined;
      });
    return this.#ownIdFetch;
  }

  serialize(value: T): Buffer {
    const id = this.#ownId;
    if (id === undefined) {
      throw new SerdeError(
        "SERDE_NOT_READY",
        `the id of the schema of ${this.#parts.subject} is not known yet: await prepareToSerialize() first`,
      );
    }
    const writer = this.#writer;
    for (;;) {
      writer.begin(id);
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

  prepareToDeserialize(data: Buffer): Promise<void> | undefined {
    const id = schemaIdOf(data);
    // What has no id fails in deserialize.
    if (id === undefined || this.#decoders.has(id)) return undefined;
    const fetching = this.#fetches.get(id);
    if (fetching !== undefined) return fetching;
    const schema = attempt(() => this.#parts.source.schemaFor(id));
    if (!(schema instanceof Promise)) {
      this.#learn(id, schema);
      return undefined;
    }
    const fetch = schema.then((known) => this.#learn(id, known)).finally(() => this.#fetches.delete(id));
    this.#fetches.set(id, fetch);
    return fetch;
  }

  deserialize(data: Buffer): T {
    const id = schemaIdOf(data);
    if (id === undefined) throw framingError(data);
    const decoder = this.#decoders.get(id);
    if (decoder === undefined) {
      throw new SerdeError("SERDE_NOT_READY", `schema ${id} has not been fetched yet: await prepareToDeserialize(data) first`, {
        schemaId: id,
      });
    }
    const reader = this.#reader;
    try {
      reader.reset(data, framingBytes);
      const value = decoder._read(reader) as T;
      if (reader.pos === data.length) return value;
    } catch (cause) {
      throw invalidData(cause, id);
    } finally {
      reader.release();
    }
    throw new SerdeError("SERDE_TRAILING_BYTES", `${data.length - reader.pos} bytes are left over behind the Avro value`, { schemaId: id });
  }

  #learn(id: number, schema: SchemaDefinition): void {
    if (this.#decoders.size >= mostDecoders) {
      for (const oldest of this.#decoders.keys()) {
        this.#decoders.delete(oldest);
        break;
      }
    }
    this.#decoders.set(id, this.#decoderFor(id, schema));
  }

  #decoderFor(id: number, schema: SchemaDefinition): AvroDecoder {
    try {
      if (schema.type !== "AVRO") {
        throw new SerdeError("SERDE_INCOMPATIBLE_SCHEMA", `schema ${id} is ${schema.type}, but this topic's is AVRO`, { schemaId: id });
      }
      return schema.text === this.#parts.definition.text ? this.#type : avroDecoder(this.#type, avroTypeOf(schema.text, "writer"), id);
    } catch (error) {
      // Kept as a decoder: the next record of this id fails at once, without another fetch.
      return {
        _read() {
          throw error;
        },
      };
    }
  }

  /** What is wrong with a value that could not be written: the first place that does not fit the schema. */
  #invalidValue(value: T, cause: unknown): SerdeError {
    let found: { path: string; valueType: string; expected: string } | undefined;
    try {
      this.#type.isValid(value, {
        errorHook: (path, part, type) => {
          found ??= { path: path.join("."), valueType: typeName(part), expected: type.branchName ?? "union" };
        },
      });
    } catch {
      // A value hostile enough to break the search; its first failure says enough.
    }
    if (found === undefined) {
      const reason = cause instanceof SerdeError ? cause.message : "it does not fit the schema";
      return new SerdeError("SERDE_INVALID_VALUE", `the value cannot be written for ${this.#parts.subject}: ${reason}`, {
        path: "",
        valueType: typeName(value),
      });
    }
    const { path, valueType, expected } = found;
    const place = path === "" ? "the value" : `field ${path}`;
    return new SerdeError("SERDE_INVALID_VALUE", `${place} is ${valueType}, but the schema of ${this.#parts.subject} wants ${expected}`, {
      path,
      valueType,
    });
  }
}

/** A port's answer, with what it throws turned into a rejection. */
function attempt<A>(call: () => A | Promise<A>): A | Promise<A> {
  try {
    return call();
  } catch (error) {
    return Promise.reject(error);
  }
}

function invalidData(cause: unknown, schemaId: number): SerdeError {
  if (cause instanceof SerdeError) {
    if (cause.schemaId !== undefined) return cause;
    return new SerdeError(cause.code, `${cause.message} (schema ${schemaId})`, { schemaId });
  }
  if (cause instanceof RangeError) return new SerdeError("SERDE_TOO_LARGE", "the Avro data is nested too deeply", { schemaId });
  return new SerdeError("SERDE_INVALID_DATA", `the bytes are not Avro data of schema ${schemaId}`, { schemaId, cause });
}
