import { expect, test } from "vitest";
import { partitionLag, sampleOf, unreadRange } from "./partition-lag.ts";

const log = { start: 2, end: 10, stableEnd: 8 };
const at = (committed: number | null) => ({ committed, log, isHeld: true });

test("what is left to read depends on how a group reads", () => {
  expect(unreadRange(at(5), "read_committed")).toEqual({ from: 5, to: 8, start: 2 });
  expect(unreadRange(at(8), "read_committed")).toBeUndefined();
  expect(unreadRange(at(8), "read_uncommitted")).toEqual({ from: 8, to: 10, start: 2 });
  expect(unreadRange(at(null), "read_committed")).toBeUndefined();
  expect(unreadRange({ committed: 5, log: null }, "read_committed")).toBeUndefined();
});

test("lag is what the cluster and the first unread record say, and null where they do not", () => {
  const unread = { to: 8 };
  const unknown = { isCaughtUp: null, timeMs: null };
  expect(partitionLag({ committed: 5, log: null }, undefined, undefined, 100)).toEqual({ records: null, ...unknown });
  expect(partitionLag(at(null), undefined, undefined, 100)).toEqual({ records: null, ...unknown });
  expect(partitionLag(at(5), unread, null, 100)).toEqual({ records: 5, ...unknown });
  // Looked at up to there, and not further yet.
  expect(partitionLag(at(5), unread, { offset: 7, timestamp: null }, 100)).toEqual({ records: 5, ...unknown });
  expect(partitionLag(at(5), unread, { offset: 8, timestamp: null }, 100)).toEqual({ records: 5, isCaughtUp: true, timeMs: 0 });
  expect(partitionLag(at(5), unread, undefined, 100)).toEqual({ records: 5, isCaughtUp: false, timeMs: null });
  expect(partitionLag(at(5), unread, { offset: 6, timestamp: 30 }, 100)).toEqual({ records: 5, isCaughtUp: false, timeMs: 70 });
  expect(partitionLag(at(50), undefined, undefined, 100)).toEqual({ records: 0, isCaughtUp: null, timeMs: null });
});

test("a record out of the future is 0 old, one without a time has no age", () => {
  expect(partitionLag(at(5), { to: 8 }, { offset: 5, timestamp: 500 }, 100).timeMs).toBe(0);
  expect(partitionLag(at(5), { to: 8 }, { offset: 5, timestamp: -1 }, 100)).toEqual({ records: 5, isCaughtUp: false, timeMs: null });
});

test("a sample has nothing left where nothing can be read, and everything where the group has not begun", () => {
  const left = (committed: number | null, isCaughtUp: boolean | null) =>
    sampleOf(at(committed), { records: committed === null ? null : 10 - committed, isCaughtUp, timeMs: null }, 7)?.left;
  expect([left(5, true), left(5, false), left(5, null), left(null, null)]).toEqual([0, 5, 5, 8]);
  expect(sampleOf({ committed: 5, log: null, isHeld: true }, { records: null, isCaughtUp: null, timeMs: null }, 7)).toBeUndefined();
});
