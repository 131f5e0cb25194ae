import { gunzipSync, gzipSync } from "node:zlib";
import {
  batchesIn,
  decodeRecordBatch,
  encodeRecordBatch,
  endTransactionRecord,
  ProtocolError,
  readBatchHeader,
  validateBatch,
} from "@millrace/protocol";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type CompactionRules, compactBatches } from "./compact-batches.ts";
import { LogMemory } from "./log-memory.ts";
import { PartitionLog } from "./partition-log.ts";

const rules: CompactionRules = {
  nowMs: 1_000,
  deleteRetentionMs: 500,
  decompress: (data) => gunzipSync(data),
  compress: (data) => gzipSync(data),
  isAborted: () => false,
  isLastOfProducer: () => false,
  isOnlyMarkOfProducer: () => false,
  transactionGone: () => {},
};

type Entry = readonly [key: string | null, value: string | null];

function logOf(...batches: (readonly Entry[])[]): Buffer[] {
  let baseOffset = 0;
  return batches.map((entries) => {
    const batch = encodeRecordBatch({ baseOffset, records: entries.map(([key, value]) => recordOf(key, value)) });
    baseOffset += entries.length;
    return batch;
  });
}

function recordOf(key: string | null, value: string | null, timestamp = 7) {
  return { timestamp, key: key === null ? null : Buffer.from(key), value: value === null ? null : Buffer.from(value) };
}

/** `offset:key=value` of every record. */
function shown(batches: readonly Buffer[], decompress = rules.decompress): string[] {
  return batches.flatMap((batch) =>
    decodeRecordBatch(batch, 0, { decompress }).records.map(
      ({ offset, key, value }) => `${offset}:${key?.toString()}=${value?.toString()}`,
    ),
  );
}

test("the latest record of each key stays where it was; batches keep their base and last offset", () => {
  const before = logOf(
    [
      ["a", "1"],
      ["b", "1"],
      ["c", "1"],
    ],
    [["a", "2"]],
    [
      ["b", "2"],
      ["d", "1"],
    ],
  );
  const after = compactBatches(before, rules);
  expect(shown(after)).toEqual(["2:c=1", "3:a=2", "4:b=2", "5:d=1"]);
  expect(after.map((batch) => validateBatch(batch))).toMatchObject([
    { baseOffset: 0, lastOffsetDelta: 2, recordCount: 1 },
    { baseOffset: 3, lastOffsetDelta: 0 },
    { baseOffset: 4, lastOffsetDelta: 1 },
  ]);
  // What has not changed is not written again.
  expect(after[1]).toBe(before[1]);
});

test("a tombstone stays for its time after it was first seen, and then goes", () => {
  const first = compactBatches(
    logOf([
      ["a", "1"],
      ["a", null],
      ["b", "1"],
    ]),
    rules,
  );
  expect(shown(first)).toEqual(["1:a=undefined", "2:b=1"]);
  expect(validateBatch(first[0]!)).toMatchObject({ hasDeleteHorizon: true, baseTimestamp: 1_500, maxTimestamp: 7 });
  expect(decodeRecordBatch(first[0]!).records.map(({ timestamp }) => timestamp)).toEqual([7, 7]);
  expect(shown(compactBatches(first, { ...rules, nowMs: 1_499 }))).toEqual(["1:a=undefined", "2:b=1"]);
  expect(shown(compactBatches(first, { ...rules, nowMs: 1_500 }))).toEqual(["2:b=1"]);
});

