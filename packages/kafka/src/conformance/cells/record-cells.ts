import { strict as assert } from "node:assert";
import type { CapabilityName } from "../../capability-table.ts";
import type { ProducerOptions } from "../../producer/producer-options.ts";
import type { Headers } from "../../record.ts";
import type { CellContext } from "../cell-context.ts";
import type { ConformanceCell } from "../conformance-cell.ts";

async function headersComeBack({ kafka, topic, consume }: CellContext, headers: Headers): Promise<void> {
  const name = await topic();
  await kafka.producer().sendRaw({ topic: name, key: null, value: Buffer.from("v"), headers });
  const reader = await consume(name);
  await reader.hasRecords(1);
  assert.deepEqual(reader.records[0]!.headers, headers);
}

/** What a record may hold. */
export const recordCells: readonly ConformanceCell[] = [
  {
    name: "values of 900 KB, empty ones and empty keys stay what they are; empty is not null",
    requires: ["produce", "consumer-groups"],
    async run({ kafka, topic, consume }) {
      const name = await topic();
      const producer = kafka.producer();
      const large = Buffer.alloc(900 * 1024, "0123456789abcdef");
      const empty = Buffer.alloc(0);
      await producer.sendRaw({ topic: name, key: empty, value: large });
      await producer.sendRaw({ topic: name, key: empty, value: empty });
      await producer.sendRaw({ topic: name, key: null, value: large });
      const reader = await consume(name);
      await reader.hasRecords(3);
      assert.deepEqual(
        reader.records.map(({ key, value }) => [key?.length ?? null, value?.length ?? null]),
        [
          [0, large.length],
          [0, 0],
          [null, large.length],
        ],
      );
      assert.ok(reader.records[2]!.value!.equals(large));
    },
  },
  {
    name: "tombstones are null values, with their keys",
    requires: ["produce", "consumer-groups"],
    async run({ kafka, topic, consume }) {
      const name = await topic();
      await kafka.producer().sendRaw({ topic: name, key: Buffer.from("gone"), value: null });
      const reader = await consume(name);
      await reader.hasRecords(1);
      assert.equal(reader.records[0]!.value, null);
      assert.deepEqual(reader.records[0]!.key, Buffer.from("gone"));
    },
  },
  {
    name: "headers keep their order and their bytes, empty and binary ones too",
    requires: ["produce", "consumer-groups"],
    run: (context) =>
      headersComeBack(context, [
        ["z", Buffer.from("last letter first")],
        ["a", Buffer.from([0, 255, 128, 10])],
        ["empty", Buffer.alloc(0)],
        ["größe", Buffer.from("ümlaut 😀")],
      ]),
  },
  {
    name: "header names may repeat, interleaved with others",
    requires: ["produce", "consumer-groups", "repeated-header-names"],
    run: (context) =>
      headersComeBack(context, [
        ["hop", Buffer.from("1")],
        ["other", Buffer.from("x")],
        ["hop", Buffer.from("2")],
        ["hop", Buffer.from("1")],
      ]),
  },
  {
    name: "header values may be null",
    requires: ["produce", "consumer-groups", "null-header-values"],
    run: (context) =>
      headersComeBack(context, [
        ["nothing", null],
        ["something", Buffer.from("x")],
      ]),
  },
  ...(["gzip", "snappy", "lz4", "zstd"] as const).map(compressionCell),
];

function compressionCell(compression: NonNullable<ProducerOptions["compression"]>): ConformanceCell {
  return {
    name: `${compression}: batches are written and read, beside uncompressed ones`,
    requires: ["produce", "consumer-groups", `compression-${compression}` as CapabilityName],
    demand: (kafka) => kafka.producer({ compression }),
    async run({ kafka, topic, consume }) {
      const name = await topic();
      const compressing = kafka.producer({ compression });
      const plain = kafka.producer();
      const values = Array.from({ length: 200 }, (_, index) => `${index} `.repeat(50));
      await compressing.sendRaw({ topic: name, key: null, value: Buffer.from("alone"), headers: [["h", Buffer.from("1")]] });
      await Promise.all(values.map((value) => compressing.sendRaw({ topic: name, key: null, value: Buffer.from(value) })));
      await plain.sendRaw({ topic: name, key: null, value: Buffer.from("plain") });
      const reader = await consume(name);
      await reader.hasRecords(values.length + 2);
      assert.deepEqual(reader.values, ["alone", ...values, "plain"]);
    },
  };
}
