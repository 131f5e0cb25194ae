import { type ZodType, z } from "zod";

/** Bounds of a number. */
export interface NumberBounds {
  readonly least: number;
  /** @default no limit */
  readonly most?: number | undefined;
  /** Whether `Infinity` is fine too; files and the environment write `infinity`. @default false */
  readonly mayBeInfinite?: boolean | undefined;
}

/** The schema of a setting that is a whole number within bounds. Its one message tells them all. */
export function wholeNumber(bounds: NumberBounds, description: string): ZodType<number> {
  return bounded(bounds, description, true);
}

/** The schema of a setting that is a number within bounds. */
export function anyNumber(bounds: NumberBounds, description: string): ZodType<number> {
  return bounded(bounds, description, false);
}

function bounded({ least, most, mayBeInfinite = false }: NumberBounds, description: string, isWhole: boolean): ZodType<number> {
  const range = most === undefined ? `of at least ${least}` : `from ${least} to ${most}`;
  const message = `must be a ${isWhole ? "whole " : ""}number ${range}${mayBeInfinite ? ', or "infinity"' : ""}`;
  const isFine = (value: unknown): value is number =>
    typeof value === "number" &&
    (Number.isFinite(value) ? !isWhole || Number.isInteger(value) : mayBeInfinite) &&
    value >= least &&
    value <= (most ?? Number.POSITIVE_INFINITY);
  const type = isWhole ? "integer" : "number";
  const number = z.custom<number>(isFine, message).meta({
    description,
    ...(mayBeInfinite ? { anyOf: [{ type }, { const: "infinity" }] } : { type }),
    minimum: least,
    ...(most !== undefined && { maximum: most }),
  });
  return mayBeInfinite ? z.preprocess(infinityOf, number).meta(number.meta() ?? {}) : number;
}

function infinityOf(value: unknown): unknown {
  return typeof value === "string" && /^\s*infinity\s*$/i.test(value) ? Number.POSITIVE_INFINITY : value;
}
