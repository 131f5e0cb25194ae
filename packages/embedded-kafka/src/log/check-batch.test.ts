import { crc32c, encodeRecordBatch } from "@millrace/protocol";
import { expect, test } from "vitest";
import { batchOf } from "../../test/support/batch.ts";
import { type BatchRules, checkBatch } from "./check-batch.ts";

const rules: BatchRules = { produceVersion: 9, maxMessageBytes: 10_000, latestTimestamp: 2e12, earliestTimestamp: 0 };

function errorOf(records: Buffer | null, changed: Partial<BatchRules> = {}): string | undefined {
  const checked = checkBatch(records, { ...rules, ...changed });
  return checked.accepted ? undefined : checked.error;
}

/** Changes a batch and makes its checksum fit again. */
function changed(batch: Buffer, change: (batch: Buffer) => void): Buffer {
  change(batch);
  batch.writeUInt32BE(crc32c(batch, 21, batch.length), 17);
  return batch;
}

test("a good batch is accepted, and the torn rest behind it is left out", () => {
  const batch = batchOf(["a", "b"]);
  const checked = checkBatch(Buffer.concat([batch, batch.subarray(0, 70)]), rules);
  expect(checked).toMatchObject({ accepted: true, header: { recordCount: 2 } });
  expect(checked.accepted && checked.batch.equals(batch)).toBe(true);
});

test("records that are not exactly one whole batch are invalid", () => {
  const batch = batchOf(["a"]);
  expect(errorOf(null)).toBe("INVALID_RECORD");
  expect(errorOf(Buffer.alloc(0))).toBe("INVALID_RECORD");
  expect(errorOf(batch.subarray(0, 40))).toBe("INVALID_RECORD");
  expect(errorOf(batch.subarray(0, batch.length - 1))).toBe("INVALID_RECORD");
  expect(errorOf(Buffer.concat([batch, batch]))).toBe("INVALID_RECORD");
  expect(errorOf(changed(batchOf(["a"]), (bytes) => bytes.writeInt8(1, 16)))).toBe("INVALID_RECORD");
});

test("bytes that do not fit their checksum or their own length are corrupt", () => {
  const flipped = batchOf(["a"]);
  flipped[flipped.length - 1]! ^= 1;
  expect(errorOf(flipped)).toBe("CORRUPT_MESSAGE");
  const short = batchOf(["a"]);
  short.writeInt32BE(3, 8);
  expect(errorOf(short)).toBe("CORRUPT_MESSAGE");
  expect(errorOf(changed(batchOf(["a"]), (bytes) => bytes.writeInt16BE(7, 21)))).toBe("UNKNOWN_SERVER_ERROR");
});

test("base offset, control bit, counts and sequence have to be a producer's", () => {
  expect(errorOf(batchOf(["a"], { baseOffset: 1 }))).toBe("INVALID_RECORD");
  expect(errorOf(batchOf(["a"], { isControl: true }))).toBe("INVALID_RECORD");
  expect(errorOf(batchOf(["a"], { lastOffsetDelta: 4 }))).toBe("INVALID_RECORD");
  expect(errorOf(changed(batchOf(["a"]), (bytes) => bytes.writeInt32BE(5, 57)))).toBe("INVALID_RECORD");
  expect(errorOf(batchOf(["a"], { producerId: 4, producerEpoch: 0 }))).toBe("INVALID_RECORD");
});

test("size, codec and time are the topic's and the request's to allow", () => {
  expect(errorOf(batchOf(["v".repeat(10_000)]))).toBe("MESSAGE_TOO_LARGE");
  const zstd = encodeRecordBatch({ records: [{ timestamp: 1, key: null, value: null }], compression: "zstd", compress: (data) => data });
  expect(errorOf(zstd, { produceVersion: 6 })).toBe("UNSUPPORTED_COMPRESSION_TYPE");
  expect(errorOf(zstd, { produceVersion: 7 })).toBeUndefined();
  expect(errorOf(batchOf(["a"], { timestamp: 2e12 + 1 }))).toBe("INVALID_TIMESTAMP");
  expect(errorOf(batchOf(["a"], { timestamp: 5 }), { earliestTimestamp: 6 })).toBe("INVALID_TIMESTAMP");
  expect(errorOf(batchOf(["a"], { timestamp: -1 }), { earliestTimestamp: 6 })).toBeUndefined();
});
