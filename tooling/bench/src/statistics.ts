/** The middle of a list of measurements, and how far they spread. */
export interface Summary {
  readonly median: number;
  /** A quarter of the measurements lie below. */
  readonly lowerQuartile: number;
  /** A quarter of the measurements lie above. */
  readonly upperQuartile: number;
}

/** The value below which the share `share` of the sorted values lies, between neighbours by straight line. */
function quantile(sorted: readonly number[], share: number): number {
  const position = (sorted.length - 1) * share;
  const below = sorted[Math.floor(position)] ?? Number.NaN;
  const above = sorted[Math.ceil(position)] ?? Number.NaN;
  return below + (above - below) * (position - Math.floor(position));
}

/** Median and quartiles; NaN for no values. */
export function summarize(values: readonly number[]): Summary {
  const sorted = values.toSorted((left, right) => left - right);
  return { median: quantile(sorted, 0.5), lowerQuartile: quantile(sorted, 0.25), upperQuartile: quantile(sorted, 0.75) };
}
