import { fixed, type Instrumentation, noInstrumentation, noRetry, sleep } from "@millrace/core";
import { seededRandom } from "@millrace/testing";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createProcessorHarness, createWork, recordOf } from "../../test/support/processor-harness.ts";
import { RejectedRecordError } from "../runtime-error.ts";
import type { BatchContext, BatchOutcome } from "./batch-handler.ts";

const failure = new Error("planned");
const plain = { retry: fixed({ attempts: 3, delayMs: 20 }), deadLetter: {} };
const numbers = (count: number, key: (n: number) => string | null = () => "k") =>
  Array.from({ length: count }, (_, n) => [key(n), String(n)] as const);

test("[000-60] a batch is what has been fetched of a partition, at most 100, one batch after the other", async () => {
  const sizes: number[] = [];
  let running = 0;
  const harness = createProcessorHarness({
    batch: {
      handler: async (messages) => {
        expect(++running).toBe(1);
        sizes.push(messages.length);
        await sleep(10, { clock: harness.clock });
        running--;
      },
    },
  });
  harness.feed(...numbers(250, (n) => `${n % 7}`));
  await harness.clock.advance(100);
  expect(sizes).toEqual([100, 100, 50]);
  expect([harness.work.watermark.position, harness.processor.statistics()]).toMatchObject([
    250,
    { handled: 250, running: 0, peakConcurrency: 1 },
  ]);
  expect([harness.halts, harness.intake.records, harness.clock.pending]).toEqual([[], 0, 0]);
});

test("whatever is said of whom, and whenever a batch throws: nothing is lost, order is kept, each failed record has its own attempts", async () => {
  const record = fc.record({
    key: fc.option(fc.constantFrom("a", "b", "c")),
    isTombstone: fc.oneof({ weight: 9, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
    failures: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.integer({ min: 1, max: 4 }) }),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(record, { minLength: 1, maxLength: 40 }),
      fc.integer({ min: 1, max: 12 }),
      fc.constantFrom("key" as const, "partition" as const, "unordered" as const),
      fc.constantFrom("throws" as const, "stops" as const, "tells all" as const, "tells what counts" as const),
      fc.nat(),
      async (records, size, order, style, seed) => {
        const random = seededRandom(seed);
        const laneOf = (index: number): string =>
          order === "partition" ? "" : order === "key" ? (records[index]!.key ?? `null ${index}`) : `${index}`;
        const running = new Set<number>();
        const ended: number[] = [];
        const attempts = records.map(() => 0);
        const violations: string[] = [];
        let batches = 0;
        const run = async (
          indexes: readonly number[],
          attemptOf: (index: number) => number,
        ): Promise<readonly BatchOutcome[] | undefined> => {
          batches++;
          if (order !== "unordered" && batches > 1) violations.push("two batches at once");
          if (indexes.length > size) violations.push(`${indexes.length} at once`);
          for (const index of indexes) {
            if (running.has(index) || ended.includes(index)) violations.push(`${index} again`);
            if ([...running].some((other) => laneOf(other) === laneOf(index) && !indexes.includes(other)))
              violations.push(`${index} beside one of its lane`);
            if (ended.some((other) => laneOf(other) === laneOf(index) && other > index)) violations.push(`${index} is late`);
            running.add(index);
          }
          await sleep(Math.floor(random() * 30), { clock: harness.clock });
          for (const index of indexes) running.delete(index);
          batches--;
          const bad = indexes.filter((index) => attemptOf(index) <= records[index]!.failures);
          if (bad.length > 0 && style === "throws") {
            if (indexes.length === 1) attempts[bad[0]!]!++;
            throw failure;
          }
          const seen = new Set<string>();
          let stopped = false;
          const outcomes = indexes.map((index): BatchOutcome => {
            const isBad = bad.includes(index);
            const isBehind = seen.has(laneOf(index));
            if (stopped) {
              seen.add(laneOf(index));
              return "not-attempted";
            }
            if (isBad) {
              if (!isBehind) attempts[index]!++;
              seen.add(laneOf(index));
              stopped = style === "stops";
              return { error: failure };
            }
            if (isBehind) return style === "tells all" ? undefined : "not-attempted";
            ended.push(index);
            return undefined;
          });
          return bad.length === 0 && random() < 0.5 ? undefined : outcomes;
        };
        const harness = createProcessorHarness({
          options: {
            ...plain,
            order,
            concurrency: 3,
            onTombstone: async ({ offset }, { attempt }) => {
              await run([offset], () => attempt).then((outcomes) => {
                const said = outcomes?.[0];
                if (typeof said === "object") throw said.error;
              });
            },
          },
          batch: {
            size,
            handler: (messages, context) =>
              run(
                messages.map(({ offset }) => offset),
                (offset) => context.of(messages.find((one) => one.offset === offset)!).attempt,
              ),
          },
          writeDeadLetter: async ({ record: { offset } }) => void ended.push(offset),
        });
        harness.feed(...records.map(({ key, isTombstone }, index) => [key, isTombstone ? null : String(index)] as const));
        await harness.clock.runUntil(() => harness.work.watermark.position === records.length);
        await harness.clock.advance(0);
        const bare = (list: readonly number[]): readonly number[] => list.toSorted((one, other) => one - other);
        expect(violations).toEqual([]);
        if (style !== "throws") expect(bare(ended)).toEqual(records.map((_, index) => index));
        expect(bare(harness.deadLetters.map(({ record: { offset } }) => offset))).toEqual(
          records.flatMap(({ failures }, index) => (failures >= 3 ? [index] : [])),
        );
        expect(attempts).toEqual(records.map(({ failures }) => Math.min(failures, 3)));
        for (const { attempts: told } of harness.deadLetters) expect(told).toBe(3);
        const statistics = harness.processor.statistics();
        expect(statistics.handled + statistics.deadLettered).toBe(records.length);
        expect(statistics.peakConcurrency).toBeLessThanOrEqual(order === "unordered" ? 3 : 1);
        expect([harness.intake.records, harness.halts.length, harness.clock.pending]).toEqual([0, 0, 0]);
      },
    ),
    { numRuns: 150 },
  );
});

