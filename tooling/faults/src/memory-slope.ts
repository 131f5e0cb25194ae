/** Megabytes that memory grew by each minute, by least squares over the last two thirds of the samples: before that it warms up. */
export function slopePerMinute(samples: readonly { readonly minute: number; readonly megabytes: number }[]): number {
  const late = samples.slice(Math.floor(samples.length / 3));
  const mean = (numbers: readonly number[]): number => numbers.reduce((sum, number) => sum + number, 0) / Math.max(1, numbers.length);
  const [meanMinute, meanMegabytes] = [mean(late.map(({ minute }) => minute)), mean(late.map(({ megabytes }) => megabytes))];
  const spread = mean(late.map(({ minute }) => (minute - meanMinute) ** 2));
  return spread === 0 ? 0 : mean(late.map(({ minute, megabytes }) => (minute - meanMinute) * (megabytes - meanMegabytes))) / spread;
}
