import { exponential, fixed, MillraceError, noRetry } from "@millrace/core";
import { SerdeError } from "@millrace/serdes";
import { expect, test } from "vitest";
import { createProcessorHarness, textCodec } from "../test/support/processor-harness.ts";
import { RejectedRecordError, RuntimeError } from "./runtime-error.ts";

const doubling = exponential({ attempts: 4, initialMs: 100, multiplier: 2, jitter: 0 });

test("a failing handler is tried as often as the policy says, with its waits, then the record becomes a dead letter", async () => {
  const began: number[] = [];
  const harness = createProcessorHarness({
    options: { retry: doubling, deadLetter: {} },
    handler: (_message, context) => {
      began.push(harness.clock.monotonic());
      throw new Error(`attempt ${context.attempt}`);
    },
  });
  harness.feed(["a", "1"]);
  await harness.clock.runUntil(() => harness.deadLetters.length === 1);
  expect(began).toEqual([0, 100, 300, 700]);
  expect(harness.deadLetters).toMatchObject([{ attempts: 4, disposition: "attempts-exhausted", error: { message: "attempt 4" } }]);
  expect(harness.processor.statistics()).toMatchObject({ handled: 0, retried: 3, deadLettered: 1, running: 0 });
  expect(harness.work.uncommitted).toBe(1);
  expect(harness.logged.map(({ message }) => message)).toContain("Message sent to DLQ dlq.orders: attempt 4");
});

test("a record that succeeds at last is handled, and nothing is dead-lettered", async () => {
  const harness = createProcessorHarness({
    options: { retry: doubling, deadLetter: {} },
    handler: (_message, { attempt }) => (attempt < 3 ? Promise.reject(new Error("not yet")) : undefined),
  });
  harness.feed(["a", "1"]);
  await harness.clock.runUntil(() => harness.work.uncommitted === 1);
  expect(harness.clock.monotonic()).toBe(300);
  expect(harness.processor.statistics()).toMatchObject({ handled: 1, retried: 2, deadLettered: 0 });
});

test("when the policy's time runs out the letter says so", async () => {
  const harness = createProcessorHarness({
    options: { retry: fixed({ attempts: 100, delayMs: 1_000, maxElapsedMs: 2_500 }), deadLetter: {} },
    handler: () => Promise.reject(new Error("no")),
  });
  harness.feed(["a", "1"]);
  await harness.clock.runUntil(() => harness.deadLetters.length === 1);
  expect(harness.deadLetters).toMatchObject([{ attempts: 3, disposition: "time-exhausted" }]);
});

test("an error that says it does not pass is dead-lettered at once", async () => {
  const harness = createProcessorHarness({
    options: { deadLetter: {} },
    handler: () => Promise.reject(new RejectedRecordError("no such order")),
  });
  harness.feed(["a", "1"]);
  await harness.clock.advance(0);
  expect(harness.deadLetters).toMatchObject([{ attempts: 1, disposition: "not-retryable" }]);
});

test("a failure classified as skip settles the record, with a line in the log", async () => {
  const harness = createProcessorHarness({ options: { classify: () => "skip" }, handler: () => Promise.reject(new Error("never mind")) });
  harness.feed(["a", "1"], ["a", "2"]);
  await harness.clock.advance(0);
  expect(harness.processor.statistics()).toMatchObject({ skipped: 2, deadLettered: 0 });
  expect(harness.work.uncommitted).toBe(2);
  expect(harness.logged).toMatchObject([{ level: "warn", fields: { topic: "orders", partition: 0, offset: 0 } }, { level: "warn" }]);
});

test.each([
  ["it is classified as halt", { classify: () => "halt" as const, deadLetter: {} }],
  ["the classification itself fails", { classify: () => fail("mistake"), deadLetter: {} }],
  ["there is no deadLetter option", { retry: noRetry }],
])("a failure stops the runtime when %s; neither the record nor its followers are settled", async (_why, options) => {
  const handled: string[] = [];
  const harness = createProcessorHarness({
    options,
    handler: ({ value }) => {
      handled.push(value);
      throw new Error("broken");
    },
  });
  harness.feed(["a", "1"], ["a", "2"]);
  await harness.clock.advance(60_000);
  expect(handled).toEqual(["1"]);
  expect(harness.halts).toHaveLength(1);
  const [halt] = harness.halts;
  expect(RuntimeError.is(halt) && halt.code).toBe("RUNTIME_HALTED");
  expect((halt as Error).message).toMatch(/orders\/0 offset 0 stopped the runtime: .*(broken|mistake)/);
  expect([harness.work.uncommitted, harness.deadLetters, harness.intake.records]).toEqual([0, [], 0]);
});

