import { expect, test } from "vitest";
import { decodeRecordBatch } from "./decode-record-batch.ts";
import { encodeRecordBatch } from "./encode-record-batch.ts";
import { setBaseOffset, setLogAppendTime, setPartitionLeaderEpoch } from "./rewrite-batch.ts";
import { validateBatch } from "./validate-batch.ts";

const record = { timestamp: 1_000, key: null, value: Buffer.from("v") };

function twoBatches(): { readonly blob: Buffer; readonly at: number } {
  const batch = encodeRecordBatch({ records: [record, { ...record, timestamp: 2_000 }] });
  return { blob: Buffer.concat([batch, batch]), at: batch.length };
}

test("base offset and leader epoch change in place and leave the checksum valid", () => {
  const { blob, at } = twoBatches();
  setBaseOffset(blob, at, 2 ** 40 + 7);
  setPartitionLeaderEpoch(blob, at, 12);
  expect(validateBatch(blob, at)).toMatchObject({ baseOffset: 2 ** 40 + 7, partitionLeaderEpoch: 12 });
  expect(validateBatch(blob, 0)).toMatchObject({ baseOffset: 0, partitionLeaderEpoch: -1 });
  expect(decodeRecordBatch(blob, at).records.map(({ offset }) => offset)).toEqual([2 ** 40 + 7, 2 ** 40 + 8]);
});

test("the broker's time becomes the time of every record, and the checksum fits again", () => {
  const { blob, at } = twoBatches();
  setLogAppendTime(blob, at, 5_000);
  expect(validateBatch(blob, at)).toMatchObject({ timestampType: "LogAppendTime", maxTimestamp: 5_000, baseTimestamp: 1_000 });
  expect(decodeRecordBatch(blob, at).records.map(({ timestamp }) => timestamp)).toEqual([5_000, 5_000]);
  expect(validateBatch(blob, 0)).toMatchObject({ timestampType: "CreateTime", maxTimestamp: 2_000 });
});

test("a batch that is not whole, and a number that does not fit, change nothing", () => {
  const { blob, at } = twoBatches();
  const before = Buffer.from(blob);
  expect(() => setLogAppendTime(blob.subarray(0, blob.length - 1), at, 5_000)).toThrow(expect.objectContaining({ code: "TRUNCATED" }));
  expect(() => setBaseOffset(blob, blob.length - 10, 1)).toThrow(expect.objectContaining({ code: "TRUNCATED" }));
  expect(() => setBaseOffset(blob, at, 2 ** 53)).toThrow(expect.objectContaining({ code: "INVALID_VALUE" }));
  expect(() => setPartitionLeaderEpoch(blob, at, 2 ** 31)).toThrow(expect.objectContaining({ code: "INVALID_VALUE" }));
  expect(blob).toEqual(before);
});
