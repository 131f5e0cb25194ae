/** The kinds of schemas, named as a registry names them. */
export type SchemaType = "AVRO" | "JSON" | "PROTOBUF";

/** A schema that another one needs, and the name under which it is needed. */
export interface ReferencedSchema {
  /** Avro: any name, as its types are known by their own. JSON Schema: what stands in `$ref` before the `#`. Protobuf: the path that is imported. */
  readonly name: string;
  /** Its text. */
  readonly schema: string;
}

/** A schema with everything it needs. */
export interface SchemaText {
  /** Its text. */
  readonly schema: string;
  /** All schemas that it needs, and those that they need; one that needs another comes after it. */
  readonly references?: readonly ReferencedSchema[] | undefined;
}

/** An earlier schema of a subject. */
export interface PreviousSchema extends SchemaText {
  /** @default the type of the new schema */
  readonly type?: SchemaType | undefined;
}
