import { SerdeError } from "../serde-error.ts";

/** A zod 4 schema, or anything else that describes itself as JSON Schema in the same way. */
export interface ZodLike {
  toJSONSchema(parameters?: object): object;
}

interface ZodOverride {
  readonly zodSchema: { readonly _zod: { readonly def: { readonly type: string } } };
  readonly jsonSchema: Record<string, unknown>;
}

/**
 * The JSON Schema of what a zod schema puts out, with dates as text and bigints as integers of 64 bits, which zod itself leaves open.
 * @throws SerdeError (`SERDE_INVALID_SCHEMA`) for a type that has no JSON form
 */
export function zodJsonSchema(schema: ZodLike): object {
  try {
    return schema.toJSONSchema({
      unrepresentable: "any",
      override({ zodSchema, jsonSchema }: ZodOverride) {
        const { type } = zodSchema._zod.def;
        if (type === "date") Object.assign(jsonSchema, { type: "string", format: "date-time" });
        else if (type === "bigint") Object.assign(jsonSchema, { type: "integer", minimum: -(2 ** 63), maximum: 2 ** 63 });
      },
    });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new SerdeError("SERDE_INVALID_SCHEMA", `this zod schema has no JSON Schema, which its Avro schema is made from: ${reason}`, {
      cause,
    });
  }
}