test("a dead letter that cannot be written is tried until it is; its key waits, other keys go on, nothing behind it is committed", async () => {
  let failures = 16;
  const handled: string[] = [];
  const harness = createProcessorHarness({
    options: { deadLetter: {}, retry: noRetry, concurrency: 1 },
    handler: ({ value }) => {
      if (value === "bad") throw new Error("bad");
      handled.push(value);
    },
    writeDeadLetter: async () => {
      if (failures-- > 0) throw new Error("no leader");
    },
  });
  harness.feed(["a", "bad"], ["a", "behind"], ["b", "other"]);
  await harness.clock.advance(0);
  expect(handled).toEqual(["other"]);
  expect(harness.work.uncommitted).toBe(0);
  await harness.clock.runUntil(() => harness.deadLetters.length === 1);
  // From half a second doubled to half a minute, however often.
  expect(harness.clock.monotonic()).toBe(500 * (2 ** 6 - 1) + 10 * 30_000);
  await harness.clock.advance(0);
  expect(handled).toEqual(["other", "behind"]);
  expect(harness.work.uncommitted).toBe(3);
  expect(harness.logged.filter(({ level }) => level === "error")).toHaveLength(16);
});

test("whatever a handler throws, its record becomes one dead letter, or stops the runtime with a clear error", async () => {
  const thrown = [undefined, null, Object.create(null) as unknown, Object.assign(new Error("x"), { message: Symbol("s") })];
  for (const value of thrown) {
    const put = createProcessorHarness({ options: { deadLetter: {}, retry: noRetry }, handler: () => Promise.reject(value) });
    put.feed(["a", "1"]);
    await put.clock.advance(60_000);
    expect(put.deadLetters).toHaveLength(1);
    const halted = createProcessorHarness({ options: { retry: noRetry }, handler: () => Promise.reject(value) });
    halted.feed(["a", "1"]);
    await halted.clock.advance(60_000);
    expect(halted.halts).toMatchObject([{ code: "RUNTIME_HALTED" }]);
  }
});

test("draining ends a wait at once; the record is abandoned, its followers do not run and nothing of it is committed", async () => {
  const handled: string[] = [];
  const harness = createProcessorHarness({
    options: { retry: fixed({ delayMs: 60_000 }) },
    handler: ({ value }) => {
      handled.push(value);
      if (value === "1") throw new Error("not now");
    },
  });
  harness.feed(["a", "1"], ["a", "2"], ["b", "3"]);
  await harness.clock.advance(10);
  expect(handled).toEqual(["1", "3"]);
  harness.work.drain();
  await harness.work.whenIdle();
  await harness.clock.advance(0);
  expect(handled).toEqual(["1", "3"]);
  expect(harness.clock.pending).toBe(0);
  expect([harness.work.uncommitted, harness.intake.records, harness.halts.length]).toEqual([0, 0, 0]);
});

test("a wait to write a dead letter ends with the drain too", async () => {
  const harness = createProcessorHarness({
    options: { deadLetter: {}, retry: noRetry },
    handler: () => Promise.reject(new Error("bad")),
    writeDeadLetter: () => Promise.reject(new Error("no leader")),
  });
  harness.feed(["a", "1"]);
  await harness.clock.advance(5);
  harness.work.drain();
  await harness.clock.advance(0);
  expect([harness.clock.pending, harness.intake.records, harness.deadLetters.length]).toEqual([0, 0, 0]);
  // Who has the partition next reads it again.
  expect([harness.work.watermark.position, harness.processor.statistics().deadLettered]).toEqual([0, 0]);
});

test("a handler that fails because its partition has gone abandons its record", async () => {
  const harness = createProcessorHarness({
    options: { deadLetter: {}, retry: noRetry },
    handler: (_message, { signal }) => new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
  });
  harness.feed(["a", "1"]);
  await harness.clock.advance(0);
  harness.work.giveUp("gone");
  await harness.work.whenIdle();
  expect([harness.deadLetters.length, harness.work.watermark.position]).toEqual([0, 0]);
});

