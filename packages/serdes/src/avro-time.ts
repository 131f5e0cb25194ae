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

/**
 * Instants and local times as ISO 8601 text: `2026-11-21T18:54:16.123456` with `suffix` behind it, `Z` for an instant, nothing for a time that is
 * local somewhere. A Date holds neither microseconds nor "no zone".
 */
export function isoText(
  digits: 3 | 6,
  suffix: "Z" | "",
): { toValue(value: unknown): string; fromValue(value: unknown): number | undefined } {
  const scale = 10 ** (digits - 3);
  const pattern = new RegExp(`^((?:\\d{4}|[+-]\\d{6})-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d)(?:\\.(\\d{1,${digits}}))?${suffix}$`);
  return {
    fromValue(value) {
      const match = typeof value === "string" && value.length <= 40 ? pattern.exec(value) : null;
      if (match === null) return undefined;
      const [, second = "", fraction = ""] = match;
      const millis = Date.parse(`${second}Z`);
      // A day that its month does not have would silently become one of the next month.
      if (Number.isNaN(millis) || new Date(millis).toISOString().slice(0, -5) !== second) return undefined;
      return millis * scale + Number(fraction.padEnd(digits, "0"));
    },
    toValue(value) {
      const millis = Math.floor((value as number) / scale);
      const text = dateFromMillis(millis).toISOString().slice(0, -1);
      return `${text}${digits === 6 ? String((value as number) - millis * scale).padStart(3, "0") : ""}${suffix}`;
    },
  };
}
