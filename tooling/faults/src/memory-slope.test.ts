import { expect, test } from "vitest";
import { slopePerMinute } from "./memory-slope.ts";

test("the slope is that of the last two thirds, and none of too few samples", () => {
  const growing = [90, 10, 10, 12, 14, 16, 18, 20, 22].map((megabytes, minute) => ({ minute, megabytes }));
  expect(slopePerMinute(growing)).toBeCloseTo(2);
  expect(slopePerMinute(growing.slice(0, 1))).toBe(0);
  expect(slopePerMinute([])).toBe(0);
});
