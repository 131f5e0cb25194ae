import { noInstrumentation, noRetry } from "@millrace/core";
import { expect, test } from "vitest";
import { createProcessorHarness } from "../test/support/processor-harness.ts";
import { type SlowReason, type SlowSample, slowReason, slowReasons } from "./slow-reason.ts";
import { SlowSeconds } from "./slow-seconds.ts";

const idle: SlowSample = {
  isRebalancing: false,
  isPaused: false,
  isRateLimited: false,
  concurrency: 4,
  running: 0,
  ready: 0,
  sleeping: 0,
  parked: 0,
  taken: 0,
  isHeldBack: false,
};

test.each<[SlowReason, string, Partial<SlowSample>]>([
  ["broker", "nothing is there", {}],
  ["broker", "a few run, and nothing waits", { running: 2, taken: 2 }],
  ["handler", "every place is taken", { running: 4, taken: 4 }],
  ["handler", "every place is taken, and more wait", { running: 4, ready: 3, taken: 9 }],
  ["handler", "one that runs keeps a full window", { running: 1, taken: 1, isHeldBack: true }],
  ["key-order", "places are free, and what waits has to", { running: 1, taken: 9 }],
  ["key-order", "what waits has to wait for a handler of an assignment that is over", { taken: 3 }],
  ["retry", "all wait for a retry", { sleeping: 1, taken: 9 }],
  ["retry", "records wait for their time in the retry topic", { parked: 5, taken: 5 }],
  ["broker", "one runs, and others wait for their time in the retry topic", { running: 1, parked: 5, taken: 6 }],
  ["rate-limit", "what was fetched waits to be let in", { isRateLimited: true }],
  ["handler", "handlers are slower than the limit", { isRateLimited: true, running: 4, taken: 4 }],
  ["paused", "it was paused", { isPaused: true }],
  ["handler", "it was paused, and finishes what runs", { isPaused: true, running: 4, taken: 4 }],
  ["rebalancing", "its group deals out partitions", { isRebalancing: true, running: 4, taken: 4 }],
])("%s: %s", (reason, _why, sample) => {
  expect(slowReason({ ...idle, ...sample })).toBe(reason);
});

test("every second has one reason, and a busy event loop is one", () => {
  const counted = new Map<unknown, number>();
  const seconds = new SlowSeconds(
    {
      ...noInstrumentation,
      count(name, amount, attributes) {
        expect([name, attributes?.["topic"]]).toEqual(["millrace.slow.seconds", "orders"]);
        counted.set(attributes?.["reason"], (counted.get(attributes?.["reason"]) ?? 0) + amount);
      },
    },
    { topic: "orders" },
  );
  seconds.look({ elapsedMs: 1_000, lateMs: 0, utilization: 0.2 }, idle);
  // A little late means nothing.
  seconds.look({ elapsedMs: 1_050, lateMs: 50, utilization: 0.2 }, idle);
  seconds.look({ elapsedMs: 3_000, lateMs: 2_000, utilization: 0.7 }, { ...idle, running: 4 });
  seconds.look({ elapsedMs: 1_020, lateMs: 20, utilization: 0.97 }, { ...idle, running: 4 });
  expect(seconds.seconds).toEqual({
    ...(Object.fromEntries(slowReasons.map((reason) => [reason, 0])) as Record<SlowReason, number>),
    broker: 2.05,
    handler: 1,
    "event-loop-blocked": 3.02,
  });
  expect(Object.fromEntries(counted)).toEqual({ broker: 2.05, handler: 1, "event-loop-blocked": 3.02 });
});

test("a processor says what it has waited for", async () => {
  const release = Promise.withResolvers<void>();
  const harness = createProcessorHarness({
    options: { concurrency: 2, retry: noRetry, deadLetter: {} },
    handler: async ({ value }) => {
      if (value === "wait") await release.promise;
    },
  });
  harness.look();
  harness.feed(["a", "wait"], ["a", "next"]);
  harness.look();
  harness.feed(["b", "wait"]);
  harness.look();
  harness.look();
  release.resolve();
  await harness.clock.advance(0);
  harness.look({ isPaused: true });
  expect(harness.processor.statistics().slowSeconds).toMatchObject({ broker: 1, "key-order": 1, handler: 2, paused: 1, retry: 0 });
});

test("what holds its partition back is the handler that runs, though there are places for others", async () => {
  const harness = createProcessorHarness({ options: { concurrency: 2 }, handler: () => new Promise(() => undefined) });
  harness.feed(["a", "wait"]);
  harness.look();
  expect(harness.processor.statistics().slowSeconds).toMatchObject({ broker: 1, handler: 0 });
  void harness.work.room(1);
  harness.look();
  expect(harness.processor.statistics().slowSeconds).toMatchObject({ broker: 1, handler: 1 });
});
