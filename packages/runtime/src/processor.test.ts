import { fixed, noRetry, sleep, TimedOutError } from "@millrace/core";
import { seededRandom } from "@millrace/testing";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createProcessorHarness, createWork, orders, recordOf } from "../test/support/processor-harness.ts";

test("per key in order and never two at once, never more than the concurrency, and nothing is lost, whatever fails and however long it takes", async () => {
  const record = fc.record({
    key: fc.option(fc.constantFrom("a", "b", "c")),
    tookMs: fc.nat({ max: 50 }),
    failures: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.integer({ min: 1, max: 4 }) }),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(record, { minLength: 1, maxLength: 40 }),
      fc.integer({ min: 1, max: 6 }),
      fc.constantFrom("key" as const, "partition" as const, "unordered" as const),
      async (records, concurrency, order) => {
        const ended: number[] = [];
        const violations: string[] = [];
        const running = new Set<number>();
        const chainOf = (index: number): string =>
          order === "partition" ? "" : order === "key" ? (records[index]!.key ?? `null ${index}`) : `${index}`;
        const harness = createProcessorHarness({
          options: { concurrency, order, retry: fixed({ attempts: 3, delayMs: 20 }), deadLetter: {} },
          handler: async ({ value }, { attempt }) => {
            const index = Number(value);
            // Not asserted here: a failed assertion would be a failure of the handler, and retried.
            for (const other of running) if (chainOf(other) === chainOf(index)) violations.push(`${other} and ${index} at once`);
            running.add(index);
            if (running.size > concurrency) violations.push(`${running.size} at once`);
            await sleep(records[index]!.tookMs, { clock: harness.clock });
            running.delete(index);
            if (attempt <= records[index]!.failures) throw new Error("planned");
            ended.push(index);
          },
          writeDeadLetter: async ({ record }) => void ended.push(record.offset),
        });
        harness.feed(...records.map(({ key }, index) => [key, String(index)] as const));
        await harness.clock.runUntil(() => harness.work.watermark.position === records.length);
        expect(violations).toEqual([]);
        expect(ended.toSorted((a, b) => a - b)).toEqual(records.map((_, index) => index));
        for (const chain of new Set(records.map((_, index) => chainOf(index)))) {
          const inChain = ended.filter((index) => chainOf(index) === chain);
          expect(inChain).toEqual(inChain.toSorted((a, b) => a - b));
        }
        expect(harness.deadLetters.map((failed) => failed.record.offset).toSorted((a, b) => a - b)).toEqual(
          records.flatMap(({ failures }, index) => (failures >= 3 ? [index] : [])),
        );
        const statistics = harness.processor.statistics();
        expect(statistics.handled + statistics.deadLettered).toBe(records.length);
        expect(statistics.peakConcurrency).toBeLessThanOrEqual(order === "partition" ? 1 : concurrency);
        expect([harness.intake.records, harness.intake.bytes, harness.halts.length, harness.clock.pending]).toEqual([0, 0, 0, 0]);
      },
    ),
    { numRuns: 60 },
  );
});

test("a drain at any moment loses nothing: what is not settled lies at or above the position", async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(), fc.nat({ max: 300 }), async (seed, drainAtMs) => {
      const random = seededRandom(seed);
      const settled = new Set<number>();
      const startedAfterDrain: number[] = [];
      const harness = createProcessorHarness({
        options: { concurrency: 4, retry: fixed({ attempts: 3, delayMs: 30 }), deadLetter: {} },
        handler: async ({ value }) => {
          if (harness.work.draining.aborted) startedAfterDrain.push(Number(value));
          await sleep(Math.floor(random() * 40), { clock: harness.clock });
          if (random() < 0.3) throw new Error("planned");
          settled.add(Number(value));
        },
        writeDeadLetter: async ({ record }) => void settled.add(record.offset),
      });
      harness.feed(...Array.from({ length: 50 }, (_, index) => [`k${Math.floor(random() * 8)}`, String(index)] as const));
      await harness.clock.advance(drainAtMs);
      harness.work.drain();
      await harness.clock.runUntil(harness.work.whenIdle());
      await harness.clock.advance(0);
      const { position } = harness.work.watermark;
      for (let offset = 0; offset < position; offset++) expect(settled.has(offset)).toBe(true);
      expect(settled.has(position)).toBe(false);
      expect(startedAfterDrain).toEqual([]);
      expect([harness.intake.records, harness.clock.pending, harness.processor.statistics().running]).toEqual([0, 0, 0]);
    }),
    { numRuns: 60 },
  );
});

