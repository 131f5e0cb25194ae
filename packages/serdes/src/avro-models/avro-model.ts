/** What every described type may say besides itself. */
export interface ModelTypeOptions {
  /** What a field has that a value leaves out. null gives no default, except to what is optional. */
  readonly default?: unknown;
  readonly doc?: string | undefined;
}

/** The types without parts; `date` and `uuid` are text. */
export type ScalarName = "string" | "int" | "float" | "bool" | "bytes" | "uuid" | "date" | "null";

/** The type of one field of a model: the name of a scalar, or an object with its parts. */
export type ModelType =
  | ScalarName
  | (ModelTypeOptions & { readonly type: Exclude<ScalarName, "int"> })
  /** Without bounds it has 32 bits; bounds or a default beyond them make it a long. */
  | (ModelTypeOptions & { readonly type: "int"; readonly min?: number | undefined; readonly max?: number | undefined })
  | (ModelTypeOptions & { readonly type: "list"; readonly items: ModelType })
  | (ModelTypeOptions & { readonly type: "map"; readonly values: ModelType })
  | (ModelTypeOptions & { readonly type: "optional"; readonly of: ModelType })
  | (ModelTypeOptions & { readonly type: "enum"; readonly name: string; readonly values: readonly string[] })
  | (ModelTypeOptions & { readonly type: "union"; readonly of: readonly ModelType[] })
  | (ModelTypeOptions & AvroModel & { readonly type: "model" })
  /** A model or enum described elsewhere in the same model, or the model around it. */
  | (ModelTypeOptions & { readonly type: "ref"; readonly name: string });

/** A record as its author thinks of it: a name and fields. */
export interface AvroModel {
  readonly name: string;
  readonly doc?: string | undefined;
  readonly fields: Readonly<Record<string, ModelType>>;
}
