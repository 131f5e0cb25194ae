/** Bounds of a number option, which is whole, and its usual default. */
export interface NumberBounds {
  readonly fallback: number;
  readonly least: number;
  /** @default no limit */
  readonly most?: number;
  /** @default false */
  readonly mayBeInfinite?: boolean;
}

/** The largest number that a 32-bit field of the protocol can hold. */
export const int32Max: number = 2 ** 31 - 1;

/** A number option, or its default where it is left out. One that is no whole number, or outside its bounds, is noted in `problems`. */
export function numberOption<Name extends string>(
  options: Readonly<Partial<Record<Name, unknown>>>,
  name: Name,
  { fallback, least, most = Number.POSITIVE_INFINITY, mayBeInfinite = false }: NumberBounds,
  problems: string[],
): number {
  const value = options[name] ?? fallback;
  if (Number.isInteger(value) && (value as number) >= least && (value as number) <= most) return value as number;
  if (mayBeInfinite && value === Number.POSITIVE_INFINITY) return Number.POSITIVE_INFINITY;
  const range = most === Number.POSITIVE_INFINITY ? `of at least ${least}` : `from ${least} to ${most}`;
  problems.push(`${name} must be a whole number ${range}, not ${String(value)}`);
  return fallback;
}
