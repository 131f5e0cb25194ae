/** One schema that another one uses, as a registry names it. */
export interface SchemaReference {
  /** The name under which the referring schema mentions it. */
  readonly name: string;
  readonly subject: string;
  readonly version: number;
}

/** A schema as a registry stores it. */
export interface SchemaDefinition {
  readonly type: "AVRO" | "JSON" | "PROTOBUF";
  /** The schema's own text. */
  readonly text: string;
  readonly references?: readonly SchemaReference[] | undefined;
}

/** Limits of one call to a schema source. */
export interface SchemaSourceOptions {
  readonly signal?: AbortSignal | undefined;
}

/**
 * Where schemas and their ids come from: the port that `@millrace/schema-registry` implements. `createInMemorySchemas()` is another implementation.
 *
 * A call returns a plain value when the answer is known already and a promise only when it has to be fetched, so that the way of a record stays
 * synchronous. An id never changes its schema: implementations may cache both directions for ever.
 */
export interface SchemaSource {
  /** The id of `schema` under `subject`, registered or looked up as the source is configured. */
  idFor(subject: string, schema: SchemaDefinition, options?: SchemaSourceOptions): number | Promise<number>;
  /** The schema with this id. */
  schemaFor(id: number, options?: SchemaSourceOptions): SchemaDefinition | Promise<SchemaDefinition>;
  /** The schema that `subject` keeps as `version`: what references name. A source without it reads no schemas that have references. */
  schemaOf?(subject: string, version: number, options?: SchemaSourceOptions): SchemaDefinition | Promise<SchemaDefinition>;
}

/** What a descriptor is bound to when a connection starts to use it. */
export interface SerdeBinding {
  readonly topic: string;
  readonly part: "key" | "value";
  /** Needed by the formats that keep their schemas in a registry. */
  readonly source?: SchemaSource | undefined;
}

/** One header of a record. Headers stand in order; a name may come more than once. */
export type SerdeHeader = readonly [name: string, value: Buffer | null];

/**
 * Turns values into bytes and back, synchronously. A null key or value (a tombstone) never reaches a serde: its caller passes it on as it is.
 *
 * Before `serialize` or `deserialize`, ask the matching `prepare` method; it returns `undefined` (nearly always) when the call may be made at once,
 * or a promise to await first. Both promises reject with what the schema source failed with; asking again tries again.
 *
 * A format may keep a part of itself in the record's headers. Whoever has a whole record passes them; the other formats do not look at them.
 */
export interface Serde<T> {
  /** Whether `serialize` reads or writes headers, so that its caller has to pass a list, be it empty. @default false */
  readonly writesHeaders?: boolean | undefined;
  /**
   * `undefined` when `serialize` may be called now; else a promise to await first (the schema's id is being fetched or registered).
   * @param value what is about to be written; the formats of `@millrace/serdes/events` and `oneOf` need it, the others are ready for any value or none
   * @param headers as for `serialize`
   */
  prepareToSerialize(value?: T, headers?: SerdeHeader[]): Promise<void> | undefined;
  /**
   * The bytes of one value. The buffer belongs to the caller and is never written to again.
   * @param headers those of the record to be written, in a list of its own, which this call may change; a serde that `writesHeaders` needs it
   * @throws SerdeError (`SERDE_INVALID_VALUE`, `SERDE_NOT_READY`, `SERDE_NO_HEADERS`)
   */
  serialize(value: T, headers?: SerdeHeader[]): Buffer;
  /** `undefined` when `data` can be decoded now; else a promise to await first (its writer's schema is being fetched). */
  prepareToDeserialize(data: Buffer, headers?: readonly SerdeHeader[]): Promise<void> | undefined;
  /**
   * The value in `data`. What it returns may share memory with `data`.
   * @param headers those of the record that was read
   * @throws SerdeError for bytes that are not a value of this format; never anything else.
   */
  deserialize(data: Buffer, headers?: readonly SerdeHeader[]): T;
}

/** How the keys or values of a topic are written: a pure value, bound to no registry and no connection. This is what a topic holds. */
export interface SerdeDescriptor<T> {
  /** `avro`, `json`, `string`, `bytes`, ... */
  readonly format: string;
  /** What a registry stores; absent for formats without a schema. */
  readonly schema?: SchemaDefinition | undefined;
  /** Under which name a registry keeps the schema of this part of this topic; absent for formats without a schema. */
  readonly subjectOf?: ((topic: string, part: "key" | "value") => string) | undefined;
  /** The formats of the several types that a topic holds, each with a schema and a subject of its own; absent for one type. */
  readonly alternatives?: readonly SerdeDescriptor<unknown>[] | undefined;
  /** Makes the working half for one topic and part. Cheap, and without side effects until the serde is used. */
  bind(binding: SerdeBinding): Serde<T>;
}
