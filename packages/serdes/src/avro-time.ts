import { SerdeError } from "./serde-error.ts";

const dayMs = 86_400_000;
const latestMs = 8_640_000_000_000_000;

/** Days since 1970 of a date at midnight UTC. */
export function dateToDays(value: unknown): number | undefined {
  const days = value instanceof Date ? value.getTime() / dayMs : Number.NaN;
  return Number.isInteger(days) ? days : undefined;
}

/** Midnight UTC of a day. */
export function dateFromDays(days: unknown): Date {
  return dateFromMillis((days as number) * dayMs);
}

/** Milliseconds since 1970. */
export function dateToMillis(value: unknown): number | undefined {
  const time = value instanceof Date ? value.getTime() : Number.NaN;
  return Number.isNaN(time) ? undefined : time;
}

/** @throws SerdeError (`SERDE_INVALID_DATA`) beyond the 100 million days around 1970 that a Date holds */
export function dateFromMillis(millis: unknown): Date {
  if (Math.abs(millis as number) <= latestMs) return new Date(millis as number);
  throw new SerdeError("SERDE_INVALID_DATA", "an Avro date or timestamp lies beyond what a JavaScript Date can hold");
}

/** Checks a time of day in milliseconds or microseconds; both are numbers on both sides. */
export function timeOfDay(perMilli: number): { toValue(value: unknown): number; fromValue(value: unknown): number | undefined } {
  const fromValue = (value: unknown): number | undefined =>
    Number.isInteger(value) && (value as number) >= 0 && (value as number) < dayMs * perMilli ? (value as number) : undefined;
  return {
    fromValue,
    toValue(value) {
      if (fromValue(value) !== undefined) return value as number;
      throw new SerdeError("SERDE_INVALID_DATA", "an Avro time of day lies outside the day");
    },
  };
}

/** Both directions of a time as text. */
interface TextConversion<N> {
  toValue(value: unknown): string;
  fromValue(value: unknown): N | undefined;
}

/** A time that is local somewhere as ISO 8601 text without a zone: `2026-11-21T18:54:16.123`. */
export function isoMillis(suffix: "Z" | ""): TextConversion<number> {
  const pattern = isoPattern(3, suffix);
  return {
    fromValue(value) {
      const parts = isoParts(value, pattern);
      return parts && parts.second + Number(parts.fraction.padEnd(3, "0"));
    },
    toValue: (value) => `${dateFromMillis(value).toISOString().slice(0, -1)}${suffix}`,
  };
}

/** Instants (`Z`) and local times in microseconds, which a Date does not hold, as ISO 8601 text: `2026-11-21T18:54:16.123456Z`. */
export function isoMicros(suffix: "Z" | ""): TextConversion<bigint> {
  const pattern = isoPattern(6, suffix);
  return {
    fromValue(value) {
      const parts = isoParts(value, pattern);
      return parts && BigInt(parts.second) * 1_000n + BigInt(parts.fraction.padEnd(6, "0"));
    },
    toValue(value) {
      const micros = (((value as bigint) % 1_000n) + 1_000n) % 1_000n;
      const millis = Number(((value as bigint) - micros) / 1_000n);
      return `${dateFromMillis(millis).toISOString().slice(0, -1)}${String(micros).padStart(3, "0")}${suffix}`;
    },
  };
}

function isoPattern(digits: number, suffix: string): RegExp {
  return new RegExp(`^((?:\\d{4}|[+-]\\d{6})-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d)(?:\\.(\\d{1,${digits}}))?${suffix}$`);
}

/** The whole seconds of a text, in milliseconds since 1970, and the digits behind them. */
function isoParts(value: unknown, pattern: RegExp): { readonly second: number; readonly fraction: string } | undefined {
  const match = typeof value === "string" && value.length <= 40 ? pattern.exec(value) : null;
  if (match === null) return undefined;
  const [, text = "", fraction = ""] = match;
  const second = Date.parse(`${text}Z`);
  // A day that its month does not have would silently become one of the next month.
  const isReal = !Number.isNaN(second) && new Date(second).toISOString().slice(0, -5) === text;
  return isReal ? { second, fraction } : undefined;
}
