import { sleep } from "@millrace/core";
import { expect, test } from "vitest";
import { createMiddlewareHarness } from "../../test/support/middleware-harness.ts";
import { timeout } from "./timeout.ts";

test("an attempt that takes longer fails, and its signal aborts; one that does not is left alone, and leaves no timer", async () => {
  const { clock, run } = createMiddlewareHarness();
  const limit = timeout(100, { clock });
  await clock.runUntil(run(limit, () => sleep(100 - 1, { clock })));
  expect(clock.pending).toBe(0);
  let aborted: unknown;
  const slow = run(limit, (_, { signal }) => {
    signal.addEventListener("abort", () => (aborted = signal.reason));
    return new Promise(() => undefined);
  });
  await expect(clock.runUntil(slow)).rejects.toMatchObject({ code: "TIMED_OUT", message: expect.stringContaining("orders/0 offset 7") });
  expect(aborted).toMatchObject({ code: "TIMED_OUT" });
  expect(clock.pending).toBe(0);
});

test("the signal of an attempt still aborts when the attempt is over for another reason", async () => {
  const { clock, run, abort } = createMiddlewareHarness();
  let seen: AbortSignal | undefined;
  const running = run(timeout(100, { clock }), async (_, { signal }) => {
    seen = signal;
    await sleep(50, { clock });
  });
  await clock.advance(10);
  abort("gone");
  expect([seen?.aborted, seen?.reason]).toEqual([true, "gone"]);
  await clock.runUntil(running);
});

test("what the handler fails with is passed on", async () => {
  const { clock, run } = createMiddlewareHarness();
  const failing = (): never => {
    throw new Error("no");
  };
  await expect(run(timeout(100, { clock }), failing)).rejects.toThrow("no");
});

test("a time that is none is refused", () => {
  for (const ms of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) expect(() => timeout(ms)).toThrow("must be a number above 0");
});
