import { createVirtualClock } from "@millrace/testing";
import { expect, test } from "vitest";
import { Hearing } from "./hearing.ts";

test("silence counts from what was heard last, of each of the two, and only while it is expected", async () => {
  const clock = createVirtualClock();
  const hearing = new Hearing(clock);
  const both = { isAssigned: true, isFetching: true };
  const look = async (afterMs: number, lastHeartbeatAt: number | null, lastFetchedAt: number | null, expected = both) => {
    await clock.advance(afterMs);
    hearing.look({ lastHeartbeatAt, lastFetchedAt }, expected);
    return hearing.silentMs;
  };
  expect(await look(1_000, 1, 1)).toBe(0);
  expect(await look(1_000, 1, 2)).toBe(1_000);
  expect(await look(1_000, 2, 2)).toBe(1_000);
  // Nothing is fetched while handlers are busy.
  expect(await look(5_000, 3, 2, { isAssigned: true, isFetching: false })).toBe(0);
  expect(await look(5_000, 4, 2)).toBe(5_000);
  // A clock that was set back.
  expect(await look(1_000, 3, 1)).toBe(0);
  expect(await look(9_000, 3, 1, { isAssigned: false, isFetching: false })).toBe(0);
});
