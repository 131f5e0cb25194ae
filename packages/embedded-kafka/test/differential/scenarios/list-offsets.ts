import { gzipSync } from "node:zlib";
import { batchOf, offsetAt, produceTo } from "../request-bodies.ts";
import type { Scenario, Stage, StagedTopic } from "../scenario.ts";

const specials = [-1, -2, -3, -4, -5, -6, -7, -100];
const versions = [1, 2, 4, 5, 6, 7, 8, 9, 10];

async function produce(stage: Stage, topic: StagedTopic, records: Buffer): Promise<void> {
  const { responses } = await stage.main.call("Produce", 7, produceTo(topic, [{ records }]));
  const { errorCode } = responses[0]!.partitionResponses[0]!;
  if (errorCode !== 0) throw new Error(`produce failed with ${errorCode}`);
}

async function lookUp(stage: Stage, topic: StagedTopic, times: readonly number[], wanted: readonly number[] = [1, 5, 10]): Promise<void> {
  for (const version of wanted) {
    for (const time of times) await stage.ask(`at base+${time}`, "ListOffsets", version, offsetAt(topic, stage.baseTime + time));
  }
}

export const listOffsetsScenarios: readonly Scenario[] = [
  {
    name: "the places in a log that have names, in every version",
    cases: [20],
    shows: ["UNSUPPORTED_VERSION", '"offset":3', '"leaderEpoch":0'],
    async run(stage) {
      const topic = await stage.topic("named-places", { partitions: 2 });
      await produce(stage, topic, batchOf(stage.baseTime, ["a", "b", "c"], { timestamps: [5, 9, 7] }));
      for (const version of versions) {
        for (const timestamp of specials) {
          await stage.ask(`${timestamp}`, "ListOffsets", version, offsetAt(topic, timestamp));
          await stage.ask(`${timestamp} of an empty partition`, "ListOffsets", version, offsetAt(topic, timestamp, { partitionIndex: 1 }));
        }
      }
    },
  },
  {
    name: "the first record at or after a time",
    cases: [20],
    shows: ['"offset":-1', '"offset":4', "base+40"],
    async run(stage) {
      const topic = await stage.topic("times");
      await lookUp(stage, topic, [0]);
      await produce(stage, topic, batchOf(stage.baseTime, ["a", "b", "c"], { timestamps: [10, 20, 30] }));
      await produce(stage, topic, batchOf(stage.baseTime, ["d"], { timestamps: [25] }));
      await produce(stage, topic, batchOf(stage.baseTime, ["e", "f", "g"], { timestamps: [40, 60, 50] }));
      await produce(stage, topic, batchOf(stage.baseTime, ["h"], { timestamps: [60] }));
      await lookUp(stage, topic, [-1_000, 0, 10, 11, 25, 30, 31, 40, 45, 55, 60, 61]);
      await stage.ask("at 0", "ListOffsets", 5, offsetAt(topic, 0));
      await stage.ask("the largest time", "ListOffsets", 7, offsetAt(topic, -3));
    },
  },
  {
    name: "times inside compressed batches, and with the broker's own clock",
    cases: [19, 20],
    shows: ['"offset":1', '"timestamp":"now"'],
    async run(stage) {
      const topic = await stage.topic("compressed-times");
      const gzip = { compression: "gzip", compress: (data: Buffer) => gzipSync(data) } as const;
      await produce(stage, topic, batchOf(stage.baseTime, ["a", "b", "c"], { timestamps: [10, 20, 15], ...gzip }));
      await produce(stage, topic, batchOf(stage.baseTime, ["d", "e"], { timestamps: [20, 30], ...gzip }));
      await lookUp(stage, topic, [0, 10, 12, 16, 20, 21, 30, 31]);
      await stage.ask("the largest time", "ListOffsets", 7, offsetAt(topic, -3));
      const appended = await stage.topic("append-times", { configs: { "message.timestamp.type": "LogAppendTime" } });
      await produce(stage, appended, batchOf(stage.baseTime, ["a", "b", "c"]));
      await produce(stage, appended, batchOf(stage.baseTime, ["d"]));
      await lookUp(stage, appended, [0, 1]);
      await stage.ask("before now", "ListOffsets", 5, offsetAt(appended, Date.now() - 100_000));
      await stage.ask("after now", "ListOffsets", 5, offsetAt(appended, Date.now() + 100_000));
      const { topics } = await stage.main.call("ListOffsets", 7, offsetAt(appended, -3));
      stage.record("the largest time", { inLastTwoBatches: [0, 2, 3].includes(topics[0]!.partitions[0]!.offset) });
    },
  },
  {
    name: "records that were given up are not found by time",
    cases: [20],
    shows: ['"offset":2'],
    async run(stage) {
      const topic = await stage.topic("given-up");
      await produce(stage, topic, batchOf(stage.baseTime, ["a", "b", "c"], { timestamps: [10, 20, 30] }));
      await produce(stage, topic, batchOf(stage.baseTime, ["d"], { timestamps: [5] }));
      await stage.ask("two are given up", "DeleteRecords", 1, {
        timeoutMs: 5_000,
        topics: [{ name: topic.name, partitions: [{ partitionIndex: 0, offset: 2 }] }],
      });
      for (const timestamp of [-1, -2, -3, -4]) await stage.ask(`${timestamp}`, "ListOffsets", 8, offsetAt(topic, timestamp));
      await lookUp(stage, topic, [0, 10, 20, 30, 31]);
      await stage.ask("all are given up", "DeleteRecords", 1, {
        timeoutMs: 5_000,
        topics: [{ name: topic.name, partitions: [{ partitionIndex: 0, offset: -1 }] }],
      });
      for (const timestamp of [-1, -2, -4]) await stage.ask(`${timestamp}`, "ListOffsets", 8, offsetAt(topic, timestamp));
      await lookUp(stage, topic, [0, 10]);
    },
  },
  {
    name: "unknown partitions, wrong leader epochs and partitions asked twice",
    shows: ["UNKNOWN_TOPIC_OR_PARTITION", "UNKNOWN_LEADER_EPOCH", "INVALID_REQUEST"],
    async run(stage) {
      const topic = await stage.topic("wrong", { partitions: 2 });
      await produce(stage, topic, batchOf(stage.baseTime, ["a"]));
      const absent = { name: stage.name("absent"), id: "" };
      for (const version of [1, 4, 5, 6, 10]) {
        await stage.ask("unknown topic", "ListOffsets", version, offsetAt(absent, -1));
        await stage.ask("unknown partition", "ListOffsets", version, offsetAt(topic, -1, { partitionIndex: 2 }));
        await stage.ask("negative partition", "ListOffsets", version, offsetAt(topic, -1, { partitionIndex: -1 }));
        const asked = [0, 1, 0].map((partitionIndex) => ({ partitionIndex, timestamp: -1 }));
        await stage.ask("one asked twice", "ListOffsets", version, { replicaId: -1, topics: [{ name: topic.name, partitions: asked }] });
        await stage.ask("no partitions", "ListOffsets", version, { replicaId: -1, topics: [{ name: topic.name, partitions: [] }] });
        await stage.ask("no topics", "ListOffsets", version, { replicaId: -1, topics: [] });
        if (version < 4) continue;
        for (const currentLeaderEpoch of [-1, 0, 1, 9]) {
          for (const timestamp of [-1, -2, stage.baseTime]) {
            await stage.ask(
              `epoch ${currentLeaderEpoch}, ${timestamp < 0 ? timestamp : "a time"}`,
              "ListOffsets",
              version,
              offsetAt(topic, timestamp, { currentLeaderEpoch }),
            );
          }
        }
      }
    },
  },
  {
    name: "the isolation level moves nothing where there are no transactions",
    cases: [8],
    shows: ['"offset":2'],
    async run(stage) {
      const topic = await stage.topic("isolated");
      await produce(stage, topic, batchOf(stage.baseTime, ["a", "b"]));
      for (const version of [2, 5, 10]) {
        for (const timestamp of [-1, -2, stage.baseTime, stage.baseTime + 1, stage.baseTime + 2]) {
          await stage.ask(
            `read committed, ${timestamp < 0 ? timestamp : timestamp - stage.baseTime}`,
            "ListOffsets",
            version,
            offsetAt(topic, timestamp, { isolationLevel: 1 }),
          );
        }
      }
    },
  },
  {
    name: "the end of a leader epoch",
    shows: ['"endOffset":2', "UNKNOWN_LEADER_EPOCH", "UNKNOWN_TOPIC_OR_PARTITION"],
    async run(stage) {
      const topic = await stage.topic("leader-epochs", { partitions: 2 });
      await produce(stage, topic, batchOf(stage.baseTime, ["a", "b"]));
      for (const version of [2, 3, 4]) {
        for (const [partition, currentLeaderEpoch, leaderEpoch] of [
          [0, -1, 0],
          [0, 0, 0],
          [0, 0, 1],
          [0, 0, -1],
          [0, 5, 0],
          [0, -1, 5],
          [1, 0, 0],
          [1, -1, -1],
          [2, 0, 0],
        ] as const) {
          await stage.ask(`partition ${partition}, leader ${currentLeaderEpoch}, epoch ${leaderEpoch}`, "OffsetForLeaderEpoch", version, {
            topics: [{ topic: topic.name, partitions: [{ partition, currentLeaderEpoch, leaderEpoch }] }],
          });
        }
        await stage.ask("unknown topic", "OffsetForLeaderEpoch", version, {
          topics: [{ topic: stage.name("absent"), partitions: [{ partition: 0, leaderEpoch: 0 }] }],
        });
      }
    },
  },
];
