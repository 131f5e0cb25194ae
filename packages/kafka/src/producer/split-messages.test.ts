import fc from "fast-check";
import { expect, test } from "vitest";
import { splitMessages } from "../index.ts";

test("[002-35] messages are cut into parts by count and JSON bytes: 100 at most, none empty, a large one alone, in order", () => {
  expect(splitMessages(Array.from({ length: 250 }, (_, index) => index)).map((part) => part.length)).toEqual([100, 100, 50]);
  expect(splitMessages([])).toEqual([]);
  // 10 bytes each as JSON, the large one 22.
  const message = (text: string) => ({ v: text });
  const [a, b, c, large] = [message("aa"), message("bb"), message("cc"), message("x".repeat(14))];
  expect(splitMessages([a, b, large, c], { maxBytes: 20 })).toEqual([[a, b], [large], [c]]);
  expect(splitMessages(["é", "é"], { maxBytes: 5 })).toEqual([["é"], ["é"]]);
});

test("parts joined are the list, and each keeps the limits", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 50 })),
      fc.integer({ min: 1, max: 10 }),
      fc.integer({ min: 1, max: 60 }),
      (sizes, maxMessages, maxBytes) => {
        const parts = splitMessages(sizes, { maxMessages, maxBytes, sizeOf: (size) => size });
        expect(parts.flat()).toEqual(sizes);
        for (const part of parts) {
          expect(part.length).toBeGreaterThan(0);
          expect(part.length).toBeLessThanOrEqual(maxMessages);
          if (part.length > 1) expect(part.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(maxBytes);
        }
      },
    ),
  );
});

test("limits that cut nothing are refused, all at once", () => {
  expect(() => splitMessages([1], { maxMessages: 0, maxBytes: Number.NaN })).toThrow(
    expect.objectContaining({ problems: ["maxMessages must be at least 1, not 0", "maxBytes must be above 0, not NaN"] }),
  );
});
