import { setBounded } from "./bounded-map.ts";
import { framingBytes, framingError, schemaIdHeaders, schemaIdIn, schemaIdInHeader, schemaIdOf } from "./registry-framing.ts";
import { type ResolvedReference, resolveReferences } from "./resolve-references.ts";
import type { SchemaDefinition, SchemaSource, Serde, SerdeHeader } from "./serde.ts";
import { SerdeError } from "./serde-error.ts";
import { dropHeader, setHeader } from "./serde-headers.ts";

/** Writer schemas kept compiled per serde; the oldest goes first. A topic rarely sees ten. */
const mostDecoders = 1_000;

/** Where a serde writes the id of its schema. What is read may have it in either place. */
export type SchemaIdPlace = "registry" | "header";

/** What a format with a schema id is made of. */
export interface FramedSerdeParts {
  /** The format's name in messages: `Avro`, `JSON`, `Protobuf`. */
  readonly format: string;
  readonly definition: SchemaDefinition;
  readonly source: SchemaSource;
  readonly subject: string;
  readonly part: "key" | "value";
  /** @default "registry" */
  readonly framing?: SchemaIdPlace | undefined;
  /**
   * Whether a body may start with byte 0. Where it may not, a first byte 0 tells the registry framing also when a header says an id; where it may, both
   * have to say the same id.
   */
  readonly bodyMayStartWithZero: boolean;
  /** Whether the schemas that a writer's schema refers to are needed to read its data. @default true */
  readonly needsReferences?: boolean | undefined;
}

/**
 * What all formats with a schema id share: the own id, one decoder for each writer's id, fetched once however many records wait for it, and the two
 * places where an id may stand. `Decoder` is whatever a format needs to read the bodies of one writer's schema.
 */
export abstract class FramedSerde<T, Decoder> implements Serde<T> {
  readonly writesHeaders: boolean;
  protected readonly parts: FramedSerdeParts;
  readonly #header: string;
  readonly #decoders = new Map<number, Decoder>();
  /** Why the schema of an id cannot be used: its records fail at once, without another fetch. */
  readonly #refusals = new Map<number, unknown>();
  readonly #fetches = new Map<number, Promise<void>>();
  #ownId: number | undefined;
  #ownIdFetch: Promise<void> | undefined;

  constructor(parts: FramedSerdeParts) {
    this.parts = parts;
    this.writesHeaders = parts.framing === "header";
    this.#header = schemaIdHeaders[parts.part];
  }

  /**
   * The bytes of `value`: behind the registry framing (see `writeFraming`) with this schema id, or just the body where `schemaId` is undefined.
   * @throws SerdeError (`SERDE_INVALID_VALUE`)
   */
  protected abstract encode(value: T, schemaId: number | undefined): Buffer;

  /**
   * How to read what was written with `schema`, which refers to `references` (what is referred to comes first).
   * @throws SerdeError for a schema that cannot be used; it is kept, and thrown for each record with this id.
   */
  protected abstract decoderFor(schemaId: number, schema: SchemaDefinition, references: readonly ResolvedReference[]): Decoder;

  /** The value whose body starts at `start`. What it throws becomes a SerdeError with the schema id. */
  protected abstract decode(decoder: Decoder, data: Buffer, start: number): T;

