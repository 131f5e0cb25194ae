import { gzipSync } from "node:zlib";
import { batchesIn, encodeRecordBatch, type RecordBatchHeader, type RecordBatchInput, readBatchHeader } from "@millrace/protocol";
import { fetchFrom, offsetAt, produceTo } from "../request-bodies.ts";
import type { Scenario, Stage } from "../scenario.ts";
import { addPartitions, describeProducers, end, newEnd, newProduce, openTransactional, type PlayedProducer } from "../transaction-steps.ts";

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

/** How many bytes a marker takes that is to go depends on how long ago it was written. */
const placeKeys: ReadonlySet<string> = new Set(["at", "sizeBytes", "crc"]);

function withoutPlace(batch: RecordBatchHeader): unknown {
  return Object.fromEntries(Object.entries(batch).filter(([key]) => !placeKeys.has(key)));
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
  {
    name: "compaction drops the markers of transactions of which nothing is left, a while after the last of their records",
    cases: [9, 27],
    shows: ['"isControl":true', '"hasDeleteHorizon":true', '"recordCount":0'],
    async run(stage) {
      const topic = await stage.topic("markers", {
        configs: {
          "cleanup.policy": "compact",
          "segment.bytes": "1048576",
          "min.cleanable.dirty.ratio": "0.01",
          "delete.retention.ms": "0",
        },
      });
      const append = (records: Buffer, transactionalId?: string, version = 11) =>
        stage.main.call(
          "Produce",
          version,
          produceTo(topic, [{ records }], { version, ...(transactionalId !== undefined && { transactionalId }) }),
        );
      const transaction = async (producer: PlayedProducer, key: string, sequence: number, committed: boolean, isNew = false) => {
        const { transactionalId, producerId, producerEpoch } = producer;
        if (!isNew) await addPartitions(stage, producer, [[topic, 0]]);
        const batch = batchOf(stage, [[key, "1"]], { producerId, producerEpoch, baseSequence: sequence, isTransactional: true });
        await append(batch, transactionalId, isNew ? newProduce : 11);
        return end(stage, producer, committed, isNew ? newEnd : undefined);
      };
      const several = await openTransactional(stage, "several");
      await transaction(several, "a", 0, false);
      await transaction(several, "b", 1, true);
      await transaction(await openTransactional(stage, "one-that-stays"), "c", 0, true);
      await transaction(await openTransactional(stage, "one-that-goes"), "d", 0, false);
      await transaction(await openTransactional(stage, "with-new-epochs", { version: 5 }), "v", 0, true, true);
      await transaction(several, "e", 2, true);
      await append(
        batchOf(stage, [
          ["b", "2"],
          ["v", "2"],
        ]),
      );
      const fetch = (fetchOffset: number, isolationLevel = 0) =>
        ({ ...fetchFrom(topic, [{ fetchOffset, partitionMaxBytes: 5_000 }], { version: 11, isolationLevel }), sessionEpoch: -1 }) as const;
      /** Makes what there is compactable, and waits until the batch at an offset is as it should become. */
      const compacted = async (label: string, offset: number, done: (first: RecordBatchHeader) => boolean) => {
        // Each is more than half of a segment, so that the next one begins another.
        for (let count = 0; count < 2; count++) await append(batchOf(stage, [["f", filler]]));
        await stage.until(
          label,
          () => stage.main.call("Fetch", 11, fetch(offset)),
          ({ responses }) => {
            const { records } = responses[0]!.partitions[0]!;
            return records !== null && records.length > 0 && done(readBatchHeader(records, 0));
          },
        );
        for (const isolationLevel of [0, 1]) {
          for (const from of [0, 2, 4, 6, 8, 10, 12]) {
            const { records, ...partition } = (await stage.main.call("Fetch", 11, fetch(from, isolationLevel))).responses[0]!
              .partitions[0]!;
            const batches = [...batchesIn(records!)].map(withoutPlace);
            stage.record(`${label}, from ${from}, isolation ${isolationLevel}`, { ...partition, batches });
          }
        }
      };
      await compacted("their records are gone", 0, ({ baseOffset }) => baseOffset === 1);
      await compacted("they are marked to go", 1, ({ hasDeleteHorizon }) => hasDeleteHorizon);
      await compacted("they are gone", 1, ({ baseOffset }) => baseOffset > 1);
      await describeProducers(stage, topic);
    },
  },
];
