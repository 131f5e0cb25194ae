import fc from "fast-check";
import { expect, test } from "vitest";
import { seededRandom } from "./seeded-random.ts";

test("the same seed gives the same numbers in [0, 1)", () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const one = seededRandom(seed);
      const other = seededRandom(seed);
      for (let index = 0; index < 20; index++) {
        const drawn = one();
        expect(drawn).toBe(other());
        expect(drawn >= 0 && drawn < 1).toBe(true);
      }
    }),
  );
});

test("numbers are spread evenly", () => {
  const random = seededRandom(7);
  const buckets = Array.from({ length: 10 }, () => 0);
  for (let index = 0; index < 100_000; index++) buckets[Math.floor(random() * 10)]! += 1;
  for (const count of buckets) expect(Math.abs(count - 10_000)).toBeLessThan(500);
});

test("neighbouring seeds give different numbers", () => {
  expect(new Set(Array.from({ length: 1_000 }, (_, seed) => seededRandom(seed)())).size).toBe(1_000);
});