test("a drain at any moment loses nothing and begins nothing", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.nat(),
      fc.nat({ max: 200 }),
      fc.constantFrom("key" as const, "partition" as const, "unordered" as const),
      async (seed, drainAtMs, order) => {
        const random = seededRandom(seed);
        const settled = new Set<number>();
        const late: number[] = [];
        const harness = createProcessorHarness({
          options: { ...plain, order, concurrency: 4 },
          batch: {
            size: 5,
            lingerMs: Math.floor(random() * 20),
            handler: async (messages) => {
              if (harness.work.draining.aborted) late.push(messages[0]!.offset);
              await sleep(Math.floor(random() * 40), { clock: harness.clock });
              if (random() < 0.2) throw failure;
              const outcomes = messages.map((): BatchOutcome => (random() < 0.2 ? { error: failure } : undefined));
              const lanes = new Set<string | null>();
              for (const [index, { key, offset }] of messages.entries()) {
                const lane = order === "partition" ? "" : order === "key" ? key : null;
                if (outcomes[index] !== undefined && lane !== null) lanes.add(lane);
                if (outcomes[index] === undefined && !(lane !== null && lanes.has(lane))) settled.add(offset);
              }
              return outcomes;
            },
          },
          writeDeadLetter: async ({ record: { offset } }) => void settled.add(offset),
        });
        harness.feed(...numbers(50, (n) => (n % 9 === 0 ? null : `k${n % 8}`)));
        await harness.clock.advance(drainAtMs);
        harness.work.drain();
        await harness.clock.runUntil(harness.work.whenIdle());
        await harness.clock.advance(0);
        const { position } = harness.work.watermark;
        for (let offset = 0; offset < position; offset++) expect(settled.has(offset)).toBe(true);
        expect([settled.has(position), late]).toEqual([false, []]);
        expect([harness.intake.records, harness.clock.pending, harness.processor.statistics().running]).toEqual([0, 0, 0]);
      },
    ),
    { numRuns: 100 },
  );
});

