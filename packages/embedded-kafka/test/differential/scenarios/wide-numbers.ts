import { batchOf, fetchFrom, offsetAt, produceTo } from "../request-bodies.ts";
import type { Scenario } from "../scenario.ts";

/** The largest that a number can hold without loss, and one that does not fit 32 bits. */
const wide = [Number.MAX_SAFE_INTEGER, 5_000_000_000];

export const wideNumberScenarios: readonly Scenario[] = [
  {
    name: "committed offsets of 64 bits come back as they are",
    cases: [24],
    shows: ["9007199254740991", "5000000000"],
    async run(stage) {
      const topic = await stage.topic("wide-offsets", { partitions: 2 });
      const groupId = await stage.group("wide-offsets");
      const partitions = wide.map((committedOffset, partitionIndex) => ({ partitionIndex, committedOffset }));
      for (const version of [2, 8]) {
        await stage.ask("committed", "OffsetCommit", version, {
          groupId,
          generationIdOrMemberEpoch: -1,
          topics: [{ name: topic.name, partitions }],
        });
        await stage.ask("fetched", "OffsetFetch", 5, { groupId, topics: [{ name: topic.name, partitionIndexes: [0, 1] }] });
      }
    },
  },
  {
    name: "producer ids of 64 bits are told apart",
    cases: [10, 24],
    shows: ["OUT_OF_ORDER_SEQUENCE_NUMBER", "producer-2"],
    async run(stage) {
      const topic = await stage.topic("wide-producers");
      // They are the same in their lower 32 bits.
      for (const producerId of [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER - 2 ** 40]) {
        for (const baseSequence of [0, 1, 1, 5]) {
          const records = batchOf(stage.baseTime, ["a"], { producerId, producerEpoch: 0, baseSequence });
          await stage.ask(`sequence ${baseSequence}`, "Produce", 9, produceTo(topic, [{ records }]));
        }
      }
      await stage.ask("what the log has", "Fetch", 11, fetchFrom(topic, [{ fetchOffset: 0 }], { version: 11, sessionEpoch: -1 }));
    },
  },
  {
    name: "offsets and times far away are out of range, not mistaken for near ones",
    cases: [20, 24],
    shows: ["OFFSET_OUT_OF_RANGE", '"offset":-1'],
    async run(stage) {
      const topic = await stage.topic("wide-asked");
      await stage.main.call("Produce", 7, produceTo(topic, [{ records: batchOf(stage.baseTime, ["a", "b"]) }]));
      for (const far of [...wide, 2 ** 32, 2 ** 32 + 1, 2 ** 33]) {
        await stage.ask(`from ${far}`, "Fetch", 4, fetchFrom(topic, [{ fetchOffset: far }]));
        await stage.ask(
          `${far} after the records`,
          "ListOffsets",
          5,
          offsetAt(topic, Math.min(stage.baseTime + far, Number.MAX_SAFE_INTEGER)),
        );
        await stage.ask(`give up to ${far}`, "DeleteRecords", 1, {
          timeoutMs: 5_000,
          topics: [{ name: topic.name, partitions: [{ partitionIndex: 0, offset: far }] }],
        });
      }
    },
  },
];
