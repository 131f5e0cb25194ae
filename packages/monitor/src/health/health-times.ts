/** Times of health and its probes, in milliseconds: what is taken where nothing is said. None may be below 0. */
export const healthTimes = {
  waitMs: 800,
  timeoutMs: 5_000,
  keepMs: 1_000,
  hungMs: 300_000,
  stalledMs: 60_000,
  zombieMs: 30_000,
  outsideMs: 300_000,
} as const;

/** A time of health. */
export type HealthTime = keyof typeof healthTimes;

/** What is wrong with times: each must be a number of at least 0, `Infinity` too. */
export function healthTimeProblems(times: Partial<Readonly<Record<HealthTime, number>>>): readonly string[] {
  return Object.entries(times).flatMap(([name, value]) =>
    typeof value === "number" && value >= 0 ? [] : [`${name} must be at least 0, not ${value}`],
  );
}
