/** The number that a config's text is; undefined where it is none. */
export function configNumber(value: string | null | undefined): number | undefined {
  const number = value === null || value === undefined || value === "" ? Number.NaN : Number(value);
  return Number.isFinite(number) ? number : undefined;
}
