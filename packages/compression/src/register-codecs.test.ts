import { createRequire } from "node:module";
import { gunzipSync } from "node:zlib";
import { CompressionCodecs, CompressionTypes } from "kafkajs";
import { afterEach, expect, test } from "vitest";
import { createCodec } from "./codec.ts";
import { type CodecRegistration, registerCodecs } from "./register-codecs.ts";

// kafkajs's own record batch, to go the whole way that a message goes without a broker.
const require = createRequire(import.meta.url);
const { RecordBatch } = require("kafkajs/src/protocol/recordBatch/v0") as {
  readonly RecordBatch: (options: object) => Promise<{ readonly buffer: Buffer }>;
};
const KafkaRecord = require("kafkajs/src/protocol/recordBatch/record/v0") as (options: object) => unknown;
const Decoder = require("kafkajs/src/protocol/decoder") as new (buffer: Buffer) => object;
const decodeBatch = require("kafkajs/src/protocol/recordBatch/v0/decoder") as (
  decoder: object,
) => Promise<{ readonly records: readonly { readonly value: Buffer }[] }>;

let registration: CodecRegistration | undefined;

afterEach(() => {
  registration?.undo();
  registration = undefined;
});

async function throughKafkaJs(compression: number): Promise<string> {
  const value = Buffer.alloc(3000, "a value, ");
  const record = KafkaRecord({ offsetDelta: 0, timestampDelta: 0, key: null, value, headers: {} });
  const batch = await RecordBatch({
    compression,
    firstTimestamp: 0,
    maxTimestamp: 0,
    producerId: -1,
    producerEpoch: 0,
    lastOffsetDelta: 0,
    records: [record],
  });
  // What the decoder expects has its offset and length already read.
  expect(batch.buffer.length).toBeLessThan(1000);
  const { records } = await decodeBatch(new Decoder(batch.buffer));
  return records[0]?.value.equals(value) === true ? "same" : "different";
}

test("kafkajs writes and reads batches with every codec that was registered", async () => {
  registration = registerCodecs(CompressionCodecs);
  expect(registration.registered).toEqual(["snappy", "lz4", "zstd"]);
  expect(registration.skipped).toEqual(["gzip"]);
  for (const type of [CompressionTypes.GZIP, CompressionTypes.Snappy, CompressionTypes.LZ4, CompressionTypes.ZSTD]) {
    expect(await throughKafkaJs(type)).toBe("same");
  }
});

test("undo puts kafkajs back as it was, once", async () => {
  const before = { ...CompressionCodecs };
  const first = registerCodecs(CompressionCodecs, { overwrite: true });
  expect(first.registered).toEqual(["gzip", "snappy", "lz4", "zstd"]);
  first.undo();
  expect({ ...CompressionCodecs }).toEqual(before);
  await expect(throughKafkaJs(CompressionTypes.Snappy)).rejects.toThrow("Snappy compression not implemented");
  registration = registerCodecs(CompressionCodecs);
  first.undo();
  expect(await throughKafkaJs(CompressionTypes.Snappy)).toBe("same");
});

test("codecs of others are left alone unless overwrite says otherwise, and undo never removes what came later", () => {
  const theirs = (): object => ({});
  const broken = (): never => {
    throw new Error("their package is not installed");
  };
  const codecs: Record<number, unknown> = { 2: theirs, 3: broken };
  const first = registerCodecs(codecs);
  expect([first.registered, first.skipped]).toEqual([
    ["gzip", "zstd"],
    ["snappy", "lz4"],
  ]);
  const second = registerCodecs(codecs, { overwrite: true });
  expect(second.skipped).toEqual([]);
  codecs[4] = theirs;
  second.undo();
  expect([codecs[2], codecs[3], codecs[4]]).toEqual([theirs, broken, theirs]);
  first.undo();
  expect(codecs).toEqual({ 2: theirs, 3: broken, 4: theirs });
});

test("levels and limits reach the codecs, and one object serves all batches", async () => {
  interface Adapter {
    compress(encoder: { readonly buffer: Buffer }): Promise<Buffer>;
    decompress(buffer: Buffer): Promise<Buffer>;
  }
  const codecs: Record<number, () => Adapter> = {};
  registerCodecs(codecs, { levels: { gzip: 9, zstd: 1, lz4: 0 }, maxOutputBytes: 1000 });
  const gzip = codecs[1] as () => Adapter;
  expect(gzip()).toBe(gzip());
  const data = Buffer.alloc(2000, "abc");
  const compressed = await gzip().compress({ buffer: data });
  expect(compressed.equals(createCodec("gzip", { level: 9 }).compress(data))).toBe(true);
  expect(gunzipSync(compressed).equals(data)).toBe(true);
  await expect(gzip().decompress(compressed)).rejects.toMatchObject({ code: "COMPRESSION_TOO_LARGE" });
});

test("a bad level registers nothing", () => {
  const codecs = {};
  expect(() => registerCodecs(codecs, { levels: { zstd: 99 } })).toThrow("codec zstd: level must be");
  expect(codecs).toEqual({});
});
