import { fixed, InvalidOptionsError, noRetry } from "@millrace/core";
import { expect, test } from "vitest";
import { createProcessorHarness, type HarnessOptions, type ProcessorHarness } from "../test/support/processor-harness.ts";
import { resolveProcessOptions } from "./process-options.ts";
import { RuntimeError } from "./runtime-error.ts";

const windowSize = 200;
const afterMs = 10_000;

/** The record "slow" at offset 0, and behind it as many as the window holds, each of its own key. */
function feedWindow(harness: ProcessorHarness, others: number = windowSize - 1): void {
  harness.feed(["slow", "slow"], ...Array.from({ length: others }, (_, index) => [`k${index}`, `${index}`] as const));
  void harness.work.room(windowSize);
}

/** Lets time pass, looking once a second. */
async function pass(harness: ProcessorHarness, ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 1_000) {
    await harness.clock.advance(Math.min(1_000, ms - passed));
    harness.look();
  }
}

/** A processor whose record "slow" runs until its signal aborts. */
function createSlow(options: HarnessOptions["options"], reasons: unknown[] = []): ProcessorHarness {
  return createProcessorHarness({
    options: { concurrency: 300, retry: noRetry, deadLetter: {}, ...options },
    handler: async ({ value }, { signal }) => {
      if (value !== "slow") return;
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
      reasons.push(signal.reason);
    },
  });
}

test("a record that alone holds back a full window fails with RUNTIME_HEAD_OF_LINE after its time, and becomes what the rule says", async () => {
  const reasons: unknown[] = [];
  const harness = createSlow({ headOfLine: { afterMs, action: "dead-letter" }, classify: () => "skip" }, reasons);
  feedWindow(harness);
  harness.look();
  await pass(harness, afterMs - 1);
  expect([harness.deadLetters, harness.work.watermark.position]).toEqual([[], 0]);
  await pass(harness, 2_000);
  expect(harness.deadLetters).toMatchObject([
    { record: { offset: 0 }, attempts: 1, disposition: "not-retryable", error: { code: "RUNTIME_HEAD_OF_LINE" } },
  ]);
  expect(RuntimeError.is(reasons[0]) && reasons[0].message).toContain("orders/0 offset 0 has held back its partition for 11 s");
  expect(harness.work.watermark.position).toBe(windowSize);
  expect(harness.logged.find(({ message }) => message.startsWith("a record has held back"))).toMatchObject({
    level: "warn",
    fields: { topic: "orders", partition: 0, offset: 0, has_key: true, attempts: 1, state: "running", settled_behind: windowSize - 1 },
  });
});

test("without a rule of one's own there is one warning after a minute, and nothing else", async () => {
  const harness = createSlow({});
  feedWindow(harness);
  harness.look();
  await pass(harness, 200_000);
  expect(harness.logged).toMatchObject([{ level: "warn", fields: { offset: 0, action: "log" } }]);
  expect([harness.deadLetters, harness.work.watermark.position, harness.processor.statistics().running]).toEqual([[], 0, 1]);
});

test("one that waits to be tried again is not tried again", async () => {
  const tried: number[] = [];
  const harness = createProcessorHarness({
    options: {
      concurrency: 300,
      retry: fixed({ attempts: 10, delayMs: 60_000 }),
      deadLetter: {},
      headOfLine: { afterMs, action: "dead-letter" },
    },
    handler: ({ value }, { attempt }) => {
      if (value !== "slow") return;
      tried.push(attempt);
      throw new Error("not now");
    },
  });
  feedWindow(harness);
  harness.look();
  await pass(harness, 2 * afterMs);
  expect(tried).toEqual([1]);
  expect(harness.deadLetters).toMatchObject([{ attempts: 1, error: { code: "RUNTIME_HEAD_OF_LINE" } }]);
  expect(harness.logged).toMatchObject([{ fields: { state: "waiting for its next attempt", attempts: 1 } }, { level: "warn" }]);
  expect([harness.work.watermark.position, harness.clock.pending]).toEqual([windowSize, 0]);
});

