import { gzipSync, zstdCompressSync } from "node:zlib";
import { crc32c } from "@millrace/protocol";
import { batchOf, produceTo } from "../request-bodies.ts";
import type { Scenario } from "../scenario.ts";

const headerBytes = 61;
const codecs = { none: 0, gzip: 1, zstd: 4 } as const;
const packers = { none: (data: Buffer) => data, gzip: (data: Buffer) => gzipSync(data), zstd: (data: Buffer) => zstdCompressSync(data) };

/** A batch whose records are these bytes, under any codec. */
function withPayload(batch: Buffer, payload: Buffer, codec: number, recordCount?: number): Buffer {
  const copy = Buffer.concat([batch.subarray(0, headerBytes), payload]);
  copy.writeInt32BE(copy.length - 12, 8);
  copy.writeInt16BE(codec, 21);
  if (recordCount !== undefined) {
    copy.writeInt32BE(recordCount, 57);
    copy.writeInt32BE(recordCount - 1, 23);
  }
  copy.writeUInt32BE(crc32c(copy, 21), 17);
  return copy;
}

export const recordValidationScenarios: readonly Scenario[] = [
  {
    name: "records that are not what their batch says are refused, packed or not",
    cases: [19],
    shows: ["INVALID_RECORD", "UNKNOWN_SERVER_ERROR"],
    async run(stage) {
      const topic = await stage.topic("malformed");
      const good = batchOf(stage.baseTime, ["a", "b"]);
      const records = good.subarray(headerBytes);
      const with4Bytes = Buffer.concat([records, Buffer.from([1, 2, 3, 4])]);
      const brokenKey = Buffer.from(records);
      // The length of the first key.
      brokenKey[4] = 0x7e;
      const brokenHeaders = Buffer.from(records);
      brokenHeaders[brokenHeaders.length - 1] = 0x04;
      const noHeaders = Buffer.from(records);
      noHeaders[noHeaders.length - 1] = 0x01;
      const brokenSize = Buffer.from(records);
      brokenSize[0] = 0x7e;
      for (const codec of ["none", "gzip", "zstd"] as const) {
        const payloads: readonly (readonly [string, Buffer, number?])[] = [
          ["as they should be", records],
          ["one too few", records, 3],
          ["one too many", records, 1],
          ["with bytes behind them", with4Bytes],
          ["a key that is too long", brokenKey],
          ["headers that are not there", brokenHeaders],
          ["a negative number of headers", noHeaders],
          // Inside of what is packed Kafka does not compare a record's length with what it reads.
          ...(codec === "none" ? ([["a record that is too long", brokenSize]] as const) : []),
          ["no bytes", Buffer.alloc(0)],
        ];
        for (const [label, payload, count] of payloads) {
          const batch = withPayload(good, packers[codec](payload), codecs[codec], count);
          await stage.askAlone(`${codec}: ${label}`, "Produce", 9, produceTo(topic, [{ records: batch }]));
        }
      }
      for (const [codec, number] of Object.entries(codecs)) {
        if (number === 0) continue;
        await stage.askAlone(`${codec} that is none`, "Produce", 9, produceTo(topic, [{ records: withPayload(good, records, number) }]));
        const cut = packers[codec as keyof typeof packers](Buffer.concat(Array<Buffer>(50).fill(records)));
        const torn = withPayload(good, cut.subarray(0, cut.length - 9), number, 100);
        await stage.askAlone(`${codec} that is torn`, "Produce", 9, produceTo(topic, [{ records: torn }]));
      }
    },
  },
  {
    name: "records without a key do not go into a compacted topic",
    cases: [27],
    shows: ["INVALID_RECORD", '"batchIndex":1', "INVALID_TIMESTAMP"],
    async run(stage) {
      const topic = await stage.topic("keys", { configs: { "cleanup.policy": "compact", "message.timestamp.after.max.ms": "1000" } });
      const both = await stage.topic("keys-both", { configs: { "cleanup.policy": "compact,delete" } });
      const keyless = batchOf(stage.baseTime, ["a", "b", "c", "d"], { keyless: [1, 3] });
      const packed = batchOf(stage.baseTime, ["a", "b"], { keyless: [1], compression: "gzip", compress: (data) => gzipSync(data) });
      const day = 86_400_000;
      const tooNew = batchOf(stage.baseTime, ["a", "b", "c"], { keyless: [1], timestamps: [day, 1, 2] });
      for (const version of [3, 7, 8, 12]) {
        await stage.ask("some without a key", "Produce", version, produceTo(topic, [{ records: keyless }]));
        await stage.ask("packed", "Produce", version, produceTo(topic, [{ records: packed }]));
        await stage.ask("compacted and deleted", "Produce", version, produceTo(both, [{ records: keyless }]));
        await stage.ask("another one too new", "Produce", version, produceTo(topic, [{ records: tooNew }]));
        await stage.ask("all with a key", "Produce", version, produceTo(topic, [{ records: batchOf(stage.baseTime, ["a", null]) }]));
      }
    },
  },
];
