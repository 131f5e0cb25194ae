import { setTimeout as realSleep } from "node:timers/promises";
import { exponential, fixed, sleep } from "@millrace/core";
import { integer, json, string } from "@millrace/serdes";
import { createVirtualClock } from "@millrace/testing";
import { defineTopic } from "@millrace/topics";
import { expect, test } from "vitest";
import { RejectedRecordError } from "../runtime-error.ts";
import { runTestProcessor } from "./index.ts";

const orders = defineTopic({ name: "orders", key: string(), value: json<{ readonly amount: number }>(), partitions: 3 });
const invoices = defineTopic({ name: "invoices", key: string(), value: json<{ readonly total: number }>(), partitions: 1 });

test("what was handled, sent, dead-lettered and skipped is told record by record", async () => {
  const run = await runTestProcessor(
    async ({ key, value }, context) => {
      if (value.amount === 0) throw new Error("nothing to do");
      if (value.amount < 0) throw new RejectedRecordError("amount is negative");
      await context.send(invoices, { key, value: { total: value.amount * 2 }, headers: { kind: "invoice" } });
    },
    [
      { key: "a", value: { amount: 1 } },
      { key: "b", value: { amount: -1 } },
      { key: "a", value: { amount: 0 } },
      { key: "a", value: { amount: 2 } },
      { raw: { key: null, value: Buffer.from("{") } },
      { key: "a", value: null },
    ],
    { topic: orders, classify: (error) => (error instanceof Error && error.message === "nothing to do" ? "skip" : "dead-letter") },
  );
  expect(run.records.map(({ outcome }) => outcome)).toEqual([
    "handled",
    "dead-lettered",
    "skipped",
    "handled",
    "dead-lettered",
    "dead-lettered",
  ]);
  expect(run.records.map(({ attempts }) => attempts.length)).toEqual([1, 1, 1, 1, 0, 1]);
  expect(run.records[1]).toMatchObject({
    deadLetter: { disposition: "not-retryable", attempts: 1 },
    attempts: [{ error: { code: "RECORD_REJECTED" } }],
  });
  expect(run.records[4]).toMatchObject({ deadLetter: { disposition: "undecodable" } });
  expect(run.sent(invoices).map(({ key, value, headers }) => [key, value?.total, headers.length])).toEqual([
    ["a", 2, 1],
    ["a", 4, 1],
  ]);
  expect(run.sent(orders)).toEqual([]);
  expect(run.statistics).toMatchObject({ handled: 2, deadLettered: 3, skipped: 1 });
});

test("retries of hours take no time, in place and through the retry topic", async () => {
  const realStart = performance.now();
  const run = await runTestProcessor<string, number>(
    (_, { attempt, round }) => {
      if (round < 3) throw new Error(`attempt ${attempt} of round ${round}`);
    },
    [{ key: "a", value: 1 }],
    { retry: fixed({ attempts: 2, delayMs: 60_000 }), retryLater: fixed({ attempts: 5, delayMs: 3_600_000 }) },
  );
  expect(run.records[0]).toMatchObject({ outcome: "handled", wasParked: true });
  expect(run.records[0]!.attempts.map(({ attempt, round }) => [attempt, round])).toEqual([
    [1, 1],
    [2, 1],
    [1, 2],
    [2, 2],
    [1, 3],
  ]);
  expect(run.elapsedMs).toBeGreaterThanOrEqual(7_320_000);
  expect(performance.now() - realStart).toBeLessThan(20_000);
});

test("the same run has the same outcome, to the millisecond", async () => {
  const play = async () => {
    const run = await runTestProcessor<string, number>(
      ({ value }, { attempt }) => {
        if (attempt < value) throw new Error("not yet");
      },
      [1, 2, 3, 4].map((value) => ({ key: `k${value % 2}`, value })),
      { retry: exponential({ attempts: 4, jitter: 1 }) },
    );
    return [run.elapsedMs, run.records.map(({ attempts }) => attempts.length)];
  };
  const first = await play();
  expect(await play()).toEqual(first);
  expect(first[1]).toEqual([1, 2, 3, 4]);
});

