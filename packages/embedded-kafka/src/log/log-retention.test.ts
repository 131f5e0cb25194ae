import fc from "fast-check";
import { expect, test } from "vitest";
import { batchOf } from "../../test/support/batch.ts";
import { LogMemory } from "./log-memory.ts";
import { expiredUntil } from "./log-retention.ts";
import { PartitionLog } from "./partition-log.ts";

const nowMs = 1_000_000;

test("pieces go by time while each is too old, and then by size while enough is left", () => {
  const pieces = [100, 300, 200, 900].map((maxTimestamp, index) => ({
    lastOffset: index * 10 + 9,
    sizeBytes: 100,
    maxTimestamp,
    writtenMs: 0,
  }));
  const until = (rules: object) => expiredUntil(pieces, { nowMs: 1_000, retentionMs: -1, retentionBytes: -1, ...rules });
  expect(until({})).toBeUndefined();
  expect(until({ retentionMs: 700 })).toBe(10);
  expect(until({ retentionMs: 699 })).toBe(30);
  expect(until({ retentionMs: 99 })).toBe(40);
  expect(until({ retentionBytes: 250 })).toBe(10);
  expect(until({ retentionBytes: 200 })).toBe(20);
  expect(until({ retentionBytes: 0 })).toBe(40);
  expect(until({ retentionMs: 700, retentionBytes: 200 })).toBe(20);
});

test("records without timestamps count from when they were written", () => {
  const pieces = [{ lastOffset: 4, sizeBytes: 10, maxTimestamp: -1, writtenMs: 500 }];
  expect(expiredUntil(pieces, { nowMs: 1_000, retentionMs: 500, retentionBytes: -1 })).toBeUndefined();
  expect(expiredUntil(pieces, { nowMs: 1_001, retentionMs: 500, retentionBytes: -1 })).toBe(5);
});

test("a log is what a model of segments says, whatever comes and goes, and holds no more memory than it shows", () => {
  const step = fc.oneof(
    fc.record({
      append: fc.record({ count: fc.integer({ min: 1, max: 3 }), bytes: fc.integer({ min: 0, max: 3_000 }), age: fc.nat(1_000) }),
    }),
    fc.record({
      retain: fc.record({ retentionMs: fc.integer({ min: -1, max: 1_000 }), retentionBytes: fc.integer({ min: -1, max: 20_000 }) }),
    }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), fc.integer({ min: 1_000, max: 9_000 }), (steps, segmentBytes) => {
      const memory = new LogMemory();
      const log = new PartitionLog(memory);
      type ModelSegment = { batches: { base: number; last: number; size: number; timestamp: number }[] };
      let model: ModelSegment[] = [];
      const sizeOf = ({ batches }: ModelSegment) => batches.reduce((sum, batch) => sum + batch.size, 0);
      for (const one of steps) {
        if ("append" in one) {
          const timestamp = nowMs - one.append.age;
          const batch = batchOf(Array<string>(one.append.count).fill("v".repeat(one.append.bytes)), { timestamp });
          log.rollIfDue(batch, { nowMs, segmentBytes, segmentMs: 1e9 });
          const base = log.append(batch);
          const active = model.at(-1);
          const entry = { base, last: base + one.append.count - 1, size: batch.length, timestamp };
          if (active === undefined || sizeOf(active) + batch.length > segmentBytes) model.push({ batches: [entry] });
          else active.batches.push(entry);
        } else {
          const { retentionMs, retentionBytes } = one.retain;
          const until = expiredUntil(log.pieces("segment"), { nowMs, retentionMs, retentionBytes });
          if (until !== undefined) log.truncateBefore(until);
          const newest = ({ batches }: ModelSegment) => Math.max(...batches.map((batch) => batch.timestamp));
          if (retentionMs >= 0) while (model[0] !== undefined && nowMs - newest(model[0]) > retentionMs) model = model.slice(1);
          const tooMuch = () => model.reduce((sum, segment) => sum + sizeOf(segment), 0) - retentionBytes;
          if (retentionBytes >= 0) while (model[0] !== undefined && tooMuch() >= sizeOf(model[0])) model = model.slice(1);
        }
        expect(log.pieces("segment").map(({ sizeBytes }) => sizeBytes)).toEqual(model.map(sizeOf));
        expect(log.startOffset).toBe(model[0]?.batches[0]?.base ?? log.endOffset);
        expect(memory.usedBytes).toBeGreaterThanOrEqual(log.sizeBytes);
      }
      log.release();
      expect(memory.usedBytes).toBe(0);
    }),
    { numRuns: 200 },
  );
});

test("a segment ends after its time, by the records' clock or by the broker's where they have none", () => {
  const rolled = (first: number, second: number, laterMs: number): number => {
    const log = new PartitionLog();
    for (const [timestamp, now] of [
      [first, nowMs],
      [second, nowMs + laterMs],
    ] as const) {
      const batch = batchOf(["v"], { timestamp });
      log.rollIfDue(batch, { nowMs: now, segmentBytes: 1e6, segmentMs: 1_000 });
      log.append(batch);
    }
    return log.pieces("segment").length;
  };
  expect(rolled(5_000, 6_000, 9_999)).toBe(1);
  expect(rolled(5_000, 6_001, 0)).toBe(2);
  expect(rolled(-1, -1, 1_000)).toBe(1);
  expect(rolled(-1, -1, 1_001)).toBe(2);
});