test("failures are classified as those of single records are", async () => {
  const harness = createProcessorHarness({
    options: { ...plain, classify: (error) => (error as { readonly is: "skip" | "dead-letter" | "halt" }).is },
    batch: { handler: (messages) => messages.map(({ value }): BatchOutcome => (value === "fine" ? undefined : { error: { is: value } })) },
  });
  harness.feed(["a", "fine"], ["b", "skip"], ["c", "dead-letter"], ["d", "fine"]);
  await harness.clock.advance(10);
  expect(harness.processor.statistics()).toMatchObject({ handled: 2, skipped: 1, deadLettered: 1 });
  harness.feed(["e", "halt"], ["f", "fine"]);
  await harness.clock.advance(10);
  expect(harness.halts).toMatchObject([{ code: "RUNTIME_HALTED" }]);
  expect(harness.work.watermark.position).toBe(4);
});

test("one that throws with others is found by halves, without a wait, and the others are handled", async () => {
  const sizes: number[] = [];
  const harness = createProcessorHarness({
    options: { ...plain, retry: noRetry, order: "partition" },
    batch: {
      handler: (messages) => {
        sizes.push(messages.length);
        if (messages.some(({ value }) => value === "37")) throw failure;
      },
    },
  });
  harness.feed(...numbers(100));
  await harness.clock.advance(0);
  expect(harness.deadLetters.map(({ record, attempts }) => [record.offset, attempts])).toEqual([[37, 1]]);
  expect(harness.processor.statistics().handled).toBe(99);
  expect(sizes.length).toBeLessThan(30);
  sizes.length = 0;
  // Batches are as large as before.
  harness.feed(...numbers(300).map(() => ["k", "x"] as const));
  await harness.clock.advance(0);
  expect(sizes).toContain(100);
});

test("an answer that cannot be one is the record's failure, which says what was wrong", async () => {
  const harness = createProcessorHarness({ options: plain, batch: { handler: () => "done" as never } });
  harness.feed(["a", "1"]);
  await harness.clock.advance(0);
  expect(harness.deadLetters).toMatchObject([
    { disposition: "not-retryable", error: { code: "RUNTIME_MISUSED", message: expect.stringContaining("string") } },
  ]);
});

test("what cannot be decoded becomes a dead letter and is in no batch", async () => {
  const seen: string[] = [];
  const harness = createProcessorHarness({
    options: { ...plain, order: "partition" },
    batch: { handler: (messages) => void seen.push(messages.map(({ value }) => value).join()) },
  });
  const records = ["1", "2", "3"].map((value, offset) => recordOf(harness.work.claim, offset, "a", value));
  records[1] = { ...records[1]!, value: Buffer.from([0xff, 0xfe]) };
  harness.processor.accept(records, harness.work);
  await harness.clock.advance(100);
  expect(harness.deadLetters).toMatchObject([{ disposition: "undecodable", record: { offset: 1 } }]);
  expect(seen.join()).toBe("1,3");
});

test("what is sent belongs to the batch: a failed send is as a throw, and nothing can be sent afterwards", async () => {
  let isDown = true;
  let context: BatchContext | undefined;
  const harness = createProcessorHarness({
    options: { retry: fixed({ attempts: 5, delayMs: 100 }), deadLetter: {} },
    send: async () => {
      if (isDown) throw new Error("broker is down");
    },
    batch: {
      handler: (messages, given) => {
        context = given;
        for (const { value } of messages) void given.send({ name: "out" } as never, { value });
      },
    },
  });
  harness.feed(["a", "1"], ["b", "2"]);
  await harness.clock.advance(50);
  expect([harness.processor.statistics().handled, harness.sent.length]).toEqual([0, 0]);
  isDown = false;
  await harness.clock.advance(1_000);
  expect([harness.processor.statistics().handled, harness.sent.map(({ value }) => value)]).toEqual([2, ["1", "2"]]);
  await expect(context?.send({ name: "out" } as never, { value: "late" })).rejects.toMatchObject({ code: "ABORTED" });
});

