import { gzipSync } from "node:zlib";
import { encodeRecordBatch, type RecordBatchInput, readBatchHeader } from "@millrace/protocol";
import { fetchFrom, offsetAt, produceTo } from "../request-bodies.ts";
import type { Scenario, Stage } from "../scenario.ts";

const filler = "f".repeat(700_000);

function batchOf(
  stage: Stage,
  entries: readonly (readonly [key: string, value: string | null])[],
  options: Omit<RecordBatchInput, "records"> = {},
): Buffer {
  const records = entries.map(([key, value], index) => ({
    timestamp: stage.baseTime + index,
    key: Buffer.from(key),
    value: value === null ? null : Buffer.from(value),
  }));
  return encodeRecordBatch({ ...options, records });
}

export const compactionScenarios: readonly Scenario[] = [
  {
    name: "compaction keeps the latest record of each key, offsets, tombstones and what producers wrote last",
    cases: [27],
    shows: ['"hasDeleteHorizon":true', '"recordCount":0', '"lastOffsetDelta":2'],
    async run(stage) {
      const topic = await stage.topic("compacted", {
        configs: {
          "cleanup.policy": "compact",
          "segment.bytes": "1048576",
          "min.cleanable.dirty.ratio": "0.01",
          "delete.retention.ms": "1000",
        },
      });
      const { producerId, producerEpoch } = await stage.main.call("InitProducerId", 1, {
        transactionalId: null,
        transactionTimeoutMs: 1_000,
      });
      const producer = { producerId, producerEpoch };
      const batches = [
        batchOf(stage, [
          ["a", "1"],
          ["b", "1"],
          ["a", "2"],
        ]),
        batchOf(stage, [["p", "1"]], { ...producer, baseSequence: 0 }),
        batchOf(stage, [["p", "2"]], { ...producer, baseSequence: 1 }),
        batchOf(
          stage,
          [
            ["p", "3"],
            ["c", "1"],
          ],
          { compression: "gzip", compress: (data) => gzipSync(data) },
        ),
        batchOf(stage, [
          ["c", null],
          ["d", "1"],
        ]),
        batchOf(stage, [["e", "1"]]),
        batchOf(stage, [
          ["a", "3"],
          ["e", "2"],
        ]),
        batchOf(stage, [["f", filler]]),
        // It does not fit into the segment: the ones before it may be compacted, and do not know of it.
        batchOf(stage, [["f", filler]]),
      ];
      for (const records of batches) await stage.main.call("Produce", 7, produceTo(topic, [{ records }]));
      const from = (fetchOffset: number) => fetchFrom(topic, [{ fetchOffset, partitionMaxBytes: 10_000 }], { version: 11 });
      const firstCount = (records: Buffer | null) =>
        records === null || records.length === 0 ? 0 : readBatchHeader(records, 0).recordCount;
      await stage.until(
        "compaction",
        () => stage.main.call("Fetch", 11, { ...from(0), sessionEpoch: -1 }),
        ({ responses }) => firstCount(responses[0]?.partitions[0]?.records ?? null) === 1,
      );
      for (let offset = 0; offset < 12; offset++) await stage.ask(`from ${offset}`, "Fetch", 11, { ...from(offset), sessionEpoch: -1 });
      await stage.ask("where it starts", "ListOffsets", 1, offsetAt(topic, -2));
      await stage.ask("where it ends", "ListOffsets", 1, offsetAt(topic, -1));
      await stage.ask("the first record", "ListOffsets", 1, offsetAt(topic, stage.baseTime));
      const again = batchOf(stage, [["p", "2"]], { ...producer, baseSequence: 1 });
      await stage.ask("what the producer wrote last, again", "Produce", 7, produceTo(topic, [{ records: again }]));
    },
  },
];