test("a schema that cannot be had for a passing reason is waited for, however long; the record is not blamed", async () => {
  let failures = 20;
  const prepareToDeserialize = (): Promise<void> | undefined =>
    failures-- > 0 ? Promise.reject(new PassingError({ code: "REGISTRY_UNAVAILABLE", message: "503", retryable: true })) : undefined;
  const handled: string[] = [];
  const harness = createProcessorHarness({
    options: { deadLetter: {} },
    codec: { ...textCodec, value: { ...bound(textCodec.value), prepareToDeserialize } },
    handler: ({ value }) => void handled.push(value),
  });
  harness.feed(["a", "1"]);
  await harness.clock.advance(60_000);
  expect([handled, harness.deadLetters]).toEqual([[], []]);
  await harness.clock.runUntil(() => handled.length === 1);
  expect(harness.deadLetters).toEqual([]);
  failures = 1;
  harness.feed(["a", "2"]);
  await harness.clock.advance(10);
  harness.work.drain();
  await harness.clock.advance(0);
  expect(harness.work.watermark.position).toBe(1);
});

function deserialize(data: Buffer): unknown {
  if (data.toString() === "junk") throw new SerdeError("SERDE_INVALID_DATA", "junk");
  return data.toString();
}

test("bytes that cannot be decoded become a dead letter without an attempt; a schema that comes late does not", async () => {
  const prepareToDeserialize = (data: Buffer): Promise<void> | undefined => (data.toString() === "late" ? Promise.resolve() : undefined);
  const handled: string[] = [];
  const harness = createProcessorHarness({
    options: { deadLetter: {} },
    codec: { ...textCodec, value: { ...bound(textCodec.value), prepareToDeserialize, deserialize } },
    handler: ({ value }) => void handled.push(value),
  });
  harness.feed(["a", "junk"], ["a", "late"], [null, "none"]);
  await harness.clock.advance(0);
  expect(handled.toSorted()).toEqual(["late", "none"]);
  expect(harness.deadLetters).toMatchObject([{ attempts: 0, disposition: "undecodable" }]);
  expect(harness.work.uncommitted).toBe(3);
});

test("bytes whose schema comes after a while and does not fit them become a dead letter, and the stream goes on", async () => {
  let failures = 3;
  const prepareToDeserialize = (data: Buffer): Promise<void> | undefined =>
    data.toString() === "junk" && failures-- > 0
      ? Promise.reject(new PassingError({ code: "REGISTRY_UNAVAILABLE", message: "503", retryable: true }))
      : undefined;
  const handled: string[] = [];
  const harness = createProcessorHarness({
    options: { deadLetter: {} },
    codec: { ...textCodec, value: { ...bound(textCodec.value), prepareToDeserialize, deserialize } },
    handler: ({ value }) => void handled.push(value),
  });
  harness.feed(["a", "junk"], ["a", "behind"]);
  await harness.clock.runUntil(() => handled.length === 1);
  expect(harness.deadLetters).toMatchObject([{ attempts: 0, disposition: "undecodable" }]);
  expect([handled, harness.work.uncommitted]).toEqual([["behind"], 2]);
});

class PassingError extends MillraceError {}

function bound(serde: (typeof textCodec)["value"]): (typeof textCodec)["value"] {
  return {
    prepareToSerialize: () => serde.prepareToSerialize(),
    serialize: (value) => serde.serialize(value),
    prepareToDeserialize: (data) => serde.prepareToDeserialize(data),
    deserialize: (data) => serde.deserialize(data),
  };
}

function fail(message: string): never {
  throw new Error(message);
}

test.each([
  ["a promise; it must answer at once", async () => "skip"],
  ["whatever", () => "whatever"],
  ["undefined", () => undefined],
])("a classify option that answers something else stops the runtime, and says so: %s", async (what, classify) => {
  const harness = createProcessorHarness({
    options: { deadLetter: {}, classify: classify as never },
    handler: () => {
      throw new Error("no");
    },
  });
  harness.feed(["a", "1"]);
  await harness.clock.advance(1_000);
  expect(harness.halts).toMatchObject([
    {
      code: "RUNTIME_HALTED",
      message: expect.stringContaining(`classify option must answer retry, retry-later, dead-letter, skip, halt, and not ${what}`),
    },
  ]);
  expect([harness.deadLetters, harness.work.watermark.position]).toEqual([[], 0]);
});
