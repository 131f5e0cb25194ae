import { createCodec } from "@millrace/compression";
import { encodeRecordBatch, endTransactionRecord, type RecordBatchInput } from "@millrace/protocol";
import { expect, test } from "vitest";
import { FetchDecoder } from "./decode-fetched.ts";

const record = (value: string) => ({ timestamp: 1_000, key: null, value: Buffer.from(value) });
const batch = (baseOffset: number, values: readonly string[], more: Partial<RecordBatchInput> = {}): Buffer =>
  encodeRecordBatch({ baseOffset, records: values.map(record), ...more });
const marker = (baseOffset: number, type: "abort" | "commit", producerId: number): Buffer =>
  encodeRecordBatch({
    baseOffset,
    records: [endTransactionRecord({ type, coordinatorEpoch: 0, timestamp: 1_000 })],
    isControl: true,
    isTransactional: true,
    producerId,
    producerEpoch: 0,
  });

const decode = (
  records: readonly Buffer[],
  options: { fetchOffset?: number; aborted?: readonly { producerId: number; firstOffset: number }[] } = {},
) => {
  const { fetchOffset = 0, aborted = null } = options;
  const bytes = records.length === 0 ? null : Buffer.concat(records);
  const fetched = new FetchDecoder().decode({
    topic: "t",
    partition: 1,
    fetchOffset,
    highWatermark: 99,
    records: bytes,
    abortedTransactions: aborted,
  });
  return { values: fetched.records.map(({ offset, value }) => `${offset}:${String(value)}`), nextOffset: fetched.nextOffset, fetched };
};

test("records come with topic, partition, offset, headers and the epoch of their leader", () => {
  const headers = [
    ["a", Buffer.from("1")],
    ["b", null],
    ["a", Buffer.from("2")],
  ] as const;
  const bytes = encodeRecordBatch({ baseOffset: 5, partitionLeaderEpoch: 7, records: [{ ...record("x"), headers }] });
  const { fetched } = decode([bytes], { fetchOffset: 5 });
  expect(fetched).toEqual({
    topic: "t",
    partition: 1,
    fetchOffset: 5,
    nextOffset: 6,
    highWatermark: 99,
    records: [{ topic: "t", partition: 1, offset: 5, timestamp: 1_000, key: null, value: Buffer.from("x"), headers, leaderEpoch: 7 }],
  });
});

test("nothing moves the position when nothing came", () => {
  expect(decode([], { fetchOffset: 7 })).toMatchObject({ values: [], nextOffset: 7 });
});

test("records below the offset asked for are left out", () => {
  expect(decode([batch(0, ["a", "b", "c"])], { fetchOffset: 2 })).toMatchObject({ values: ["2:c"], nextOffset: 3 });
});

test("a whole batch below the offset asked for never moves the position back", () => {
  expect(decode([batch(0, ["a"])], { fetchOffset: 4 })).toMatchObject({ values: [], nextOffset: 4 });
});

test("a batch that compaction cut short moves the position past its end", () => {
  expect(decode([batch(0, ["a"], { lastOffsetDelta: 9 })])).toMatchObject({ values: ["0:a"], nextOffset: 10 });
});

test("a batch that compaction emptied moves the position and not to the high watermark", () => {
  expect(decode([encodeRecordBatch({ baseOffset: 0, records: [], lastOffsetDelta: 4 })])).toMatchObject({ values: [], nextOffset: 5 });
});

test("a batch that the size limit cut off is left for the next fetch", () => {
  const second = batch(1, ["b"]);
  expect(decode([batch(0, ["a"]), second.subarray(0, second.length - 3)])).toMatchObject({ values: ["0:a"], nextOffset: 1 });
});

test("an aborted transaction is left out and the committed one after it by the same producer is not", () => {
  const transactional = { isTransactional: true, producerId: 7, producerEpoch: 0, baseSequence: 0 };
  const bytes = [
    batch(0, ["aborted"], transactional),
    batch(1, ["plain"]),
    marker(2, "abort", 7),
    batch(3, ["kept"], transactional),
    marker(4, "commit", 7),
  ];
  expect(decode(bytes, { aborted: [{ producerId: 7, firstOffset: 0 }] })).toMatchObject({ values: ["1:plain", "3:kept"], nextOffset: 5 });
});

test("what another producer wrote beside an aborted transaction is kept", () => {
  const of = (producerId: number) => ({ isTransactional: true, producerId, producerEpoch: 0, baseSequence: 0 });
  const bytes = [batch(0, ["a"], of(1)), batch(1, ["b"], of(2)), marker(2, "commit", 2), marker(3, "abort", 1)];
  const aborted = [
    { producerId: 9, firstOffset: 50 },
    { producerId: 1, firstOffset: 0 },
  ];
  expect(decode(bytes, { aborted })).toMatchObject({ values: ["1:b"], nextOffset: 4 });
});

test("control records are never data, without any aborted transaction too", () => {
  expect(decode([marker(0, "commit", 3)])).toMatchObject({ values: [], nextOffset: 1 });
});

test("a batch whose bytes are not those that were sent is an error, not data", () => {
  const bytes = batch(0, ["abc"]);
  bytes[bytes.length - 2] = 0x21;
  expect(() => decode([bytes])).toThrow(/checksum/);
});

test.each(["gzip", "snappy", "lz4", "zstd"] as const)("batches compressed with %s are read", (compression) => {
  const codec = createCodec(compression);
  const compressed = batch(0, ["a", "b"], { compression, compress: (data) => codec.compress(data) });
  expect(decode([compressed, batch(2, ["c"])])).toMatchObject({ values: ["0:a", "1:b", "2:c"], nextOffset: 3 });
});