test("keys that wait between attempts leave their places to others", async () => {
  const handled: string[] = [];
  const harness = createProcessorHarness({
    options: { concurrency: 2, retry: fixed({ delayMs: 1_000 }) },
    handler: ({ key, value }) => {
      if (key === "bad") throw new Error("not now");
      handled.push(value);
    },
  });
  harness.feed(["bad", "0"], ["bad", "1"], [null, "2"], ["good", "3"], ["good", "4"]);
  await harness.clock.advance(10);
  expect(handled).toEqual(["2", "3", "4"]);
  expect(harness.processor.statistics().running).toBe(0);
});

test("records of one key wait for each other over the source partition and the retry partition of the same number", async () => {
  const running: string[] = [];
  const first = Promise.withResolvers<void>();
  const harness = createProcessorHarness({
    handler: async ({ value }) => {
      running.push(value);
      if (value === "new") await first.promise;
    },
  });
  const retried = createWork({ topic: "orders.retry.billing" });
  harness.feed(["a", "new"]);
  harness.processor.accept([recordOf(retried.claim, 0, "a", "old"), recordOf(retried.claim, 1, "b", "other")], retried);
  await harness.clock.advance(0);
  expect(running).toEqual(["new", "other"]);
  first.resolve();
  await harness.clock.advance(0);
  expect(running).toEqual(["new", "other", "old"]);
});

test("a handler that runs too long has failed: its signal aborts, the next attempt begins, and it can send nothing more", async () => {
  const reasons: unknown[] = [];
  const late: Promise<unknown>[] = [];
  const harness = createProcessorHarness({
    options: { handlerTimeoutMs: 5_000, retry: fixed({ attempts: 2, delayMs: 100 }), deadLetter: {} },
    handler: async (_message, context) => {
      if (context.attempt === 2) return;
      await new Promise<void>((resolve) => {
        context.signal.addEventListener("abort", () => {
          reasons.push(context.signal.reason);
          resolve();
        });
      });
      await Promise.resolve();
      late.push(context.send(orders, { key: "x", value: "late" }));
    },
  });
  harness.feed(["a", "1"]);
  await harness.clock.advance(4_999);
  harness.look();
  expect(reasons).toEqual([]);
  await harness.clock.advance(1);
  harness.look();
  await harness.clock.advance(100);
  expect(TimedOutError.is(reasons[0])).toBe(true);
  expect((reasons[0] as Error).message).toContain("orders/0 offset 0");
  await expect(late[0]).rejects.toMatchObject({ code: "ABORTED" });
  expect(harness.sent).toEqual([]);
  expect(harness.processor.statistics()).toMatchObject({ handled: 1, retried: 1 });
});

test("what a handler sends without awaiting it is stored before the record counts, and a failed send fails the handler", async () => {
  const stored = Promise.withResolvers<void>();
  let failures = 1;
  const harness = createProcessorHarness({
    options: { retry: fixed({ delayMs: 100 }) },
    send: async () => {
      await stored.promise;
      if (failures-- > 0) throw new Error("no leader");
    },
    handler: (message, context) => {
      void context.send(orders, { key: message.key, value: "one" });
      void context.send(orders, { key: message.key, value: "two" });
    },
  });
  harness.feed(["a", "1"]);
  await harness.clock.advance(1_000);
  expect(harness.work.watermark.position).toBe(0);
  stored.resolve();
  await harness.clock.runUntil(() => harness.work.watermark.position === 1);
  expect(harness.sent.map(({ value }) => value)).toEqual(["two", "one", "two"]);
  expect(harness.processor.statistics()).toMatchObject({ handled: 1, retried: 1 });
});

