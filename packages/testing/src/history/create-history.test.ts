import { expect, test } from "vitest";
import { createVirtualClock } from "../virtual-clock.ts";
import { createHistory } from "./create-history.ts";

test("a history keeps the order of events and tells the story of one record", async () => {
  const clock = createVirtualClock();
  await clock.advance(1_000);
  const history = createHistory({ clock });
  const place = (offset: number) => ({ topic: "jobs", partition: 0, offset });
  history.record({ kind: "record-stored", id: "one", place: place(0), chain: "k", rank: 0 });
  history.record({ kind: "record-stored", id: "two", place: place(1), chain: "k", rank: 1, transaction: "t" });
  await clock.advance(20);
  history.record({ kind: "record-settled", worker: "a", place: place(0), outcome: "handled" });
  history.record({
    kind: "record-settled",
    worker: "b",
    place: place(1),
    outcome: "dead-lettered",
    reason: "poison",
    isLate: true,
    transaction: "u",
  });
  history.record({ kind: "offset-committed", topic: "jobs", partition: 0, offset: 0, above: [{ from: 1, to: 2 }] });
  history.record({ kind: "offset-committed", topic: "jobs", partition: 1, offset: 7 });
  history.record({ kind: "offset-committed", topic: "jobs", partition: 0, offset: 2 });
  history.record({ kind: "offset-committed", topic: "jobs", partition: 0, offset: 0 });
  history.record({ kind: "worker-struck", worker: "a", by: "killed" });
  history.record({ kind: "worker-struck", worker: "b", by: "cut-off" });
  history.record({ kind: "record-seen", place: place(1) });
  history.record({ kind: "transaction-ended", transaction: "t", outcome: "committed" });
  expect(history.events).toHaveLength(12);
  expect(history.tell("two")).toEqual([
    "#1 0 ms two is stored at jobs/0/1 in transaction t",
    "#3 20 ms b: dead-lettered jobs/0/1 (poison), late in transaction u",
    "#4 20 ms jobs/0/0 is committed, and above it 1-1",
    "#7 20 ms jobs/0/0 is committed",
    "#9 20 ms b is cut-off",
    "#10 20 ms jobs/0/1 is seen",
    "#11 20 ms transaction t: committed",
  ]);
  expect(history.tell("three")).toEqual([]);
});