  prepareToSerialize(): Promise<void> | undefined {
    if (this.#ownId !== undefined) return undefined;
    if (this.#ownIdFetch !== undefined) return this.#ownIdFetch;
    const { source, subject, definition } = this.parts;
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

  serialize(value: T, headers?: SerdeHeader[]): Buffer {
    const id = this.#ownId;
    if (id === undefined) {
      throw new SerdeError(
        "SERDE_NOT_READY",
        `the id of the schema of ${this.parts.subject} is not known yet: await prepareToSerialize() first`,
      );
    }
    if (!this.writesHeaders) {
      // Headers copied from another record must not say another id.
      if (headers !== undefined && schemaIdIn(headers, this.#header) !== id) dropHeader(headers, this.#header);
      return this.encode(value, id);
    }
    if (headers === undefined) {
      throw new SerdeError("SERDE_NO_HEADERS", `the schema id of ${this.parts.subject} goes into a header, but no headers were passed`, {
        schemaId: id,
      });
    }
    const data = this.encode(value, undefined);
    setHeader(headers, this.#header, Buffer.from(String(id)));
    // A body that looks like the framing would be taken for it.
    return schemaIdOf(data) === id ? this.encode(value, id) : data;
  }

  prepareToDeserialize(data: Buffer, headers?: readonly SerdeHeader[]): Promise<void> | undefined {
    const id = this.#idInHeader(data, headers) ?? schemaIdOf(data);
    // What has no id fails in deserialize.
    if (id === undefined || this.#decoders.has(id) || this.#refusals.has(id)) return undefined;
    const fetching = this.#fetches.get(id);
    if (fetching !== undefined) return fetching;
    const schema = attempt(() => this.parts.source.schemaFor(id));
    if (!(schema instanceof Promise) && !this.#hasReferences(schema)) {
      this.#learn(id, schema, []);
      return undefined;
    }
    const fetch = this.#fetch(id, schema).finally(() => this.#fetches.delete(id));
    this.#fetches.set(id, fetch);
    return fetch;
  }

  deserialize(data: Buffer, headers?: readonly SerdeHeader[]): T {
    const inHeader = this.#idInHeader(data, headers);
    const id = inHeader ?? schemaIdOf(data);
    if (id === undefined) throw framingError(data, this.parts.format);
    const decoder = this.#decoders.get(id);
    if (decoder === undefined) {
      if (this.#refusals.has(id)) throw this.#refusals.get(id);
      throw new SerdeError("SERDE_NOT_READY", `schema ${id} has not been fetched yet: await prepareToDeserialize(data) first`, {
        schemaId: id,
      });
    }
    try {
      return this.decode(decoder, data, inHeader === undefined ? framingBytes : 0);
    } catch (cause) {
      throw this.#invalidData(cause, id, data, inHeader === undefined);
    }
  }

  /** The id in the header, where it is the one that counts. */
  #idInHeader(data: Buffer, headers: readonly SerdeHeader[] | undefined): number | undefined {
    return schemaIdInHeader(data, headers, this.#header, this.parts.bodyMayStartWithZero);
  }

  async #fetch(id: number, schema: SchemaDefinition | Promise<SchemaDefinition>): Promise<void> {
    const known = await schema;
    if (!this.#hasReferences(known)) return this.#learn(id, known, []);
    let references: readonly ResolvedReference[];
    try {
      references = await resolveReferences(known, this.parts.source);
    } catch (error) {
      // Unlike what the source fails with, this will not get better.
      if (SerdeError.is(error) && error.code === "SERDE_INVALID_SCHEMA") return setBounded(this.#refusals, id, error, mostDecoders);
      throw error;
    }
    this.#learn(id, known, references);
  }

  #hasReferences(schema: SchemaDefinition): boolean {
    return this.parts.needsReferences !== false && schema.references !== undefined && schema.references.length > 0;
  }

  #learn(id: number, schema: SchemaDefinition, references: readonly ResolvedReference[]): void {
    try {
      const wanted = this.parts.definition.type;
      if (schema.type !== wanted) {
        throw new SerdeError("SERDE_INCOMPATIBLE_SCHEMA", `schema ${id} is ${schema.type}, but this topic's is ${wanted}`, {
          schemaId: id,
        });
      }
      setBounded(this.#decoders, id, this.decoderFor(id, schema, references), mostDecoders);
    } catch (error) {
      setBounded(this.#refusals, id, error, mostDecoders);
    }
  }

  #invalidData(cause: unknown, schemaId: number, data: Buffer, isFramed: boolean): SerdeError {
    const { format } = this.parts;
    if (SerdeError.is(cause)) {
      if (isFramed && cause.code === "SERDE_TRUNCATED" && data.length <= framingBytes) return framingError(data, format, schemaId);
      if (cause.schemaId !== undefined) return cause;
      const { path, valueType } = cause;
      return new SerdeError(cause.code, `${cause.message} (schema ${schemaId})`, { schemaId, path, valueType, cause: cause.cause });
    }
    if (cause instanceof RangeError) return new SerdeError("SERDE_TOO_LARGE", `the ${format} data is nested too deeply`, { schemaId });
    return new SerdeError("SERDE_INVALID_DATA", `the bytes are not ${format} data of schema ${schemaId}`, { schemaId, cause });
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