test("the last batch, and the last of a producer, stay without records", () => {
  const old = encodeRecordBatch({ records: [recordOf("a", "1")], producerId: 4, producerEpoch: 2, baseSequence: 9 });
  const gone = compactBatches(
    [old, ...logOf([["x", "1"]]).slice(1), encodeRecordBatch({ baseOffset: 1, records: [recordOf("a", "2")] })],
    rules,
  );
  expect(shown(gone)).toEqual(["1:a=2"]);
  const kept = compactBatches([old, encodeRecordBatch({ baseOffset: 1, records: [recordOf("a", "2")] })], {
    ...rules,
    isLastOfProducer: (producerId, baseOffset) => producerId === 4 && baseOffset === 0,
  });
  expect(validateBatch(kept[0]!)).toMatchObject({
    recordCount: 0,
    producerId: 4,
    producerEpoch: 2,
    baseSequence: 9,
    lastOffsetDelta: 0,
    maxTimestamp: 7,
  });
  const last = compactBatches(logOf([["a", "1"]], [[null, "no key"]]), rules);
  expect(last.map((batch) => readBatchHeader(batch).recordCount)).toEqual([1, 0]);
  expect(compactBatches(last, rules)).toEqual(last);
});

test("a marker stays as long as there is a batch of its transaction, and then for its time", () => {
  const by = (producerId: number) => ({ producerId, producerEpoch: 0, isTransactional: true });
  const marker = { isControl: true, records: [endTransactionRecord({ type: "commit", coordinatorEpoch: 0, timestamp: 7 })] };
  const batches = [
    encodeRecordBatch({ ...by(1), baseSequence: 0, records: [recordOf("a", "1")] }),
    encodeRecordBatch({ ...by(2), baseOffset: 1, baseSequence: 0, records: [recordOf("b", "1")] }),
    encodeRecordBatch({ ...by(1), ...marker, baseOffset: 2 }),
    encodeRecordBatch({ ...by(2), ...marker, baseOffset: 3 }),
    encodeRecordBatch({ baseOffset: 4, records: [recordOf("a", "2")] }),
  ];
  const gone: number[] = [];
  const pass = (before: readonly Buffer[], nowMs: number, more: Partial<CompactionRules> = {}) =>
    compactBatches(before, { ...rules, nowMs, transactionGone: (offset) => gone.push(offset), ...more });
  const offsets = (after: readonly Buffer[]) => after.map((batch) => readBatchHeader(batch).baseOffset);
  const first = pass(batches, 1_000);
  expect(offsets(first)).toEqual([1, 2, 3, 4]);
  expect(gone).toEqual([]);
  const second = pass(first, 1_000);
  expect(gone).toEqual([2]);
  expect(validateBatch(second[1]!)).toMatchObject({ baseOffset: 2, isControl: true, hasDeleteHorizon: true, baseTimestamp: 1_500 });
  expect(decodeRecordBatch(second[1]!).records).toEqual(decodeRecordBatch(batches[2]!).records);
  expect(pass(second, 1_499)).toEqual(second);
  expect(offsets(pass(second, 1_500))).toEqual([1, 3, 4]);
  const needed = pass(second, 1_500, { isOnlyMarkOfProducer: (producerId, epoch) => producerId === 1 && epoch === 0 });
  expect(validateBatch(needed[1]!)).toMatchObject({ baseOffset: 2, isControl: true, recordCount: 0 });
  expect(pass(needed, 9_000, { isOnlyMarkOfProducer: () => true })).toEqual(needed);
  expect(offsets(pass(needed, 9_000))).toEqual([1, 3, 4]);
});

test("what was aborted goes and does not count, and its marker stays as it is", () => {
  const transactional = { producerId: 1, producerEpoch: 0, isTransactional: true };
  const batches = [
    encodeRecordBatch({ records: [recordOf("a", "1")] }),
    encodeRecordBatch({ ...transactional, baseOffset: 1, baseSequence: 0, records: [recordOf("a", "aborted")] }),
    encodeRecordBatch({ ...transactional, baseOffset: 2, isControl: true, records: [recordOf("x", "y")] }),
  ];
  const after = compactBatches(batches, { ...rules, isAborted: (producerId, offset) => producerId === 1 && offset === 1 });
  expect(after.map((batch) => readBatchHeader(batch).baseOffset)).toEqual([0, 2]);
  expect(after[1]).toBe(batches[2]);
});

