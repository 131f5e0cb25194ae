import type { KafkaRecord } from "@millrace/kafka";
import { createVirtualClock } from "@millrace/testing";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type AdmissionParts, createAdmission, createIntakeLimits } from "./admission.ts";

function record(offset: number, parts: Partial<KafkaRecord> = {}): KafkaRecord {
  return { topic: "t", partition: 0, offset, timestamp: 0, key: null, value: null, headers: [], ...parts };
}

/** Takes a whole batch in: when which records were, by their offsets. */
async function takeIn(
  { clock, records }: { readonly clock: ReturnType<typeof createVirtualClock>; readonly records: readonly KafkaRecord[] },
  parts: Partial<AdmissionParts>,
  signal = new AbortController().signal,
): Promise<{ readonly times: number[]; readonly slices: number }> {
  const admission = createAdmission({ clock, ...parts });
  const since = clock.now();
  const start = clock.monotonic();
  const times: number[] = [];
  let slices = 0;
  const all = (async () => {
    while (times.length < records.length) {
      const count = await admission.admit(records, times.length, since, signal);
      if (count === 0) break;
      slices++;
      times.push(...Array.from({ length: count }, () => clock.monotonic() - start));
    }
  })();
  await clock.runUntil(all, { limitMs: 1e12 });
  expect(admission.waiting).toEqual({ due: 0, "rate-limit": 0 });
  return { times, slices };
}

test("records are taken in when they are due, in their order, and together where they are due together", async () => {
  const clock = createVirtualClock({ startMs: 1_000 });
  const records = [1_000, 1_000, 900, 3_000, 2_000, 2_500, 3_001].map((timestamp, offset) => record(offset, { timestamp }));
  const due = { of: ({ timestamp }: KafkaRecord) => timestamp + 500, longestMs: 1e9 };
  expect(await takeIn({ clock, records }, { due })).toEqual({ times: [500, 500, 500, 2_500, 2_500, 2_500, 2_501], slices: 3 });
});

test("a record from the future waits no longer than the longest delay after its batch came, nor do those behind it", async () => {
  const clock = createVirtualClock({ startMs: 1_000 });
  const records = [Number.MAX_SAFE_INTEGER, Number.NaN, 1e15].map((timestamp, offset) => record(offset, { timestamp }));
  const due = { of: ({ timestamp }: KafkaRecord) => timestamp, longestMs: 5_000 };
  expect((await takeIn({ clock, records }, { due })).times).toEqual([5_000, 5_000, 5_000]);
});

test("a record without a due time, or with one that is no number, does not wait", async () => {
  const clock = createVirtualClock();
  const due = { of: ({ offset }: KafkaRecord) => (offset === 0 ? undefined : Number.NaN), longestMs: 5_000 };
  expect((await takeIn({ clock, records: [record(0), record(1)] }, { due })).times).toEqual([0, 0]);
});

test("so many a second are taken in, spread evenly, in steps that timers can keep", async () => {
  const clock = createVirtualClock();
  const records = Array.from({ length: 3_000 }, (_, offset) => record(offset));
  const { times, slices } = await takeIn({ clock, records }, { limits: createIntakeLimits({ messagesPerSecond: 1_000 }, clock) });
  expect(times.at(-1)).toBe(2_950);
  expect(slices).toBe(60);
  for (const [index, time] of times.entries()) expect(Math.abs(time - index)).toBeLessThanOrEqual(50);
});

test("bytes are limited too, whatever the sizes; one that is larger than a second's worth is paid for by those behind it", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 0, max: 5_000 }), { minLength: 1, maxLength: 40 }),
      fc.integer({ min: 10, max: 10_000 }),
      async (sizes, bytesPerSecond) => {
        const clock = createVirtualClock();
        const records = sizes.map((size, offset) => record(offset, { value: Buffer.alloc(size) }));
        const { times } = await takeIn({ clock, records }, { limits: createIntakeLimits({ bytesPerSecond }, clock) });
        let before = 0;
        for (const [index, time] of times.entries()) {
          // No earlier than what went before was worth, but for a step; and not later.
          expect(time).toBeGreaterThanOrEqual(((before - sizes[index]!) / bytesPerSecond) * 1_000 - 101 - 1_000 / bytesPerSecond);
          expect(time).toBeLessThanOrEqual((before / bytesPerSecond) * 1_000 + 1);
          before += sizes[index]!;
        }
      },
    ),
    { numRuns: 50 },
  );
});

test("two topics share the limits that they are given", async () => {
  const clock = createVirtualClock();
  const limits = createIntakeLimits({ messagesPerSecond: 10 }, clock);
  const [one, other] = [createAdmission({ limits, clock }), createAdmission({ limits, clock })];
  const { signal } = new AbortController();
  const begun = clock.monotonic();
  await one.admit([record(0)], 0, 0, signal);
  const waits = other.admit([record(0)], 0, 0, signal);
  await clock.advance(0);
  expect(other.waiting).toEqual({ due: 0, "rate-limit": 1 });
  expect(await clock.runUntil(waits)).toBe(1);
  expect(clock.monotonic() - begun).toBe(100);
});

test("what waits is told by what for, ends when the partition goes, and leaves no timer", async () => {
  const clock = createVirtualClock();
  const admission = createAdmission({ clock, due: { of: () => clock.now() + 60_000, longestMs: 1e6 } });
  const going = new AbortController();
  const waits = admission.admit([record(0)], 0, clock.now(), going.signal);
  await clock.advance(10);
  expect(admission.waiting).toEqual({ due: 1, "rate-limit": 0 });
  going.abort();
  expect([await waits, clock.pending]).toEqual([0, 0]);
  expect(await admission.admit([record(0)], 0, clock.now(), going.signal)).toBe(0);
});
