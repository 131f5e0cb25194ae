/** Avro's types without parts. */
export type PrimitiveKind = "null" | "boolean" | "int" | "long" | "float" | "double" | "bytes" | "string";

export interface PrimitiveSchema {
  readonly kind: PrimitiveKind;
}

export interface RecordField {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly schema: AvroSchema;
  readonly hasDefault: boolean;
}

export interface RecordSchema {
  readonly kind: "record";
  readonly fullName: string;
  readonly aliases: ReadonlySet<string>;
  /** Filled after the record exists, because a field may refer to it. */
  readonly fields: RecordField[];
  readonly fieldsByName: Map<string, RecordField>;
}

export interface EnumSchema {
  readonly kind: "enum";
  readonly fullName: string;
  readonly aliases: ReadonlySet<string>;
  readonly symbols: ReadonlySet<string>;
  readonly default: string | undefined;
}

export interface FixedSchema {
  readonly kind: "fixed";
  readonly fullName: string;
  readonly aliases: ReadonlySet<string>;
  readonly size: number;
}

export interface ArraySchema {
  readonly kind: "array";
  readonly items: AvroSchema;
}

export interface MapSchema {
  readonly kind: "map";
  readonly values: AvroSchema;
}

export interface UnionSchema {
  readonly kind: "union";
  readonly branches: readonly AvroSchema[];
}

export type NamedSchema = RecordSchema | EnumSchema | FixedSchema;

/** A parsed schema. Names are resolved: a record that holds itself is a cycle of objects. */
export type AvroSchema = PrimitiveSchema | NamedSchema | ArraySchema | MapSchema | UnionSchema;

/** A name without its namespace. */
export function unqualified(fullName: string): string {
  return fullName.slice(fullName.lastIndexOf(".") + 1);
}
