import type { AvroSchema } from "./avro-schema.ts";

/**
 * Whether a field's default (as JSON) is a value of its type. A union takes a value of any of its branches, as Avro 1.12 specifies.
 * `budget` bounds the work over a whole schema: unions in recursive records can be written so that every level doubles it.
 */
export function isValidDefault(schema: AvroSchema, value: unknown, budget: { steps: number }): boolean {
  if (budget.steps-- <= 0) return false;
  switch (schema.kind) {
    case "null":
      return value === null;
    case "boolean":
      return typeof value === "boolean";
    case "int":
      return Number.isInteger(value) && (value as number) >= -(2 ** 31) && (value as number) < 2 ** 31;
    case "long":
      // The text may hold a larger number than JavaScript can; up to 2^63 its nearest double is accepted.
      return Number.isInteger(value) && Math.abs(value as number) <= 2 ** 63;
    case "float":
    case "double":
      return typeof value === "number" || value === "NaN" || value === "Infinity" || value === "-Infinity";
    case "bytes":
    case "string":
    case "fixed":
    // Whether it is one of the symbols is not asked: Avro's Java library does not, so registries hold such schemas.
    case "enum":
      return typeof value === "string";
    case "array":
      return Array.isArray(value) && value.every((item) => isValidDefault(schema.items, item, budget));
    case "map":
      return isObject(value) && Object.values(value).every((item) => isValidDefault(schema.values, item, budget));
    case "record":
      return (
        isObject(value) &&
        schema.fields.every((field) =>
          Object.hasOwn(value, field.name) ? isValidDefault(field.schema, value[field.name], budget) : field.hasDefault,
        )
      );
    case "union":
      return schema.branches.some((branch) => isValidDefault(branch, value, budget));
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
