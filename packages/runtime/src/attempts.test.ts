import { fixed, noRetry, sleep, TimedOutError } from "@millrace/core";
import { expect, test } from "vitest";
import { createProcessorHarness, orders } from "../test/support/processor-harness.ts";

const nameOfThen = ["th", "en"].join("");

/** As other libraries' promises are. */
function thenable(then: unknown): object {
  return Object.defineProperty({}, nameOfThen, { value: then });
}

type Settle = (value?: unknown) => void;

/** Whatever a handler may return to say "not yet", and whether it has failed then. */
const returned: readonly (readonly [what: string, result: () => unknown, fails: boolean])[] = [
  ["nothing", () => undefined, false],
  ["null", () => null, false],
  ["a text", () => "done", false],
  ["a function", () => () => undefined, false],
  ["an object", () => thenable(5), false],
  ["a promise", () => Promise.resolve(1), false],
  ["a rejected promise", () => Promise.reject(new Error("no")), true],
  ["a thenable that calls back at once", () => thenable((resolve: Settle) => resolve()), false],
  ["a thenable that calls back twice", () => thenable((resolve: Settle) => [resolve(), resolve()]), false],
  ["a thenable that rejects", () => thenable((_: Settle, reject: Settle) => reject(new Error("no"))), true],
  ["a thenable that throws", () => thenable(() => expect.unreachable()), true],
];

test.each(returned)("a handler may return %s", async (_what, result, fails) => {
  const harness = createProcessorHarness({ options: { retry: noRetry, deadLetter: {} }, handler: result });
  harness.feed(["a", "1"], ["a", "2"], ["b", "3"]);
  await harness.clock.advance(0);
  expect(harness.deadLetters).toHaveLength(fails ? 3 : 0);
  expect(harness.processor.statistics()).toMatchObject({ handled: fails ? 0 : 3, deadLettered: fails ? 3 : 0, running: 0 });
  expect(harness.work.watermark.position).toBe(3);
});

test("handlers that are done when they return are done in order, and thousands of one key need no stack", () => {
  const handled: number[] = [];
  const harness = createProcessorHarness({
    handler: ({ value }) => {
      handled.push(Number(value));
    },
  });
  harness.feed(...Array.from({ length: 20_000 }, (_, index) => ["a", `${index}`] as const));
  expect(handled).toEqual(Array.from({ length: 20_000 }, (_, index) => index));
  expect(harness.work.watermark.position).toBe(20_000);
});

test("a handler that ends long after its time was up has no say in anything any more", async () => {
  const late: (() => void)[] = [];
  const signals: AbortSignal[] = [];
  const harness = createProcessorHarness({
    options: { handlerTimeoutMs: 1_000, retry: fixed({ attempts: 2, delayMs: 10 }), deadLetter: {} },
    handler: ({ value }, { attempt, signal }) => {
      signals.push(signal);
      if (attempt > 1 || value !== "slow") return undefined;
      return new Promise<void>((resolve) => late.push(resolve));
    },
  });
  harness.feed(["a", "slow"]);
  await harness.clock.advance(1_000);
  harness.look();
  await harness.clock.advance(10);
  expect(harness.processor.statistics()).toMatchObject({ handled: 1, retried: 1, running: 0 });
  harness.feed(["b", "slow"]);
  // The first one's end must not be taken for the second one's.
  late[0]!();
  await harness.clock.advance(0);
  expect(harness.processor.statistics()).toMatchObject({ handled: 1, running: 1 });
  late[1]!();
  await harness.clock.advance(0);
  expect(harness.processor.statistics()).toMatchObject({ handled: 2, running: 0 });
  expect(signals.map(({ aborted, reason }) => aborted && TimedOutError.is(reason))).toEqual([true, false, false]);
});

test("attempts side by side keep apart what each of them sends and how each of them ends", async () => {
  const ends = new Map<string, () => void>();
  const harness = createProcessorHarness({
    options: { concurrency: 10, retry: noRetry, deadLetter: {} },
    send: async ({ value }) => {
      if (value === "refused") throw new Error("no leader");
    },
    handler: async ({ value }, context) => {
      await new Promise<void>((resolve) => ends.set(value, resolve));
      void context.send(orders, { key: "x", value });
    },
  });
  harness.feed(["a", "0"], ["b", "refused"], ["c", "2"], ["d", "3"]);
  for (const value of ["2", "refused", "0", "3"]) {
    ends.get(value)!();
    await harness.clock.advance(0);
  }
  expect(harness.sent.map(({ value }) => value)).toEqual(["2", "0", "3"]);
  expect(harness.deadLetters).toMatchObject([{ record: { offset: 1 }, error: { message: "no leader" } }]);
  expect(harness.work.watermark.position).toBe(4);
});

test("what a handler sends after it has returned, while what it sent before is on its way, is stored before its record is settled", async () => {
  for (const fails of [false, true]) {
    let stored = 0;
    const harness = createProcessorHarness({
      options: { retry: noRetry, deadLetter: {} },
      async send() {
        await sleep(100, { clock: harness.clock });
        if (fails && stored === 1) throw new Error("not stored");
        stored++;
      },
      handler: (_, context) => {
        const sendBoth = async (): Promise<void> => {
          await context.send(orders, { value: "first" });
          await context.send(orders, { value: "second" });
        };
        sendBoth().catch(() => undefined);
      },
    });
    harness.feed(["a", "1"]);
    await harness.clock.advance(150);
    expect([stored, harness.work.watermark.position]).toEqual([1, 0]);
    await harness.clock.advance(100);
    expect([stored, harness.work.watermark.position, harness.deadLetters.length]).toEqual(fails ? [1, 1, 1] : [2, 1, 0]);
  }
});
