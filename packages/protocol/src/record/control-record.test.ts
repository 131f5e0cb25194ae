import { expect, test } from "vitest";
import { endTransactionRecord, readControlRecord } from "./control-record.ts";
import { decodeRecordBatch } from "./decode-record-batch.ts";
import { encodeRecordBatch } from "./encode-record-batch.ts";

test("an end-of-transaction marker goes through a control batch", () => {
  for (const type of ["commit", "abort"] as const) {
    const records = [endTransactionRecord({ type, coordinatorEpoch: 5, timestamp: 10 })];
    const { header, records: read } = decodeRecordBatch(encodeRecordBatch({ records, isControl: true, isTransactional: true }));
    expect(header).toMatchObject({ isControl: true, isTransactional: true });
    expect(read.map(readControlRecord)).toEqual([{ type, coordinatorEpoch: 5 }]);
  }
});

test("other control records are named, and those of a newer Kafka are unknown", () => {
  const named = [2, 3, 4, 5, 6, 7, -1].map((type) => {
    const key = Buffer.alloc(4);
    key.writeInt16BE(type, 2);
    return readControlRecord({ key, value: null }).type;
  });
  expect(named).toEqual(["leader-change", "snapshot-header", "snapshot-footer", "kraft-version", "kraft-voters", "unknown", "unknown"]);
});

test("a control record without its key or value is malformed", () => {
  expect(() => readControlRecord({ key: null, value: null })).toThrow(expect.objectContaining({ code: "MALFORMED" }));
  expect(() => readControlRecord({ key: Buffer.from("00000001", "hex"), value: null })).toThrow("(commit) has no value");
});