test("what cannot be unpacked stays, what cannot be packed again is left unpacked", () => {
  const packed = encodeRecordBatch({
    records: [recordOf("a", "1"), recordOf("b", "1")],
    compression: "gzip",
    compress: rules.compress as never,
  });
  const newer = encodeRecordBatch({ baseOffset: 2, records: [recordOf("a", "2")] });
  const refuse = () => {
    throw new ProtocolError("COMPRESSION", "no codec");
  };
  expect(compactBatches([packed, newer], { ...rules, decompress: refuse })).toEqual([packed, newer]);
  expect(validateBatch(compactBatches([packed, newer], { ...rules, compress: refuse })[0]!).compression).toBe("none");
  const again = compactBatches([packed, newer], rules);
  expect(validateBatch(again[0]!).compression).toBe("gzip");
  expect(shown(again)).toEqual(["1:b=1", "2:a=2"]);
});

test("a compacted log holds what a naive model holds, and a read from any offset gives what is at or above it", () => {
  const entry = fc.tuple(fc.constantFrom("a", "b", "c", "d", "e"), fc.option(fc.string({ maxLength: 300 }), { freq: 4, nil: null }));
  const step = fc.oneof(
    { weight: 6, arbitrary: fc.record({ append: fc.array(entry, { minLength: 1, maxLength: 5 }), gzip: fc.boolean() }) },
    { weight: 1, arbitrary: fc.record({ compactAfterMs: fc.nat(400) }) },
    { weight: 1, arbitrary: fc.constant("roll" as const) },
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 50 }), fc.integer({ min: 200, max: 2_000 }), (steps, segmentBytes) => {
      const memory = new LogMemory();
      const log = new PartitionLog(memory);
      let nowMs = 1_000;
      let model: { offset: number; key: string; value: string | null; horizon?: number }[] = [];
      for (const one of steps) {
        if (one === "roll") log.roll();
        else if ("append" in one) {
          const records = one.append.map(([key, value]) => recordOf(key, value, nowMs));
          const batch = encodeRecordBatch({ records, ...(one.gzip && { compression: "gzip", compress: (data) => gzipSync(data) }) });
          log.rollIfDue(batch, { nowMs, segmentBytes, segmentMs: 1e9 });
          const base = log.append(batch);
          model.push(...one.append.map(([key, value], index) => ({ offset: base + index, key, value })));
        } else {
          nowMs += one.compactAfterMs;
          const part = log.cleanable(nowMs, 0);
          const last = part.batches.at(-1);
          const until = last === undefined ? 0 : readBatchHeader(last).baseOffset + readBatchHeader(last).lastOffsetDelta + 1;
          log.replaceCleanable(part, compactBatches(part.batches, { ...rules, nowMs }));
          const latest = new Map(model.filter(({ offset }) => offset < until).map(({ key, offset }) => [key, offset]));
          const expired = (horizon: number | undefined) => horizon !== undefined && nowMs >= horizon;
          model = model.filter(
            ({ offset, key, value, horizon }) => offset >= until || (latest.get(key) === offset && (value !== null || !expired(horizon))),
          );
          model = model.map((record) =>
            record.offset < until && record.value === null
              ? { ...record, horizon: record.horizon ?? nowMs + rules.deleteRetentionMs }
              : record,
          );
        }
      }
      for (let offset = 0; offset <= log.endOffset; offset++) {
        const read = log.read(offset, { untilOffset: log.endOffset, maxBytes: 1e9, atLeastOne: true }).slices;
        const batches = read.flatMap((slice) => [...batchesIn(slice)].map(({ at, sizeBytes }) => slice.subarray(at, at + sizeBytes)));
        const found = batches.flatMap((batch) => decodeRecordBatch(batch, 0, { decompress: rules.decompress }).records);
        expect(
          found
            .filter((record) => record.offset >= offset)
            .map((record) => [record.offset, record.key?.toString(), record.value?.toString() ?? null]),
        ).toEqual(model.filter((record) => record.offset >= offset).map((record) => [record.offset, record.key, record.value]));
      }
      for (const batch of log.batches()) validateBatch(batch);
      expect(memory.usedBytes).toBeGreaterThanOrEqual(log.sizeBytes);
    }),
    { numRuns: 150 },
  );
});
