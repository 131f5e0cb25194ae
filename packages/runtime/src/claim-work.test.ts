import { expect, test } from "vitest";
import { createWork } from "../test/support/processor-harness.ts";

test("nothing is committed again, but where a group starts for the first time is", () => {
  const resumed = createWork({ startOffset: 5, committed: { offset: 5, metadata: null } });
  expect(resumed.uncommitted).toBeUndefined();
  resumed.watermark.cover(6);
  expect(resumed.uncommitted).toBe(6);
  resumed.committed = 6;
  expect(resumed.uncommitted).toBeUndefined();
  expect(createWork({ startOffset: 5 }).uncommitted).toBe(5);
});

test("an offset above the log, as after a topic was made anew, is replaced by the lower position", () => {
  const work = createWork({ startOffset: 0, committed: { offset: 100, metadata: null } });
  work.watermark.cover(10);
  expect(work.uncommitted).toBe(10);
});

test("what waits for room goes on when the oldest record settles, or when the partition goes", async () => {
  const work = createWork();
  const [first] = [work.watermark.add(0), work.watermark.add(1), work.watermark.add(2)];
  work.watermark.cover(3);
  expect(work.room(4)).toBeUndefined();
  const room = work.room(3);
  work.settle(first);
  await room;
  const again = work.room(2);
  work.drain();
  await again;
  expect(work.room(1)).toBeUndefined();
});

test("it is idle when as many have ended as began", async () => {
  const work = createWork();
  await work.whenIdle();
  work.began();
  work.began();
  let idle = false;
  const waiting = work.whenIdle().then(() => {
    idle = true;
  });
  work.ended();
  await Promise.resolve();
  expect(idle).toBe(false);
  work.ended();
  await waiting;
});

test("giving up drains too", () => {
  const work = createWork();
  work.giveUp("lost");
  expect([work.draining.aborted, work.givenUp.aborted]).toEqual([true, true]);
  expect((work.givenUp.reason as Error).message).toBe("lost");
});
