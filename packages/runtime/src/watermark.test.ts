import fc from "fast-check";
import { expect, test } from "vitest";
import { Watermark } from "./watermark.ts";

/** The same, in the plainest way. */
class NaiveWatermark {
  readonly entries: { readonly offset: number; settled: boolean }[] = [];
  end: number;

  constructor(start: number) {
    this.end = start;
  }

  get position(): number {
    return this.entries.find(({ settled }) => !settled)?.offset ?? this.end;
  }

  get pending(): number {
    const first = this.entries.findIndex(({ settled }) => !settled);
    return first === -1 ? 0 : this.entries.length - first;
  }
}

test("the position is the first unsettled offset, or where the fetches have got to, as in the naive model", () => {
  const step = fc.oneof(
    {
      weight: 2,
      arbitrary: fc.record({ kind: fc.constant("fetch" as const), gaps: fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 8 }) }),
    },
    { weight: 5, arbitrary: fc.record({ kind: fc.constant("settle" as const), which: fc.nat() }) },
  );
  fc.assert(
    fc.property(fc.nat({ max: 1_000 }), fc.array(step, { maxLength: 60 }), (start, steps) => {
      const watermark = new Watermark(start);
      const naive = new NaiveWatermark(start);
      const open: { readonly ticket: number; readonly entry: { settled: boolean } }[] = [];
      let next = start;
      for (const action of steps) {
        if (action.kind === "fetch") {
          for (const gap of action.gaps) {
            next += gap;
            const entry = { offset: next, settled: false };
            naive.entries.push(entry);
            open.push({ ticket: watermark.add(next), entry });
            next++;
          }
          // The last gap may have no record behind it.
          next += action.gaps.length % 3;
          watermark.cover(next);
          naive.end = next;
        } else if (open.length > 0) {
          const [settled] = open.splice(action.which % open.length, 1);
          watermark.settle(settled!.ticket);
          settled!.entry.settled = true;
        }
        expect([watermark.position, watermark.pending]).toEqual([naive.position, naive.pending]);
        expect(watermark.unsettled).toBe(open.length);
      }
    }),
  );
});

test("many thousands of offsets that settle behind a slow one keep their places when the list is cut", () => {
  const watermark = new Watermark(0);
  const tickets = Array.from({ length: 10_000 }, (_, offset) => watermark.add(offset));
  watermark.cover(10_000);
  for (const ticket of tickets.slice(1)) watermark.settle(ticket);
  expect([watermark.position, watermark.pending]).toEqual([0, 10_000]);
  const later = Array.from({ length: 5_000 }, (_, index) => watermark.add(10_000 + index));
  watermark.cover(15_000);
  watermark.settle(tickets[0]!);
  expect([watermark.position, watermark.pending]).toEqual([10_000, 5_000]);
  for (const ticket of later.slice(0, 3_000)) watermark.settle(ticket);
  expect(watermark.position).toBe(13_000);
  for (const ticket of later.slice(3_000)) watermark.settle(ticket);
  expect([watermark.position, watermark.pending]).toEqual([15_000, 0]);
});

test("what a fetch covered without records counts, and a cover that lies lower changes nothing", () => {
  const watermark = new Watermark(7);
  expect(watermark.position).toBe(7);
  watermark.cover(12);
  watermark.cover(9);
  expect(watermark.position).toBe(12);
});