test("a handler that runs too long has thrown: its signal aborts, and its records come again in halves", async () => {
  const sizes: number[] = [];
  const aborted: boolean[] = [];
  const harness = createProcessorHarness({
    options: { ...plain, retry: noRetry, order: "partition" },
    batch: {
      handler: async (messages, { signal }) => {
        sizes.push(messages.length);
        if (messages.some(({ value }) => value === "0"))
          await new Promise(() => signal.addEventListener("abort", () => aborted.push(true)));
      },
    },
  });
  const watch = (): void => {
    harness.processor.watch(
      [harness.work],
      { elapsedMs: 300_000, lateMs: 0, utilization: 0 },
      { isRebalancing: false, isPaused: false, isRateLimited: false },
    );
  };
  harness.feed(...numbers(4));
  for (let looks = 0; looks < 4; looks++) {
    await harness.clock.advance(300_000);
    watch();
  }
  await harness.clock.advance(0);
  expect(sizes.slice(0, 3)).toEqual([4, 2, 1]);
  expect(aborted.length).toBe(3);
  expect(harness.deadLetters).toMatchObject([{ record: { offset: 0 }, error: { code: "TIMED_OUT" } }]);
  expect(harness.work.watermark.position).toBe(4);
});

test("a batch that is not full waits for more, and no longer than it may", async () => {
  const sizes: number[] = [];
  const harness = createProcessorHarness({ batch: { size: 3, lingerMs: 100, handler: (messages) => void sizes.push(messages.length) } });
  harness.feed(["a", "1"]);
  await harness.clock.advance(60);
  harness.feed(["b", "2"]);
  await harness.clock.advance(39);
  expect(sizes).toEqual([]);
  await harness.clock.advance(1);
  expect(sizes).toEqual([2]);
  harness.feed(["a", "1"], ["b", "2"], ["c", "3"]);
  await harness.clock.advance(0);
  expect([sizes, harness.clock.pending]).toEqual([[2, 3], 0]);
});

test("partitions take turns", async () => {
  const order: number[] = [];
  const works = [0, 1, 2].map((partition) => createWork({ partition }));
  const harness = createProcessorHarness({
    options: { concurrency: 1 },
    batch: {
      size: 2,
      handler: async (_, { partition }) => {
        order.push(partition);
        await sleep(10, { clock: harness.clock });
      },
    },
  });
  for (const work of works)
    harness.processor.accept(
      [0, 1, 2, 3].map((offset) => recordOf(work.claim, offset, null, "x")),
      work,
    );
  await harness.clock.advance(1_000);
  expect(order).toEqual([0, 1, 2, 0, 1, 2]);
});

test("while a partition is held nothing new begins on it, and other partitions go on", async () => {
  const seen: string[] = [];
  const works = [0, 1].map((partition) => createWork({ partition }));
  const harness = createProcessorHarness({
    batch: {
      size: 2,
      handler: async (messages, { partition }) => {
        seen.push(`${partition}/${messages[0]!.offset}`);
        await sleep(10, { clock: harness.clock });
      },
    },
  });
  for (const work of works)
    harness.processor.accept(
      [0, 1, 2, 3].map((offset) => recordOf(work.claim, offset, null, "x")),
      work,
    );
  await harness.clock.advance(5);
  harness.processor.hold((partition) => partition === 0);
  await harness.clock.advance(1_000);
  expect(seen).toEqual(["0/0", "1/0", "1/2"]);
  harness.processor.hold(undefined);
  await harness.clock.advance(1_000);
  expect(seen).toEqual(["0/0", "1/0", "1/2", "0/2"]);
});

