import { batchesIn, readBatchHeader, validateBatch } from "@millrace/protocol";
import fc from "fast-check";
import { expect, test } from "vitest";
import { batchOf } from "../../test/support/batch.ts";
import { PartitionLog } from "./partition-log.ts";

const everything = { untilOffset: Number.MAX_SAFE_INTEGER, maxBytes: 1_000_000_000, atLeastOne: true };

function logOf(counts: readonly number[], valueBytes = 10): PartitionLog {
  const log = new PartitionLog();
  log.beginEpoch(3);
  for (const [index, count] of counts.entries()) {
    log.append(batchOf(Array<string>(count).fill("v".repeat(valueBytes)), { timestamp: 1_000 + index }));
  }
  return log;
}

function baseOffsets(log: PartitionLog, offset: number, limits = everything): number[] {
  return log.read(offset, limits).slices.flatMap((slice) => [...batchesIn(slice)].map((header) => header.baseOffset));
}

test("an appended batch gets the next offset and the leader's epoch and stays valid", () => {
  const log = logOf([2, 3]);
  const [first, second] = [...log.batches()];
  expect(validateBatch(first!)).toMatchObject({ baseOffset: 0, partitionLeaderEpoch: 3, recordCount: 2 });
  expect(validateBatch(second!)).toMatchObject({ baseOffset: 2, partitionLeaderEpoch: 3, recordCount: 3 });
  expect([log.startOffset, log.endOffset, log.highWatermark, log.lastStableOffset]).toEqual([0, 5, 5, 5]);
});

test("the caller's bytes are neither kept nor changed", () => {
  const log = new PartitionLog();
  log.append(batchOf(["first"]));
  const batch = batchOf(["second"]);
  const before = Buffer.from(batch);
  log.append(batch);
  expect(batch).toEqual(before);
  batch.fill(0);
  expect(validateBatch([...log.batches(1)][0]!).baseOffset).toBe(1);
});

test("a read that begins inside a batch gives the whole batch", () => {
  const log = logOf([3, 3]);
  expect(baseOffsets(log, 4)).toEqual([3]);
  expect(baseOffsets(log, 2)).toEqual([0, 3]);
  expect(log.read(6, everything).slices).toEqual([]);
});

test("a batch that is larger than the limit comes alone, and only when one is wanted", () => {
  const log = logOf([1, 1], 5_000);
  expect(baseOffsets(log, 0, { ...everything, maxBytes: 10 })).toEqual([0]);
  expect(log.read(0, { ...everything, maxBytes: 10, atLeastOne: false }).slices).toEqual([]);
});

test("with enough it stops at a seam of the log's memory, and gives one slice; with less it goes on", () => {
  const log = logOf(Array<number>(12).fill(1), 10_000);
  const [whole] = log.read(0, everything).slices;
  expect(log.read(0, everything).slices.length).toBeGreaterThan(1);
  expect(log.read(0, { ...everything, enoughBytes: whole!.length }).slices).toEqual([whole]);
  expect(log.read(0, { ...everything, enoughBytes: whole!.length + 1 }).slices).toHaveLength(2);
});

test("batches are never split, whatever the limits, however many segments they lie in", () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ count: fc.integer({ min: 1, max: 5 }), valueBytes: fc.integer({ min: 0, max: 9_000 }) }), {
        minLength: 1,
        maxLength: 30,
      }),
      fc.nat(),
      fc.integer({ min: 0, max: 100_000 }),
      fc.nat(),
      fc.nat(),
      fc.boolean(),
      (batches, from, maxBytes, until, deleted, atLeastOne) => {
        const log = new PartitionLog();
        const model: { base: number; last: number; size: number }[] = [];
        for (const { count, valueBytes } of batches) {
          const batch = batchOf(Array<string>(count).fill("v".repeat(valueBytes)));
          const base = log.append(batch);
          model.push({ base, last: base + count - 1, size: batch.length });
        }
        log.truncateBefore(deleted % (log.endOffset + 1));
        const offset = log.startOffset + (from % (log.endOffset - log.startOffset + 1));
        const untilOffset = until % (log.endOffset + 1);
        const expected: number[] = [];
        let size = 0;
        for (const batch of model.filter((each) => each.last >= offset)) {
          if (offset >= untilOffset || batch.base >= untilOffset) break;
          if (size + batch.size > maxBytes && !(atLeastOne && expected.length === 0)) break;
          expected.push(batch.base);
          size += batch.size;
        }
        expect(baseOffsets(log, offset, { untilOffset, maxBytes, atLeastOne })).toEqual(expected);
        expect(log.read(offset, { untilOffset, maxBytes, atLeastOne }).sizeBytes).toBe(size);
      },
    ),
    { numRuns: 300 },
  );
});

test("after truncation the log begins at the offset, frees what lies below, and never goes back", () => {
  const log = logOf(Array<number>(400).fill(1), 1_000);
  const before = log.sizeBytes;
  log.truncateBefore(300);
  expect(log.startOffset).toBe(300);
  expect(log.sizeBytes).toBeLessThan(before);
  expect(baseOffsets(log, 300)[0]).toBe(300);
  log.truncateBefore(10);
  expect(log.startOffset).toBe(300);
  log.truncateBefore(9_999);
  expect([log.startOffset, log.endOffset]).toEqual([400, 400]);
  expect(log.append(batchOf(["next"]))).toBe(400);
});

test("batches are found by timestamp even when time goes back and forth", () => {
  const log = new PartitionLog();
  for (const timestamp of [500, 900, 700, 1_000]) log.append(batchOf(["v"], { timestamp }));
  const found = (timestamp: number): number[] => [...log.batchesSince(timestamp)].map((batch) => readBatchHeader(batch).baseOffset);
  expect(found(600)).toEqual([1, 2, 3]);
  expect(found(901)).toEqual([3]);
  expect(found(1_001)).toEqual([]);
  expect(log.maxTimestamp).toBe(1_000);
  expect(new PartitionLog().maxTimestamp).toBe(-1);
});

test("with a log append time the batch has it and a checksum that fits", () => {
  const log = new PartitionLog();
  log.append(batchOf(["v"], { timestamp: 5 }), 12_345);
  expect(validateBatch([...log.batches()][0]!)).toMatchObject({ timestampType: "LogAppendTime", maxTimestamp: 12_345 });
  expect(log.maxTimestamp).toBe(12_345);
});
