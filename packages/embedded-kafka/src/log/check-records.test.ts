import { gzipSync } from "node:zlib";
import { decodeRecordBatch, encodeRecordBatch, ProtocolError, type RecordInput, readBatchHeader } from "@millrace/protocol";
import fc from "fast-check";
import { expect, test } from "vitest";
import { decompressWithZlib } from "../engine/decompress-with-zlib.ts";
import { checkRecords, type RecordRules } from "./check-records.ts";
import { MalformedRecords, scanRecords } from "./scan-records.ts";

const rules: RecordRules = { earliestTimestamp: 100, latestTimestamp: 200, decompress: decompressWithZlib };
const record = (timestamp: number, key: string | null = "k"): RecordInput => ({
  timestamp,
  key: key === null ? null : Buffer.from(key),
  value: Buffer.from("v"),
});

function problemOf(batch: Buffer, changed: Partial<RecordRules> = {}) {
  return checkRecords(batch, readBatchHeader(batch), { ...rules, ...changed });
}

test("records out of time and records without a key are named, and time decides the error", () => {
  expect(problemOf(encodeRecordBatch({ records: [record(100), record(200), record(-1)] }))).toBeUndefined();
  expect(problemOf(encodeRecordBatch({ records: [record(150), record(99), record(201)] }))).toMatchObject({
    error: "INVALID_TIMESTAMP",
    records: [{ batchIndex: 1 }, { batchIndex: 2 }],
  });
  const keyless = encodeRecordBatch({ records: [record(150), record(150, null)] });
  expect(problemOf(keyless)).toBeUndefined();
  expect(problemOf(keyless, { needsKeys: true })).toMatchObject({ error: "INVALID_RECORD", records: [{ batchIndex: 1 }] });
  const both = encodeRecordBatch({ records: [record(150, null), record(9)] });
  expect(problemOf(both, { needsKeys: true })).toMatchObject({
    error: "INVALID_TIMESTAMP",
    records: [{ batchIndex: 0 }, { batchIndex: 1 }],
  });
});

test("packed records are looked at too, unless there is no function for their codec", () => {
  const packed = encodeRecordBatch({ records: [record(9)], compression: "gzip", compress: (data) => gzipSync(data) });
  expect(problemOf(packed)).toMatchObject({ error: "INVALID_TIMESTAMP" });
  const broken = encodeRecordBatch({ records: [record(150)], compression: "gzip", compress: (data) => data });
  expect(problemOf(broken)).toMatchObject({ error: "UNKNOWN_SERVER_ERROR", records: [] });
  const strange = encodeRecordBatch({ records: [record(9)], compression: "lz4", compress: (data) => data });
  expect(problemOf(strange)).toBeUndefined();
});

test("the scan takes what the decoder takes, sees the same, and fails in no other way on damaged bytes", () => {
  const bytes = fc.option(fc.uint8Array({ maxLength: 200 }), { nil: null });
  const input = fc.record({
    timestamp: fc.integer({ min: -1, max: 2 ** 45 }),
    key: bytes,
    value: bytes,
    headers: fc.array(fc.tuple(fc.string({ maxLength: 5 }), bytes), { maxLength: 3 }),
  });
  const buffer = (part: Uint8Array | null) => (part === null ? null : Buffer.from(part));
  fc.assert(
    fc.property(
      fc.array(input, { minLength: 1, maxLength: 5 }),
      fc.option(fc.tuple(fc.nat(), fc.nat(255)), { nil: undefined }),
      (inputs, damage) => {
        const records = inputs.map(({ timestamp, key, value, headers }) => ({
          timestamp,
          key: buffer(key),
          value: buffer(value),
          headers: headers.map(([name, part]) => [name, buffer(part)] as const),
        }));
        const batch = encodeRecordBatch({ records });
        const payload = batch.subarray(61);
        if (damage !== undefined) payload[damage[0] % payload.length] = damage[1];
        const seen: (readonly [number, boolean])[] = [];
        let malformed = false;
        try {
          scanRecords(payload, 0, readBatchHeader(batch), (_, timestamp, hasKey) => seen.push([timestamp, hasKey]));
        } catch (error) {
          expect(error).toBeInstanceOf(MalformedRecords);
          malformed = true;
        }
        let decoded: (readonly [number, boolean])[] | undefined;
        try {
          decoded = decodeRecordBatch(batch).records.map(({ timestamp, key }) => [timestamp, key !== null] as const);
        } catch (error) {
          if (!ProtocolError.is(error)) throw error;
        }
        // The decoder is stricter about offsets and about numbers of 32 bits; what it reads must have been taken.
        if (decoded !== undefined) expect([malformed, seen]).toEqual([false, decoded]);
        if (damage === undefined) expect(decoded).toBeDefined();
      },
    ),
    { numRuns: 500 },
  );
});
