/** Bounds of a number option. */
interface NumberBounds {
  readonly least: number;
  /** @default false */
  readonly mayBeInfinite?: boolean;
}

/** A number option, or its default where it is left out. One that is no number, or outside its bounds, is noted in `problems`. */
export function numberOption<Name extends string>(
  options: Readonly<Partial<Record<Name, unknown>>>,
  name: Name,
  fallback: number,
  { least, mayBeInfinite = false }: NumberBounds,
  problems: string[],
): number {
  const value = options[name] ?? fallback;
  if (typeof value === "number" && value >= least && (mayBeInfinite || Number.isFinite(value))) return value;
  problems.push(`${name} must be a number of at least ${least}, not ${String(value)}`);
  return fallback;
}