test("a batch's context tells of its messages, and not of others", async () => {
  const told: unknown[] = [];
  const harness = createProcessorHarness({
    batch: {
      handler: (messages, context) => {
        const [one] = messages;
        const { attempt, round, redrives, origin } = context.of(one!);
        told.push([context.group, context.topic, context.partition, attempt, round, redrives, origin.offset]);
        expect(() => context.of({ ...one! })).toThrow("not of this batch");
        context.logger.info("seen");
      },
    },
  });
  harness.feed(["a", "1"], ["b", "2"]);
  await harness.clock.advance(0);
  expect(told).toEqual([["billing", "orders", 0, 1, 1, 0, 0]]);
  expect(harness.logged.find(({ message }) => message === "seen")?.fields).toEqual({
    topic: "orders",
    partition: 0,
    first_offset: 0,
    messages: 2,
  });
});

test("a batch is observed for each call, with its duration and what failed; what follows for a record, in the context that it came with", async () => {
  const seen: string[] = [];
  let active = "nothing";
  const inside = <T>(name: string, work: () => T): T => {
    const before = active;
    active = name;
    try {
      return work();
    } finally {
      active = before;
    }
  };
  const instrumentation: Instrumentation = {
    ...noInstrumentation,
    beginProcessing: () => expect.unreachable("it is not observed record by record"),
    beginBatch: ({ messageCount, messages = [], topic, partition, group }) => {
      const keys = messages.map(({ key }) => key?.toString()).join("");
      seen.push(`${keys}: ${messageCount} of ${topic}/${partition} for ${group}`);
      return {
        run: (call) => inside(keys, call),
        within: (message, work) => {
          seen.push(`${message.key?.toString()}, after ${keys}`);
          return work();
        },
        ended: (durationMs, failed) =>
          void seen.push(`${keys}: ${durationMs} ms${failed === undefined ? "" : `, ${(failed.error as Error).message}`}`),
      };
    },
  };
  const harness = createProcessorHarness({
    instrumentation,
    options: { ...plain, order: "partition" },
    batch: {
      handler: async (messages) => {
        seen.push(`handled in ${active}`);
        await sleep(10, { clock: harness.clock });
        if (messages.length === 3) throw new Error("together");
        return messages.map((message): BatchOutcome => (message.value === "bad" ? { error: failure } : undefined));
      },
    },
    writeDeadLetter: async ({ record }) => void seen.push(`dead letter of ${record.key?.toString()}`),
  });
  harness.feed(["a", "fine"], ["b", "bad"], ["c", "fine"]);
  await harness.clock.runUntil(() => harness.work.watermark.position === 3);
  expect(seen).toEqual([
    "abc: 3 of orders/0 for billing",
    "handled in abc",
    "abc: 10 ms, together",
    "ab: 2 of orders/0 for billing",
    "handled in ab",
    "ab: 10 ms, planned",
    "b, after ab",
    ...["b", "b"].flatMap((key) => [`${key}: 1 of orders/0 for billing`, `handled in ${key}`, `${key}: 10 ms, planned`]),
    "dead letter of b",
    "c: 1 of orders/0 for billing",
    "handled in c",
    "c: 10 ms",
  ]);
});

test("a rejected record is dead-lettered at the first attempt", async () => {
  const harness = createProcessorHarness({
    options: plain,
    batch: { handler: (messages) => messages.map(() => ({ error: new RejectedRecordError("no") })) },
  });
  harness.feed(["a", "1"], ["b", null]);
  await harness.clock.advance(0);
  expect(harness.deadLetters).toMatchObject([{ attempts: 1 }, { attempts: 1, error: { code: "RECORD_REJECTED" } }]);
});
