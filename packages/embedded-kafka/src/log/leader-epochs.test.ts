import { expect, test } from "vitest";
import { LeaderEpochs } from "./leader-epochs.ts";

function epochs(): LeaderEpochs {
  const known = new LeaderEpochs();
  known.begin(0, 0);
  known.begin(2, 10);
  known.begin(5, 20);
  return known;
}

test("an epoch ends where the next one begins, and the latest where the log ends", () => {
  expect(epochs().endOf(0, 30)).toEqual({ epoch: 0, endOffset: 10 });
  expect(epochs().endOf(5, 30)).toEqual({ epoch: 5, endOffset: 30 });
});

test("an epoch between two known ones ends like the one before it, and a future one is unknown", () => {
  expect(epochs().endOf(3, 30)).toEqual({ epoch: 2, endOffset: 20 });
  expect(epochs().endOf(6, 30)).toEqual({ epoch: -1, endOffset: -1 });
  expect(new LeaderEpochs().endOf(0, 0)).toEqual({ epoch: -1, endOffset: -1 });
});

test("every offset has the epoch that wrote it", () => {
  expect([0, 9, 10, 25].map((offset) => epochs().epochOf(offset))).toEqual([0, 0, 2, 5]);
});

test("an epoch under which nothing was written leaves no trace, and an older one changes nothing", () => {
  const known = epochs();
  known.begin(6, 30);
  known.begin(7, 30);
  known.begin(1, 40);
  expect(known.latest).toBe(7);
  expect(known.endOf(6, 40)).toEqual({ epoch: 5, endOffset: 30 });
});

test("after truncation the oldest epoch that is left begins at the new start", () => {
  const known = epochs();
  known.truncateBefore(15);
  expect(known.epochOf(15)).toBe(2);
  expect(known.endOf(0, 30)).toEqual({ epoch: 0, endOffset: 15 });
  expect(known.endOf(2, 30)).toEqual({ epoch: 2, endOffset: 20 });
});
