import { expect, test } from "vitest";
import { createMiddlewareHarness } from "../../test/support/middleware-harness.ts";
import { createProcessorHarness } from "../../test/support/processor-harness.ts";
import { throttle } from "./throttle.ts";

test("so many attempts a second begin, in the order of the records", async () => {
  const { clock, run } = createMiddlewareHarness();
  const began: [number, number][] = [];
  const start = clock.monotonic();
  const limit = throttle({ perSecond: 10, clock });
  const all = Array.from({ length: 31 }, (_, n) => run(limit, () => void began.push([n, clock.monotonic() - start])));
  await clock.runUntil(Promise.all(all));
  expect(began).toEqual(Array.from({ length: 31 }, (_, n) => [n, n * 100]));
});

test("a record whose attempt is over stops waiting", async () => {
  const { clock, run, abort } = createMiddlewareHarness();
  const limit = throttle({ perSecond: 0.1, clock });
  await run(limit);
  let handled = false;
  const waiting = run(limit, () => (handled = true));
  abort();
  await expect(waiting).rejects.toMatchObject({ code: "ABORTED" });
  expect([handled, clock.pending]).toEqual([false, 0]);
});

test("a processor's records wait for it and are all handled", async () => {
  // The limit is made before the processor's clock is known.
  const limits: ReturnType<typeof throttle>[] = [];
  const harness = createProcessorHarness({
    options: { concurrency: 3, middleware: [(message, context, next) => limits[0]!(message, context, next)] },
  });
  limits.push(throttle({ perSecond: 100, clock: harness.clock }));
  const start = harness.clock.monotonic();
  harness.feed(...Array.from({ length: 50 }, (_, n) => [`${n % 5}`, "v"] as const));
  await harness.clock.runUntil(() => harness.work.watermark.position === 50);
  expect(harness.clock.monotonic() - start).toBe(490);
});

test("a rate that is none is refused", () => {
  expect(() => throttle({ perSecond: 0 })).toThrow("perSecond must be a number above 0");
});
