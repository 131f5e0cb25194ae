import { AbortedError, exponential, fixed, InvalidOptionsError, TimedOutError } from "@millrace/core";
import { RetryError } from "@millrace/retry";
import { expect, test } from "vitest";
import { dedupe, logging, memoryDedupeStore } from "./middleware/index.ts";
import { resolveProcessOptions } from "./process-options.ts";
import { RejectedRecordError } from "./runtime-error.ts";

test("what is left out has the stated default", () => {
  const resolved = resolveProcessOptions("orders", {});
  expect(resolved).toMatchObject({
    order: "key",
    concurrency: 16,
    retry: exponential({ attempts: 5, initialMs: 200, maxMs: 30_000 }),
    deadLetter: undefined,
    onTombstone: undefined,
    middleware: [],
    handlerTimeoutMs: 300_000,
  });
  expect(resolveProcessOptions("orders", { deadLetter: {} }).deadLetter).toEqual({ naming: "prefix" });
});

test("every problem is told at once, with the processor's topic", () => {
  const wrong = { order: "random" as "key", concurrency: 0, handlerTimeoutMs: -1, retry: { ...exponential(), attempts: 0, jitter: 2 } };
  const error = thrownBy(() => resolveProcessOptions("orders", { ...wrong, deadLetter: { naming: "middle" as "prefix" } }));
  expect(InvalidOptionsError.is(error) && error.problems).toEqual([
    expect.stringContaining("order must be"),
    expect.stringContaining("concurrency must be"),
    expect.stringContaining("handlerTimeoutMs must be"),
    expect.stringContaining("deadLetter.naming must be"),
    expect.stringContaining("retry: attempts"),
    expect.stringContaining("retry: jitter"),
  ]);
  expect((error as Error).message).toContain('processor of "orders"');
});

test.each([[null], ["yes"], [5], [[]]])("from plain JavaScript, %j for options that are objects is told by their names", (wrong) => {
  const error = thrownBy(() => resolveProcessOptions("orders", { exactlyOnce: wrong as never, rateLimit: wrong as never }));
  expect(InvalidOptionsError.is(error) && error.problems).toEqual([
    `exactlyOnce must be true, false or an object with transactionTimeoutMs and maxBatchRecords, not ${JSON.stringify(wrong)}`,
    `rateLimit must be an object with messagesPerSecond and bytesPerSecond, not ${JSON.stringify(wrong)}`,
  ]);
});

test("retries that outlive the process need dead letters, and a topic that keeps records for longer than they have to wait", () => {
  const problemsOf = (options: Parameters<typeof resolveProcessOptions>[1]): readonly string[] => {
    const error = thrownBy(() => resolveProcessOptions("orders", options));
    return InvalidOptionsError.is(error) ? error.problems : [];
  };
  const retryLater = exponential({ attempts: Number.POSITIVE_INFINITY, initialMs: 1_000, maxMs: 3_600_000 });
  expect(problemsOf({ retryLater })).toEqual([expect.stringContaining("retryLater needs deadLetter")]);
  expect(problemsOf({ retryLater: { ...retryLater, attempts: 0 }, maxParked: 0, deadLetter: {} })).toEqual([
    expect.stringContaining("maxParked must be"),
    expect.stringContaining("retryLater: attempts"),
  ]);
  expect(problemsOf({ retryLater, deadLetter: { retentionMs: 3_600_000 } })).toEqual([
    expect.stringMatching(/longest wait \(3600000 ms\)/),
  ]);
  const fitting = resolveProcessOptions("orders", { retryLater, deadLetter: { retentionMs: 3_600_001 } });
  expect(fitting).toMatchObject({ retryLater, maxParked: 10_000 });
  expect(
    resolveProcessOptions("orders", { retryLater: fixed({ attempts: 1, delayMs: 1 }), deadLetter: { retentionMs: 1 } }).retryLater
      ?.attempts,
  ).toBe(1);
});

test("without a classification, errors that say they do not pass become dead letters and all others are retried", () => {
  const { classify } = resolveProcessOptions("orders", {});
  expect(classify(new RejectedRecordError("no"))).toBe("dead-letter");
  expect(classify(new AbortedError("it"))).toBe("dead-letter");
  expect(classify(new Error("outer", { cause: new RejectedRecordError("no") }))).toBe("dead-letter");
  expect(classify(new TimedOutError("it", 1))).toBe("retry");
  expect(classify(new Error("plain"))).toBe("retry");
  expect(classify("a text")).toBe("retry");
});

test("an open circuit is a reason to try later, where there is a later", () => {
  const open = new Error("no payment", { cause: new RetryError({ code: "RETRY_CIRCUIT_OPEN", message: "open", retryable: true }) });
  const retryLater = fixed({ attempts: 3, delayMs: 60_000 });
  expect(resolveProcessOptions("orders", {}).classify(open)).toBe("retry");
  const { classify } = resolveProcessOptions("orders", { retryLater, deadLetter: {} });
  expect(classify(open)).toBe("retry-later");
  expect(classify(new RejectedRecordError("no"))).toBe("dead-letter");
  expect(classify(new Error("plain"))).toBe("retry");
  expect(resolveProcessOptions("orders", { retryLater, deadLetter: {}, classify: () => "skip" }).classify(open)).toBe("skip");
});

function thrownBy(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}

test("exactly-once steps have bounds, and handlers must end within half of a transaction's time", () => {
  expect(resolveProcessOptions("orders", { exactlyOnce: true })).toMatchObject({
    exactlyOnce: { transactionTimeoutMs: 60_000, maxBatchRecords: 500 },
    handlerTimeoutMs: 30_000,
  });
  expect(resolveProcessOptions("orders", { exactlyOnce: false }).exactlyOnce).toBeUndefined();
  expect(resolveProcessOptions("orders", { exactlyOnce: { transactionTimeoutMs: 900_000 } }).handlerTimeoutMs).toBe(300_000);
  expect(() =>
    resolveProcessOptions("orders", { exactlyOnce: { transactionTimeoutMs: 10.5, maxBatchRecords: 0 }, handlerTimeoutMs: 60_000 }),
  ).toThrow(
    expect.objectContaining({
      problems: [
        expect.stringContaining("exactlyOnce.transactionTimeoutMs must be a whole number from 1000"),
        expect.stringContaining("exactlyOnce.maxBatchRecords must be a whole number of at least 1, not 0"),
        expect.stringContaining("handlerTimeoutMs must be at most half of exactlyOnce.transactionTimeoutMs"),
      ],
    }),
  );
});

test("middleware is a list of functions, and dedupe is refused with exactly-once steps, in which it would lose what handlers send", () => {
  const middleware = [logging(), dedupe({ store: memoryDedupeStore() })];
  expect(resolveProcessOptions("orders", { middleware }).middleware).toBe(middleware);
  expect(thrownBy(() => resolveProcessOptions("orders", { middleware, exactlyOnce: true }))).toMatchObject({
    problems: [expect.stringContaining("dedupe has no part in exactly-once steps")],
  });
  expect(thrownBy(() => resolveProcessOptions("orders", { middleware: [undefined] as never }))).toMatchObject({
    problems: [expect.stringContaining("middleware must be a list of functions")],
  });
});