test("what is sent after the handler has returned is refused, and if nobody awaits it that is no unhandled rejection", async () => {
  const late: Promise<unknown>[] = [];
  const harness = createProcessorHarness({
    handler: (_message, context) => {
      harness.clock.schedule(10, () => void context.send(orders, { value: "not awaited" }));
      harness.clock.schedule(10, () => late.push(context.send(orders, { value: "awaited" })));
    },
  });
  harness.feed(["a", "1"]);
  await harness.clock.advance(10);
  await expect(late[0]).rejects.toMatchObject({ code: "ABORTED" });
  expect(harness.sent).toEqual([]);
});

test("a handler whose partition is gone cannot send, awaited or not, and does not crash the process", async () => {
  const begun = Promise.withResolvers<void>();
  const harness = createProcessorHarness({
    options: { retry: noRetry },
    handler: async (_message, context) => {
      await begun.promise;
      void context.send(orders, { value: "late" });
    },
  });
  harness.feed(["a", "1"]);
  await harness.clock.advance(0);
  harness.work.giveUp("lost");
  begun.resolve();
  await harness.clock.runUntil(harness.work.whenIdle());
  expect(harness.sent).toEqual([]);
  expect(harness.work.watermark.position).toBe(0);
});

test("tombstones go to onTombstone, or become dead letters at once", async () => {
  const removed: unknown[] = [];
  const withHandler = createProcessorHarness({ options: { onTombstone: ({ key, value }) => void removed.push([key, value]) } });
  withHandler.feed(["a", null]);
  await withHandler.clock.advance(0);
  expect(removed).toEqual([["a", null]]);
  const without = createProcessorHarness({ options: { deadLetter: {} }, handler: () => expect.unreachable() });
  without.feed(["a", null]);
  await without.clock.advance(0);
  expect(without.deadLetters).toMatchObject([{ disposition: "not-retryable", error: { code: "RECORD_REJECTED" } }]);
});

test("middleware runs around every attempt, the first one outermost, and may pass on another message and context", async () => {
  const calls: string[] = [];
  const harness = createProcessorHarness({
    options: {
      retry: fixed({ delayMs: 1 }),
      middleware: [
        async (message, context, next) => {
          calls.push(`outer ${context.attempt}`);
          await next({ ...message, value: `${String(message.value)}!` }, context);
          calls.push("outer done");
        },
        async (message, context, next) => {
          calls.push(`inner ${String(message.value)}`);
          await next(message, context);
        },
      ],
    },
    handler: ({ value }, { attempt }) => {
      calls.push(`handler ${value}`);
      if (attempt === 1) throw new Error("again");
    },
  });
  harness.feed(["a", "1"]);
  await harness.clock.runUntil(() => harness.work.watermark.position === 1);
  expect(calls).toEqual(["outer 1", "inner 1!", "handler 1!", "outer 2", "inner 1!", "handler 1!", "outer done"]);
});

test("a handler's context says who and where, and its logger too", async () => {
  const harness = createProcessorHarness({
    handler: (_message, context) => {
      const { group, attempt, redrives, origin } = context;
      context.logger.info("seen", { group, attempt, redrives, origin });
    },
  });
  harness.feed(["a", "1"]);
  await harness.clock.advance(0);
  expect(harness.logged).toMatchObject([
    {
      message: "seen",
      fields: {
        topic: "orders",
        partition: 0,
        offset: 0,
        group: "billing",
        attempt: 1,
        redrives: 0,
        origin: { topic: "orders", offset: 0 },
      },
    },
  ]);
});
