import { expect, test } from "vitest";
import { type CommittedOffset, CommittedOffsets } from "./committed-offsets.ts";

function at(offset: number, committedAtMs = 0): CommittedOffset {
  return { offset, leaderEpoch: 0, metadata: "", committedAtMs };
}

test("an offset of a transaction counts when the transaction is committed and is gone when it is aborted", () => {
  const offsets = new CommittedOffsets();
  offsets.setPending(1, "t", 0, at(5));
  expect([offsets.get("t", 0), offsets.hasPending("t", 0), offsets.hasPending("t", 1), offsets.isEmpty]).toEqual([
    undefined,
    true,
    false,
    false,
  ]);
  offsets.endTransaction(2, true);
  offsets.endTransaction(1, true);
  expect([offsets.get("t", 0)?.offset, offsets.hasPending("t", 0)]).toEqual([5, false]);
  offsets.setPending(1, "t", 0, at(9));
  offsets.endTransaction(1, false);
  expect(offsets.get("t", 0)?.offset).toBe(5);
});

test("what was committed later counts, whenever the transaction ends", () => {
  const offsets = new CommittedOffsets();
  offsets.setPending(1, "t", 0, at(10));
  offsets.set("t", 0, at(20));
  offsets.setPending(2, "t", 0, at(30));
  offsets.endTransaction(2, true);
  offsets.endTransaction(1, true);
  expect(offsets.get("t", 0)?.offset).toBe(30);
});

test("a topic takes its pending offsets along, and an offset with a pending successor does not expire", () => {
  const offsets = new CommittedOffsets();
  offsets.set("t", 0, at(1));
  offsets.setPending(1, "t", 0, at(2));
  offsets.setPending(1, "u", 0, at(3));
  offsets.expire(100, 10, 0);
  expect(offsets.get("t", 0)?.offset).toBe(1);
  offsets.deleteTopic("u");
  offsets.endTransaction(1, true);
  expect(offsets.get("u", 0)).toBeUndefined();
  offsets.expire(100, 10, 0);
  expect(offsets.isEmpty).toBe(true);
});
