import { strict as assert } from "node:assert";
import { readRanges, readTopics } from "../../read-topics.ts";
import { text } from "../cell-context.ts";
import type { ConformanceCell } from "../conformance-cell.ts";
import { until } from "../until.ts";

const digits = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];

/** Reading, moving and holding back. */
export const consumeCells: readonly ConformanceCell[] = [
  {
    name: "batches come in offset order, one at a time per partition, while other partitions go on",
    requires: ["produce", "consumer-groups"],
    async run({ topic, fill, consume }) {
      const name = await topic({ partitions: 2 });
      // Two stored batches: the second may be fetched while the first is handled, but not handed out.
      await fill(name, digits.slice(0, 5), 0);
      await fill(name, digits.slice(5), 0);
      let release: () => void = () => undefined;
      let isHeld = false;
      let running = 0;
      const reader = await consume(
        name,
        { maxPartitionFetchBytes: 1 },
        {
          onBatch: async ({ partition }) => {
            if (partition !== 0) return;
            running++;
            assert.equal(running, 1, "two batches of one partition at once");
            if (!isHeld) {
              isHeld = true;
              await new Promise<void>((resolve) => {
                release = resolve;
              });
            }
            running--;
          },
        },
      );
      await until("a batch that is being handled", () => isHeld);
      await fill(name, ["other"], 1);
      await reader.hasValue("other");
      assert.equal(reader.records.filter(({ partition }) => partition === 0).length, 0);
      release();
      await reader.hasRecords(11);
      assert.deepEqual(
        reader.records.filter(({ partition }) => partition === 0).map(({ offset }) => offset),
        digits.map(Number),
      );
    },
  },
  {
    name: "seek moves to an offset, the beginning, the end and a time; what was fetched before is dropped",
    requires: ["produce", "consumer-groups"],
    async run({ kafka, topic, consume }) {
      const name = await topic();
      const producer = kafka.producer();
      // Recent times: retention deletes what looks old.
      const start = Date.now() - 60_000;
      for (const [index, value] of digits.entries()) await producer.sendRaw({ ...text(name, value), timestamp: start + index * 1_000 });
      const reader = await consume(name);
      await reader.hasRecords(10);
      const place = { topic: name, partition: 0 };
      const readFrom = async (to: Parameters<typeof reader.consumer.seek>[1], expected: readonly string[]): Promise<void> => {
        reader.records.length = 0;
        await reader.consumer.seek(place, to);
        await reader.hasRecords(expected.length);
        assert.deepEqual(reader.values, expected);
      };
      await readFrom(7, ["7", "8", "9"]);
      await readFrom("beginning", digits);
      await readFrom({ timestamp: start + 4_500 }, ["5", "6", "7", "8", "9"]);
      reader.records.length = 0;
      await reader.consumer.seek(place, 2);
      await reader.consumer.seek(place, "end");
      assert.equal(reader.consumer.position(place), 10);
      await producer.sendRaw(text(name, "new"));
      await reader.hasValue("new");
      assert.ok(reader.values.every((value) => value === "new" || Number(value) >= 2));
      await assert.rejects(reader.consumer.seek({ topic: name, partition: 5 }, 0), { code: "PARTITION_NOT_HELD" });
    },
  },
  {
    name: "a paused partition delivers nothing, and within 300 ms of its resumption it does",
    requires: ["produce", "consumer-groups"],
    async run({ topic, fill, consume }) {
      const name = await topic({ partitions: 2 });
      const reader = await consume(name, { fetchMaxWaitMs: 2_000 });
      await reader.holds(2);
      const paused = { topic: name, partition: 0 };
      const tookMs: number[] = [];
      for (let round = 1; round <= 3; round++) {
        reader.consumer.pause([paused]);
        await fill(name, [`held ${round}`], 0);
        await fill(name, [`free ${round}`], 1);
        await reader.hasValue(`free ${round}`);
        assert.ok(!reader.values.includes(`held ${round}`), "a paused partition was delivered");
        const resumedAt = performance.now();
        reader.consumer.resume([paused]);
        await reader.hasValue(`held ${round}`);
        tookMs.push(performance.now() - resumedAt);
      }
      // The best of three: a busy machine may stall any one of them.
      assert.ok(Math.min(...tookMs) < 300, `it took ${tookMs.join(", ")} ms`);
    },
  },
  {
    name: "reading starts in the middle of a stored batch, past what was deleted, and positions pass over gaps",
    requires: ["produce", "consumer-groups", "delete-records", "offset-gaps"],
    async run({ admin, topic, fill, consume }) {
      // Compaction and control records leave gaps too, but cannot be staged here: one waits for the log cleaner, the other needs transactions.
      const name = await topic();
      await fill(name, digits.slice(0, 6));
      await fill(name, digits.slice(6));
      await admin.deleteRecords([{ topic: name, partition: 0, offset: 3 }]);
      const reader = await consume(name);
      await reader.hasRecords(7);
      assert.deepEqual(reader.values, digits.slice(3));
      assert.equal(reader.consumer.assignment()[0]!.startOffset, 3);
      const { nextOffset, highWatermark } = reader.batches.at(-1)!;
      assert.deepEqual([nextOffset, highWatermark], [10, 10]);
      assert.equal(reader.consumer.position({ topic: name, partition: 0 }), 10);
    },
  },
  {
    name: "readTopics reads whole topics up to their end, partition by partition in order, and leaves no offsets; readRanges reads parts",
    requires: ["produce", "consumer-groups"],
    async run({ admin, fill, kafka, name, topic }) {
      const [first, second, empty] = [await topic({ partitions: 2 }), await topic(), await topic()];
      await fill(first, digits.slice(0, 4), 0);
      await fill(first, digits.slice(4), 1);
      await fill(second, ["x"]);
      const groups = new Set((await admin.listGroups()).map(({ group }) => group));
      const values: string[] = [];
      for await (const { topic: from, partition, value } of readTopics(kafka, [first, second, empty, name("absent")])) {
        values.push(`${from === first ? partition : "second"} ${String(value)}`);
      }
      const of = (place: string): string[] => values.filter((value) => value.startsWith(place)).map((value) => value.split(" ")[1]!);
      assert.deepEqual([of("0"), of("1"), of("second")], [digits.slice(0, 4), digits.slice(4), ["x"]]);
      for await (const record of readTopics(kafka, [first])) {
        assert.equal(record.topic, first);
        break;
      }
      const left = (await admin.listGroups())
        .map(({ group }) => group)
        .filter((group) => group.startsWith("millrace-read-") && !groups.has(group));
      for (const group of left) assert.ok((await admin.groupOffsets(group, [first])).every(({ offset }) => offset === -1));
      const none: unknown[] = [];
      for await (const record of readTopics(kafka, [empty])) none.push(record);
      assert.deepEqual(none, []);
      const part: string[] = [];
      const ranges = [
        { topic: first, partition: 1, from: 1, to: 4 },
        { topic: second, partition: 0, from: 1, to: 1 },
      ];
      for await (const { value } of readRanges(kafka, ranges)) part.push(String(value));
      assert.deepEqual(part, digits.slice(5, 8));
    },
  },
  {
    name: "a handler that fails stops the consumer with its error, and commits nothing",
    requires: ["produce", "consumer-groups"],
    async run({ admin, topic, fill, consume, name }) {
      const topicName = await topic();
      await fill(topicName, ["bad"]);
      const group = name("group");
      const boom = new Error("boom");
      const reader = await consume(topicName, { group }, { onBatch: () => Promise.reject(boom) });
      assert.equal(await reader.fails(), boom);
      assert.equal(reader.consumer.assignment().length, 0);
      const offsets = await admin.groupOffsets(group, [topicName]);
      assert.ok(offsets.every(({ offset }) => offset === -1));
      const successor = await consume(topicName, { group });
      await successor.hasRecords(1);
    },
  },
];
