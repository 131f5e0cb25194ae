import fc from "fast-check";
import { expect, test } from "vitest";
import { decodeOffsetMap, encodeOffsetMap, isInRanges, type OffsetMap } from "./offset-map.ts";

/** Maps of all shapes: dense, sparse, alternating, far above their base. */
const maps = fc
  .record({
    base: fc.oneof(fc.nat(1_000), fc.integer({ min: 0, max: 2 ** 52 })),
    epoch: fc.integer({ min: -1, max: 2 ** 31 - 100 }),
    changes: fc.constantFrom(1_000, 1_000, 7, 20),
    steps: fc.array(fc.tuple(fc.integer({ min: 1, max: 2_000 }), fc.integer({ min: 1, max: 2_000 })), { maxLength: 60 }),
  })
  .map(({ base, epoch, steps, changes }): OffsetMap => {
    let at = base;
    const ranges = steps.map(([gap, length]) => {
      const from = at + gap;
      at = from + length;
      return { from, to: at };
    });
    // Leaders change somewhere between, or not.
    const later = ranges
      .filter((_, index) => index % changes === changes - 1)
      .map(({ from }, index) => ({ from, epoch: epoch + index + 1 }));
    return later.length === 0 ? { base, epoch, ranges } : { base, epoch, later, ranges };
  });

function sizeOf({ ranges }: OffsetMap): number {
  return ranges.reduce((sum, { from, to }) => sum + to - from, 0);
}

test("a map that fits comes back as it was; one that does not loses only what lies highest, and never says more than is true", () => {
  fc.assert(
    fc.property(maps, fc.integer({ min: 200, max: 4_096 }), (map, longest) => {
      const { text, isWhole } = encodeOffsetMap(map, longest);
      expect(text.length).toBeLessThanOrEqual(longest);
      const back = decodeOffsetMap(text, map.base);
      expect(back).toBeDefined();
      expect([back!.base, back!.epoch, back!.later]).toEqual([map.base, map.epoch, map.later]);
      if (isWhole) expect(back!.ranges).toEqual(map.ranges);
      else expect(sizeOf(back!)).toBeLessThan(sizeOf(map));
      const end = back!.ranges.at(-1)?.to ?? map.base;
      for (const { from, to } of back!.ranges) {
        expect(isInRanges(map.ranges, from) && isInRanges(map.ranges, to - 1)).toBe(true);
      }
      // Below its end nothing is missing.
      for (const { from, to } of map.ranges)
        if (to <= end) expect(isInRanges(back!.ranges, from) && isInRanges(back!.ranges, to - 1)).toBe(true);
    }),
  );
});

test("4,096 characters hold ten thousand records in any pattern, and a hundred thousand with a few gaps", () => {
  const alternating = Array.from({ length: 5_000 }, (_, index) => ({ from: 2 * index + 1, to: 2 * index + 2 }));
  expect(encodeOffsetMap({ base: 0, epoch: 7, ranges: alternating }, 4_096).isWhole).toBe(true);
  const few = Array.from({ length: 500 }, (_, index) => ({ from: 200 * index + 1, to: 200 * (index + 1) }));
  expect(
    encodeOffsetMap({ base: 2 ** 40, epoch: 7, ranges: few.map(({ from, to }) => ({ from: from + 2 ** 40, to: to + 2 ** 40 })) }, 4_096)
      .isWhole,
  ).toBe(true);
});

test("metadata of others, of another offset, of another version and damaged metadata is no map", () => {
  const map = { base: 5, epoch: 3, ranges: [{ from: 7, to: 9 }] };
  const { text } = encodeOffsetMap(map, 4_096);
  expect(decodeOffsetMap(text, 5)).toEqual(map);
  for (const other of [null, "", "mr1", "mr1x", "mr1R", `mr2${text.slice(3)}`, text.slice(0, 5), "consumed by billing-1", "{}"]) {
    expect(decodeOffsetMap(other, 5)).toBeUndefined();
  }
  expect(decodeOffsetMap(text, 6)).toBeUndefined();
  expect(encodeOffsetMap(map, 4)).toEqual({ text: "", isWhole: false });
  fc.assert(
    fc.property(fc.string({ maxLength: 60 }), fc.constantFrom("r", "b", "R", "B"), (garbage, kind) => {
      const read = decodeOffsetMap(`mr1${kind}${garbage}`, 5);
      let before = 5;
      for (const { from, to } of read?.ranges ?? []) {
        expect(from >= before && to > from).toBe(true);
        before = to;
      }
    }),
  );
});