test("one whose dead letter cannot be written is left alone", async () => {
  const harness = createProcessorHarness({
    options: { concurrency: 300, retry: noRetry, deadLetter: {}, headOfLine: { afterMs, action: "halt" } },
    handler: ({ value }) => {
      if (value === "slow") throw new Error("no");
    },
    writeDeadLetter: () => Promise.reject(new Error("no leader")),
  });
  feedWindow(harness);
  harness.look();
  await pass(harness, 5 * afterMs);
  expect(harness.halts).toEqual([]);
  expect(harness.logged.filter(({ message }) => message.startsWith("a record has held back"))).toEqual([]);
});

test("with halt the runtime stops, and nothing is committed beyond", async () => {
  const harness = createSlow({ headOfLine: { afterMs, action: "halt" } });
  feedWindow(harness);
  harness.look();
  await pass(harness, 2 * afterMs);
  expect(harness.halts).toMatchObject([{ code: "RUNTIME_HALTED", cause: { code: "RUNTIME_HEAD_OF_LINE" } }]);
  expect(harness.work.watermark.position).toBe(0);
});

test("a partition that has room, or other work, or moves, is left alone", async () => {
  const rule = { headOfLine: { afterMs, action: "dead-letter" as const } };
  const roomy = createSlow(rule);
  feedWindow(roomy, windowSize * 0.8);
  const busy = createProcessorHarness({
    options: { ...rule, concurrency: 300, deadLetter: {} },
    handler: () => new Promise(() => undefined),
  });
  feedWindow(busy);
  const moving = createProcessorHarness({
    options: { ...rule, order: "partition", deadLetter: {} },
    handler: () => new Promise((resolve) => moving.clock.schedule(afterMs - 1_000, () => resolve(undefined))),
  });
  feedWindow(moving);
  for (const harness of [roomy, busy, moving]) {
    harness.look();
    await pass(harness, 5 * afterMs);
    expect([harness.deadLetters, harness.logged]).toEqual([[], []]);
  }
});

test.each([
  [3, ["0"]],
  [4, []],
])("where %i of the 199 records behind it are not settled, it is told of %j: 98 in a hundred must be", async (unsettled, told) => {
  const harness = createSlow({ headOfLine: { afterMs } });
  harness.feed(...Array.from({ length: unsettled + 1 }, (_, index) => [`slow${index}`, "slow"] as const));
  harness.feed(...Array.from({ length: windowSize - unsettled - 1 }, (_, index) => [`k${index}`, `${index}`] as const));
  void harness.work.room(windowSize);
  harness.look();
  await pass(harness, 2 * afterMs);
  expect(harness.logged.map(({ fields }) => String(fields?.["offset"]))).toEqual(told);
});

test("its time counts from when it became the oldest one", async () => {
  const harness = createProcessorHarness({
    options: { concurrency: 300, headOfLine: { afterMs } },
    handler: async ({ value }) => {
      if (value === "slow") await new Promise(() => undefined);
      if (value === "first") await new Promise<void>((resolve) => harness.clock.schedule(afterMs - 1_500, resolve));
    },
  });
  harness.feed(["first", "first"]);
  feedWindow(harness, windowSize - 2);
  harness.look();
  await pass(harness, 2 * afterMs - 2_000);
  expect(harness.logged).toEqual([]);
  await pass(harness, 3_000);
  expect(harness.logged).toMatchObject([{ level: "warn", fields: { offset: 1 } }]);
});

test("a rule that cannot be carried out is a wrong option", () => {
  const problemsOf = (options: Parameters<typeof resolveProcessOptions>[1]): readonly string[] => {
    try {
      resolveProcessOptions("orders", options);
      return [];
    } catch (error) {
      return InvalidOptionsError.is(error) ? error.problems : [];
    }
  };
  expect(problemsOf({ headOfLine: { afterMs: 0, action: "retry-later" } })).toEqual([
    expect.stringContaining("headOfLine.afterMs must be"),
    expect.stringContaining('"retry-later" needs retryLater'),
  ]);
  expect(problemsOf({ headOfLine: { action: "dead-letter" } })).toEqual([expect.stringContaining('"dead-letter" needs deadLetter')]);
  expect(problemsOf({ headOfLine: { action: "pass" as "log" } })).toEqual([expect.stringContaining("headOfLine.action must be")]);
  expect(problemsOf({ headOfLine: { afterMs: Number.POSITIVE_INFINITY, action: "halt" } })).toEqual([]);
});
