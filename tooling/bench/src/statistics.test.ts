import fc from "fast-check";
import { expect, test } from "vitest";
import { summarize } from "./statistics.ts";

test("an odd number of values has its middle one as median", () => {
  expect(summarize([5, 1, 3])).toEqual({ median: 3, lowerQuartile: 2, upperQuartile: 4 });
});

test("an even number of values has the mean of the two in the middle as median", () => {
  expect(summarize([4, 1, 3, 2])).toEqual({ median: 2.5, lowerQuartile: 1.75, upperQuartile: 3.25 });
});

test("one value is median and both quartiles, and no value is not a number", () => {
  expect(summarize([7])).toEqual({ median: 7, lowerQuartile: 7, upperQuartile: 7 });
  expect(summarize([]).median).toBeNaN();
});

test("one wild round moves the median no further than its neighbour", () => {
  expect(summarize([10, 11, 12, 13, 1_000_000]).median).toBe(12);
});

test("at least half of the values lie on each side of the median, and a quarter beyond each quartile", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -1e6, max: 1e6 }), { minLength: 1, maxLength: 60 }), (values) => {
      const { median, lowerQuartile, upperQuartile } = summarize(values);
      const share = (test: (value: number) => boolean): number => values.filter(test).length / values.length;
      expect(share((value) => value <= median)).toBeGreaterThanOrEqual(0.5);
      expect(share((value) => value >= median)).toBeGreaterThanOrEqual(0.5);
      expect(share((value) => value <= lowerQuartile)).toBeGreaterThanOrEqual(0.25);
      expect(share((value) => value >= upperQuartile)).toBeGreaterThanOrEqual(0.25);
    }),
  );
});

test("the order of the values does not matter, and the list is left as it was", () => {
  const values = [3, 1, 2];
  expect(summarize(values)).toEqual(summarize([1, 2, 3]));
  expect(values).toEqual([3, 1, 2]);
});
