import { createVirtualClock } from "@millrace/testing";
import { expect, test } from "vitest";
import { createRateLimit } from "./rate-limit.ts";

test("turns are spread evenly, in the order in which they were asked for", async () => {
  const clock = createVirtualClock();
  const limit = createRateLimit({ perSecond: 100, clock });
  await limit.take();
  await clock.advance(1_000);
  const began = clock.monotonic();
  const turns: [number, number][] = [];
  const all = Promise.all(
    Array.from({ length: 300 }, async (_, n) => {
      await limit.take();
      turns.push([n, clock.monotonic() - began]);
    }),
  );
  await clock.runUntil(all);
  expect(turns.map(([n]) => n)).toEqual(Array.from({ length: 300 }, (_, n) => n));
  // What belongs to 50 ms went at once.
  expect(turns.filter(([, at]) => at === 0)).toHaveLength(6);
  expect(turns.at(-1)?.[1]).toBe(2_940);
  expect(clock.pending).toBe(0);
});

test("a turn for many makes the next one wait for all of them", async () => {
  const clock = createVirtualClock();
  const limit = createRateLimit({ perSecond: 0.5, clock });
  await limit.take({ count: 3 });
  const began = clock.monotonic();
  await clock.runUntil(limit.take());
  expect(clock.monotonic() - began).toBe(6_000);
});

test("who gives up gets an abort, at once and while waiting", async () => {
  const clock = createVirtualClock();
  const limit = createRateLimit({ perSecond: 1, clock });
  await expect(limit.take({ signal: AbortSignal.abort() })).rejects.toMatchObject({ code: "ABORTED" });
  const controller = new AbortController();
  const waiting = limit.take({ signal: controller.signal });
  controller.abort();
  await expect(waiting).rejects.toMatchObject({ code: "ABORTED" });
  expect(clock.pending).toBe(0);
});

test("a number that is no rate is refused", () => {
  for (const perSecond of [0, -1, Number.NaN, Number.POSITIVE_INFINITY])
    expect(() => createRateLimit({ perSecond })).toThrow("perSecond must be a number above 0");
});
