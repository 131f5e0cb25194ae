import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import {
  type CompressionType,
  decodeRecordBatch,
  encodeRecordBatch,
  type RecordBatchHeader,
  readControlRecord,
  type TimestampType,
  validateBatch,
} from "../src/index.ts";

interface GoldenBatch {
  readonly name: string;
  readonly header: Pick<RecordBatchHeader, "baseOffset" | "producerId" | "recordCount"> & {
    compression: CompressionType;
    timestampType: TimestampType;
  };
  readonly records: readonly {
    readonly offset: number;
    readonly timestamp: number;
    readonly key: string | null;
    readonly value: string | null;
    readonly headers: readonly [string, string | null][];
  }[];
  readonly bytes: string;
}

const golden = JSON.parse(readFileSync(new URL("./golden/record-batches.json", import.meta.url), "utf8")) as GoldenBatch[];

function fromHex(hex: string | null): Buffer | null {
  return hex === null ? null : Buffer.from(hex, "hex");
}

for (const batch of golden) {
  const bytes = Buffer.from(batch.bytes, "hex");
  const records = batch.records.map((record) => ({
    ...record,
    key: fromHex(record.key),
    value: fromHex(record.value),
    headers: record.headers.map(([name, value]) => [name, fromHex(value)] as const),
  }));

  test(`a batch with ${batch.name}, written by Kafka's own classes, is valid and read as Kafka reads it`, () => {
    expect(validateBatch(bytes)).toMatchObject(batch.header);
    const decoded = decodeRecordBatch(bytes, 0, { decompress: (data) => gunzipSync(data) });
    expect(decoded.header).toMatchObject(batch.header);
    expect(decoded.records).toEqual(records);
  });

  // Deflate may choose other bytes for the same records, and a batch with the broker's time no longer knows its records' own.
  if (batch.header.compression === "none" && batch.header.timestampType === "CreateTime") {
    test(`a batch with ${batch.name} is written byte for byte as Kafka's own classes write it`, () => {
      const { compression: _compression, ...header } = batch.header;
      expect(encodeRecordBatch({ ...header, records }).toString("hex")).toBe(batch.bytes);
    });
  }
}

test("end-of-transaction markers written by Kafka's own classes are understood", () => {
  const markers = golden.filter(({ name }) => name.endsWith("marker"));
  const read = markers.map(({ bytes }) => decodeRecordBatch(Buffer.from(bytes, "hex")).records.map(readControlRecord));
  expect(read).toEqual([[{ type: "commit", coordinatorEpoch: 21 }], [{ type: "abort", coordinatorEpoch: 22 }]]);
});
