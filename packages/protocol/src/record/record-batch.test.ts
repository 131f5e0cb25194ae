import fc from "fast-check";
import { expect, test } from "vitest";
import { decodeRecordBatch } from "./decode-record-batch.ts";
import { encodeRecordBatch } from "./encode-record-batch.ts";
import type { RecordInput } from "./kafka-record.ts";
import { validateBatch } from "./validate-batch.ts";

const bytes = fc.option(
  fc.uint8Array({ maxLength: 200 }).map((content) => Buffer.from(content)),
  { nil: null },
);
const timestamp = fc.oneof(fc.integer({ min: 1_600_000_000_000, max: 1_800_000_000_000 }), fc.integer({ min: -1, max: 2 ** 52 }));
const record: fc.Arbitrary<RecordInput> = fc.record({
  timestamp,
  key: bytes,
  value: bytes,
  headers: fc.array(fc.tuple(fc.string({ unit: "grapheme", maxLength: 20 }), bytes), { maxLength: 4 }),
});

test("any batch is valid and gives back its records, compressed or not", () => {
  const batch = fc.record({
    records: fc.array(record, { minLength: 1, maxLength: 20 }),
    gaps: fc.array(fc.integer({ min: 1, max: 100_000 }), { minLength: 20, maxLength: 20 }),
    baseOffset: fc.nat({ max: 2 ** 52 }),
    partitionLeaderEpoch: fc.integer(),
    producerId: fc.integer({ min: -1, max: Number.MAX_SAFE_INTEGER }),
    producerEpoch: fc.integer({ min: -1, max: 0x7fff }),
    baseSequence: fc.integer({ min: -1, max: 0x7fffffff }),
    isTransactional: fc.boolean(),
    isControl: fc.boolean(),
  });
  const flip = (data: Buffer): Buffer => Buffer.from(data.map((byte) => byte ^ 0x55));
  fc.assert(
    fc.property(batch, fc.constantFrom("none", "zstd"), ({ records, gaps, ...fields }, compression) => {
      let offset = fields.baseOffset - 1;
      const placed = records.map((one, index) => {
        offset += Number(gaps[index]);
        return { ...one, offset };
      });
      const encoded = encodeRecordBatch({ ...fields, records: placed, compression, compress: flip });
      expect(validateBatch(encoded)).toMatchObject({ ...fields, compression, recordCount: records.length });
      expect(decodeRecordBatch(encoded, 0, { decompress: flip }).records).toEqual(placed);
    }),
  );
});

test("offsets are dense where they are left out", () => {
  const one = { timestamp: 1, key: null, value: Buffer.from("v") };
  const { header, records } = decodeRecordBatch(encodeRecordBatch({ baseOffset: 10, records: [one, { ...one, offset: 15 }, one] }));
  expect(records.map(({ offset }) => offset)).toEqual([10, 15, 16]);
  expect(header.lastOffsetDelta).toBe(6);
  expect(records[0]?.headers).toEqual([]);
});

test("records are slices of the batch", () => {
  const encoded = encodeRecordBatch({ records: [{ timestamp: 1, key: Buffer.from("k"), value: Buffer.from("v") }] });
  const [first] = decodeRecordBatch(encoded).records;
  expect(first?.value?.buffer).toBe(encoded.buffer);
});

test("a batch can stay behind without records when compaction took them all", () => {
  const encoded = encodeRecordBatch({ baseOffset: 5, records: [], lastOffsetDelta: 3, producerId: 9, baseSequence: 4, producerEpoch: 0 });
  expect(validateBatch(encoded)).toMatchObject({ baseOffset: 5, lastOffsetDelta: 3, recordCount: 0, producerId: 9, maxTimestamp: -1 });
  expect(decodeRecordBatch(encoded).records).toEqual([]);
});

test("what cannot be a batch is refused", () => {
  const one = { timestamp: 1, key: null, value: null };
  const refuse = (input: Parameters<typeof encodeRecordBatch>[0], code = "INVALID_VALUE"): void => {
    expect(() => encodeRecordBatch(input)).toThrow(expect.objectContaining({ code }));
  };
  refuse({ records: [] });
  refuse({ records: [one, { ...one, offset: 0 }] });
  refuse({ records: [{ ...one, offset: 5 }], baseOffset: 6 });
  refuse({ records: [{ ...one, offset: 2 ** 31 }] });
  refuse({ records: [{ ...one, timestamp: 0.5 }] });
  refuse({ records: [{ ...one, timestamp: Number.NaN }] });
  refuse({ records: [one, one], lastOffsetDelta: 0 });
  refuse({ records: [one], baseOffset: 2 ** 53 });
  refuse({ records: [one], producerEpoch: 40_000 });
  refuse({ records: [one], baseSequence: 2 ** 31 });
  refuse({ records: [one], partitionLeaderEpoch: 0.5 });
  refuse({ records: [one], compression: "lz4" }, "COMPRESSION");
});