test("a handler that waits for something real is waited for, and one that hangs fails by its time", async () => {
  const slow = await runTestProcessor<string, number>(async () => await realSleep(150), [{ value: 1 }]);
  expect(slow.records[0]!.attempts).toHaveLength(1);
  expect(slow.records[0]!.outcome).toBe("handled");
  const hanging = await runTestProcessor<string, number>(async () => await new Promise(() => undefined), [{ value: 1 }], {
    handlerTimeoutMs: 1_000,
    retry: fixed({ attempts: 2, delayMs: 10 }),
  });
  expect(hanging.records[0]).toMatchObject({ outcome: "dead-lettered", deadLetter: { attempts: 2, failure: { code: "TIMED_OUT" } } });
});

test("a handler that waits by the test's clock waits for no real time", async () => {
  const clock = createVirtualClock();
  const run = await runTestProcessor<string, number>(async () => await sleep(250_000, { clock }), [{ value: 1 }, { value: 2 }], { clock });
  expect(run.records.map(({ outcome }) => outcome)).toEqual(["handled", "handled"]);
  expect(run.elapsedMs).toBeGreaterThanOrEqual(250_000);
});

test("what halts the runtime is what the run rejects with, as are options that are wrong, and a run without end", async () => {
  const fails = () => Promise.reject(new Error("cannot"));
  await expect(runTestProcessor(fails, [{ value: 1 }], { classify: () => "halt" })).rejects.toMatchObject({ code: "RUNTIME_HALTED" });
  await expect(runTestProcessor(fails, [{ value: 1 }], { concurrency: 0 })).rejects.toMatchObject({ code: "INVALID_OPTIONS" });
  await expect(
    runTestProcessor(fails, [{ value: 1 }], { retry: fixed({ attempts: Number.POSITIVE_INFINITY }), limitMs: 60_000 }),
  ).rejects.toMatchObject({ code: "CONDITION_NOT_MET" });
});

test("other serdes, tombstones, middleware and exactly-once steps are as in a runtime", async () => {
  const counts = defineTopic({ name: "counts", key: integer(), value: integer(), partitions: 1 });
  const seen: unknown[] = [];
  const run = await runTestProcessor(
    async ({ key, value }, context) => {
      await context.send(counts, { key, value });
      if (value === 2 && context.attempt === 1) throw new Error("after it was sent");
    },
    [
      { key: 1, value: 1 },
      { key: 2, value: 2 },
      { key: 3, value: null },
    ],
    {
      topic: defineTopic({ name: "input", key: integer(), value: integer() }),
      exactlyOnce: true,
      onTombstone: ({ key }) => void seen.push(key),
      middleware: [async (message, context, next) => await next({ ...message, value: message.value }, context)],
    },
  );
  expect(run.sent(counts).map(({ key, value }) => [key, value])).toEqual([
    [1, 1],
    [2, 2],
  ]);
  expect(seen).toContain(3);
});

test("nothing to handle is over at once", async () => {
  expect((await runTestProcessor(() => undefined, [])).records).toEqual([]);
});

test("with exactly-once steps a record has ended when its transaction is committed, however many were aborted", async () => {
  const run = await runTestProcessor<string, number>(
    async ({ key, value }, context) => {
      await context.send(invoices, { key, value: { total: value } });
      if (value === 2 && context.attempt + context.round < 4) throw new Error("a passing fault");
    },
    [1, 2, 3].map((value) => ({ key: `k${value}`, value })),
    { exactlyOnce: true, retry: fixed({ attempts: 2, delayMs: 100 }), retryLater: fixed({ attempts: 3, delayMs: 10_000 }) },
  );
  expect(run.records.map(({ outcome, wasParked }) => [outcome, wasParked])).toEqual([
    ["handled", false],
    ["handled", true],
    ["handled", false],
  ]);
  expect(run.sent(invoices).map(({ value }) => value?.total)).toEqual([1, 3, 2]);
  expect((await runTestProcessor(() => undefined, [], { exactlyOnce: true })).records).toEqual([]);
});

test("what a handler sends without waiting for it fails its attempt, and nothing else", async () => {
  const unhandled: unknown[] = [];
  const note = (error: unknown): void => {
    unhandled.push(error);
  };
  process.on("unhandledRejection", note);
  try {
    const run = await runTestProcessor<string, number>(
      ({ key }, context) => {
        void context.send(defineTopic({ name: "notes", key: string(), value: string(), partitions: 1 }), {
          key,
          value: "x".repeat(2_000_000),
        });
      },
      [{ key: "a", value: 1 }],
    );
    await realSleep(1);
    expect(run.records).toMatchObject([{ outcome: "dead-lettered", attempts: [{}] }]);
    expect(unhandled).toEqual([]);
  } finally {
    process.off("unhandledRejection", note);
  }
});
