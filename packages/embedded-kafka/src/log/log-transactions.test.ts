import fc from "fast-check";
import { expect, test } from "vitest";
import { LogTransactions } from "./log-transactions.ts";

test("the oldest open transaction is the one whose first batch came first, whichever ended in between", () => {
  const transactions = new LogTransactions();
  transactions.wrote(1, 0);
  transactions.wrote(2, 3);
  transactions.wrote(1, 5);
  expect(transactions.firstOpenOffset).toBe(0);
  transactions.ended(1, { markerOffset: 6, committed: true });
  expect([transactions.firstOpenOffset, transactions.openOffsetOf(1), transactions.openOffsetOf(2)]).toEqual([3, undefined, 3]);
  transactions.wrote(1, 7);
  transactions.ended(2, { markerOffset: 8, committed: false });
  expect(transactions.firstOpenOffset).toBe(7);
  expect(transactions.abortedIn(0, 100)).toEqual([{ producerId: 2, firstOffset: 3 }]);
});

test("a marker without records before it is not remembered", () => {
  const transactions = new LogTransactions();
  transactions.ended(1, { markerOffset: 0, committed: false });
  expect(transactions.abortedCount).toBe(0);
});

test("what lies below the start of the log is forgotten", () => {
  const transactions = new LogTransactions();
  for (let producer = 0; producer < 100; producer++) {
    transactions.wrote(producer, producer * 2);
    transactions.ended(producer, { markerOffset: producer * 2 + 1, committed: false });
  }
  transactions.truncateBefore(150);
  expect(transactions.abortedCount).toBe(25);
  expect(transactions.abortedIn(0, 1_000)[0]).toEqual({ producerId: 75, firstOffset: 150 });
  transactions.truncateBefore(1_000);
  expect(transactions.abortedCount).toBe(0);
});

test("the list for a range has every aborted transaction that touches it and no other, sorted by first offset", () => {
  const steps = fc.array(fc.record({ producer: fc.nat({ max: 5 }), kind: fc.constantFrom("write", "write", "abort", "commit") }), {
    maxLength: 80,
  });
  fc.assert(
    fc.property(steps, fc.nat({ max: 80 }), fc.nat({ max: 80 }), (history, from, length) => {
      const transactions = new LogTransactions();
      const aborted: { producerId: number; firstOffset: number; lastOffset: number }[] = [];
      for (const [offset, { producer, kind }] of history.entries()) {
        const firstOffset = transactions.openOffsetOf(producer);
        if (kind === "write") transactions.wrote(producer, offset);
        else {
          transactions.ended(producer, { markerOffset: offset, committed: kind === "commit" });
          if (kind === "abort" && firstOffset !== undefined) aborted.push({ producerId: producer, firstOffset, lastOffset: offset });
        }
      }
      const until = from + length;
      const expected = aborted.filter(({ firstOffset, lastOffset }) => firstOffset < until && lastOffset >= from);
      expect(transactions.abortedIn(from, until)).toEqual(
        expected
          .map(({ producerId, firstOffset }) => ({ producerId, firstOffset }))
          .sort((left, right) => left.firstOffset - right.firstOffset),
      );
    }),
  );
});

test("what is forgotten is listed no more, and a producer's transactions are told apart by where they ended", () => {
  const transactions = new LogTransactions();
  for (const [offset, producer, committed] of [
    [0, 1, false],
    [2, 1, true],
    [4, 2, false],
    [6, 1, false],
  ] as const) {
    transactions.wrote(producer, offset);
    transactions.ended(producer, { markerOffset: offset + 1, committed });
  }
  expect([0, 2, 4, 6].map((offset) => transactions.isAborted(1, offset))).toEqual([true, false, false, true]);
  expect(transactions.isAborted(2, 4)).toBe(true);
  expect(transactions.isAborted(3, 4)).toBe(false);
  transactions.forget(3);
  transactions.forget(5);
  expect(transactions.abortedIn(0, 10)).toEqual([
    { producerId: 1, firstOffset: 0 },
    { producerId: 1, firstOffset: 6 },
  ]);
});
