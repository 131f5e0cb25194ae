import { expect, test } from "vitest";
import { crc32c } from "../crc32c.ts";
import { decodeRecordBatch } from "./decode-record-batch.ts";
import { encodeRecordBatch } from "./encode-record-batch.ts";
import { batchesIn, readBatchHeader } from "./record-batch-header.ts";
import { validateBatch } from "./validate-batch.ts";

const good = encodeRecordBatch({
  baseOffset: 3,
  records: [{ timestamp: 1, key: Buffer.from("k"), value: Buffer.from("v"), headers: [["h", null]] }],
});
const code = (expected: string): unknown => expect.objectContaining({ code: expected });

/** The good batch with other bytes somewhere, and a checksum that fits them. */
function patched(at: number, hex: string): Buffer {
  const batch = Buffer.from(good);
  batch.write(hex, at, "hex");
  batch.writeUInt32BE(crc32c(batch, 21), 17);
  return batch;
}

/** The good batch with other record bytes. */
function withRecordBytes(hex: string): Buffer {
  const batch = Buffer.concat([good.subarray(0, 61), Buffer.from(hex, "hex")]);
  batch.writeInt32BE(batch.length - 12, 8);
  batch.writeUInt32BE(crc32c(batch, 21), 17);
  return batch;
}

test("batches follow one another, and one that is cut off ends the iteration quietly", () => {
  const blob = Buffer.concat([good, good, good]);
  expect([...batchesIn(blob)].map(({ at }) => at)).toEqual([0, good.length, 2 * good.length]);
  for (const cut of [1, 20, good.length - 10, good.length - 1]) {
    expect([...batchesIn(blob.subarray(0, blob.length - cut))]).toHaveLength(2);
  }
  expect([...batchesIn(Buffer.alloc(0))]).toEqual([]);
});

test("older formats, unknown formats and impossible lengths are refused", () => {
  for (const magic of ["00", "01"]) {
    expect(() => [...batchesIn(patched(16, magic))]).toThrow(code("UNSUPPORTED_MAGIC"));
    expect(() => validateBatch(patched(16, magic))).toThrow(code("UNSUPPORTED_MAGIC"));
  }
  expect(() => readBatchHeader(patched(16, "03"))).toThrow(code("MALFORMED"));
  for (const length of ["00000030", "ffffffff", "80000000"]) {
    expect(() => [...batchesIn(patched(8, length))]).toThrow(code("MALFORMED"));
    expect(() => decodeRecordBatch(patched(8, length))).toThrow(code("MALFORMED"));
  }
  expect(() => validateBatch(good.subarray(0, good.length - 1))).toThrow(code("TRUNCATED"));
  expect(() => decodeRecordBatch(patched(8, "7fffffff"))).toThrow(code("TRUNCATED"));
  expect(() => readBatchHeader(good, -1)).toThrow(code("INVALID_VALUE"));
  expect(() => readBatchHeader(good, good.length + 5)).toThrow(code("TRUNCATED"));
});

test("a batch whose bytes do not match its checksum is corrupt, one with an unknown codec is not readable", () => {
  const corrupt = Buffer.from(good);
  corrupt[good.length - 1] = 9;
  expect(() => validateBatch(corrupt)).toThrow(code("CORRUPT_BATCH"));
  expect(() => validateBatch(patched(21, "0005"))).toThrow(code("COMPRESSION"));
  expect(() => decodeRecordBatch(patched(21, "0007"))).toThrow(code("COMPRESSION"));
  expect(validateBatch(good)).toMatchObject({ baseOffset: 3, recordCount: 1 });
});

test("record counts and offset deltas that cannot be true are refused", () => {
  for (const count of ["7fffffff", "ffffffff", "00000002"]) expect(() => validateBatch(patched(57, count))).toThrow(code("MALFORMED"));
  expect(() => validateBatch(patched(23, "ffffffff"))).toThrow(code("MALFORMED"));
  for (const count of ["7fffffff", "ffffffff"]) expect(() => decodeRecordBatch(patched(57, count))).toThrow(code("MALFORMED"));
  expect(() => decodeRecordBatch(patched(57, "00000000"))).toThrow("after its last record");
});

test("records whose lengths do not add up are malformed", () => {
  const hostile: Record<string, string> = {
    "7e000000026b027600": "a record of 63 bytes",
    "01000000026b027600": "a record of -1 bytes",
    "00000000000000": "an empty record",
    ffffffffff0f0000: "more than 32 bits",
    "100000007e6b027600": "63 bytes of key",
    "10000000036b027600": "-2 bytes of key",
    "10000000026b7e7600": "63 bytes of key, value",
    "12000000026b02760000": "1 bytes too many in a record",
    "10000000026b02760000": "1 bytes after its last record",
    "10000000026b027601": "-1 record headers",
    "10000000026b02767e": "63 record headers",
    "14000000026b0276027e00": "a record header whose name has 63 bytes",
    "14000000026b0276020100": "a record header whose name has -1 bytes",
    "0e000000026b0276": "a record that ends too early",
    "10000002026b027600": "a record with offset delta 1",
    "10000001026b027600": "a record with offset delta -1",
    "2200ffffffffffffffffff0300026b027600": "more than 64 bits",
  };
  for (const [hex, problem] of Object.entries(hostile)) {
    expect(() => decodeRecordBatch(withRecordBytes(hex)), problem).toThrow(
      expect.objectContaining({ code: "MALFORMED", message: expect.stringContaining(problem) }),
    );
  }
  expect(() => decodeRecordBatch(withRecordBytes("2200ffffffffffffffffff0100026b027600"))).toThrow(code("UNSAFE_INTEGER"));
  expect(decodeRecordBatch(withRecordBytes("10000000026b027600")).records).toHaveLength(1);
});

test("compressed batches need a function, and its failure is the cause of ours", () => {
  const batch = encodeRecordBatch({ records: [{ timestamp: 1, key: null, value: null }], compression: "gzip", compress: (data) => data });
  expect(() => decodeRecordBatch(batch)).toThrow('pass "decompress"');
  const cause = new Error("bad block");
  const decompress = (): Buffer => {
    throw cause;
  };
  expect(() => decodeRecordBatch(batch, 0, { decompress })).toThrow(expect.objectContaining({ code: "COMPRESSION", cause }));
});
