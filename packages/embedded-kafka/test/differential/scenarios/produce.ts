import { gzipSync, zstdCompressSync } from "node:zlib";
import { crc32c, setPartitionLeaderEpoch } from "@millrace/protocol";
import { batchOf, fetchFrom, produceTo } from "../request-bodies.ts";
import type { Scenario, Stage } from "../scenario.ts";

const classic = 7;
const newest = 12;
/** Lowest, a classic one and the newest flexible one that name topics. */
const someVersions = [3, classic, newest];

function damaged(batch: Buffer, at: number, value: number): Buffer {
  const copy = Buffer.from(batch);
  copy[at] = value;
  return copy;
}

/** A batch whose checksum fits whatever was changed behind it. */
function resealed(batch: Buffer, change: (copy: Buffer) => void): Buffer {
  const copy = Buffer.from(batch);
  change(copy);
  copy.writeUInt32BE(crc32c(copy, 21), 17);
  return copy;
}

async function everything(stage: Stage, topic: { readonly name: string; readonly id: string }, partition = 0): Promise<void> {
  await stage.ask("what the log has", "Fetch", 11, fetchFrom(topic, [{ partition, fetchOffset: 0 }], { version: 11, sessionEpoch: -1 }));
}

export const produceScenarios: readonly Scenario[] = [
  {
    name: "a produced batch is answered with its offset in every version",
    cases: [6, 16],
    shows: ['"baseOffset":0', '"baseOffset":3'],
    async run(stage) {
      const topic = await stage.topic("produced");
      for (let version = 3; version <= 13; version++) {
        const records = batchOf(stage.baseTime, ["a", "b", "c"]);
        await stage.ask("three records", "Produce", version, produceTo(topic, [{ records }], { version }));
      }
      await everything(stage, topic);
    },
  },
  {
    name: "acks 0, 1, all, and what is none of them",
    cases: [5],
    shows: ["INVALID_REQUIRED_ACKS", "connection closed"],
    async run(stage) {
      const topic = await stage.topic("acks");
      const records = batchOf(stage.baseTime, ["a"]);
      for (const version of someVersions) {
        for (const acks of [1, -1, 2, -2]) await stage.ask(`acks ${acks}`, "Produce", version, produceTo(topic, [{ records }], { acks }));
        const connection = await stage.connect();
        connection.send("Produce", version, produceTo(topic, [{ records }], { acks: 0 }));
        // The only frame that comes is the answer to what was asked afterwards.
        await stage.ask(
          "after acks 0",
          "ListOffsets",
          1,
          { replicaId: -1, topics: [{ name: topic.name, partitions: [{ partitionIndex: 0, timestamp: -1 }] }] },
          connection,
        );
        await stage.closes(`acks 0 to an unknown partition, v${version}`, (other) =>
          other.send("Produce", version, produceTo(topic, [{ index: 9, records }], { acks: 0 })),
        );
      }
      await everything(stage, topic);
    },
  },
  {
    name: "topics and partitions that do not exist cannot be produced to",
    cases: [16],
    shows: ["UNKNOWN_TOPIC_OR_PARTITION", "UNKNOWN_TOPIC_ID"],
    async run(stage) {
      const topic = await stage.topic("produced");
      const absent = { name: stage.name("absent"), id: "AAAAAAAAAAAAAAAAAAAAQQ" };
      const records = batchOf(stage.baseTime, ["a"]);
      for (const version of [...someVersions, 13]) {
        await stage.ask("unknown topic", "Produce", version, produceTo(absent, [{ records }], { version }));
        await stage.ask(
          "unknown and known partition",
          "Produce",
          version,
          produceTo(topic, [{ index: 1, records }, { records }, { index: -1, records }], { version }),
        );
      }
    },
  },
  {
    name: "a batch above max.message.bytes is refused, one of exactly that size is taken",
    cases: [18],
    shows: ["MESSAGE_TOO_LARGE", '"errorCode":"NONE"'],
    async run(stage) {
      const small = batchOf(stage.baseTime, ["x".repeat(200)]);
      const topic = await stage.topic("limited", { configs: { "max.message.bytes": String(small.length) } });
      for (const version of someVersions) {
        await stage.ask("as large as may be", "Produce", version, produceTo(topic, [{ records: small }]));
        await stage.ask("one byte larger", "Produce", version, produceTo(topic, [{ records: batchOf(stage.baseTime, ["x".repeat(201)]) }]));
      }
    },
  },
  {
    name: "damaged batches are refused",
    cases: [6],
    shows: ["CORRUPT_MESSAGE"],
    async run(stage) {
      const topic = await stage.topic("damaged");
      const good = batchOf(stage.baseTime, ["a", "b"]);
      const bad: readonly (readonly [string, Buffer])[] = [
        ["checksum", damaged(good, 17, good[17]! ^ 0xff)],
        ["a byte of a record", damaged(good, good.length - 2, 0x7f)],
        ["magic 3", damaged(good, 16, 3)],
        ["magic -1", damaged(good, 16, 0xff)],
        ["magic 1", damaged(good, 16, 1)],
        ["magic 0", damaged(good, 16, 0)],
        ["length too small", damaged(good, 11, good[11]! - 1)],
        ["length smaller than a header", damaged(good, 11, 10)],
        ["length 0", damaged(good, 11, 0)],
        ["length too large", damaged(good, 11, good[11]! + 1)],
        ["length negative", damaged(good, 8, 0xff)],
        ["cut off", good.subarray(0, good.length - 1)],
        ["only half a header", good.subarray(0, 30)],
        ["five bytes", good.subarray(0, 5)],
        ["no bytes", Buffer.alloc(0)],
        ["followed by three bytes", Buffer.concat([good, Buffer.from([0, 0, 0])])],
      ];
      for (const version of someVersions) {
        for (const [what, records] of bad) await stage.askAlone(what, "Produce", version, produceTo(topic, [{ records }]));
      }
      await everything(stage, topic);
    },
  },
  {
    name: "batches that say what a producer may not say are refused",
    cases: [6, 9],
    shows: ["INVALID_RECORD"],
    async run(stage) {
      const topic = await stage.topic("strange");
      const good = batchOf(stage.baseTime, ["a", "b"]);
      const bad: readonly (readonly [string, Buffer])[] = [
        ["base offset 5", batchOf(stage.baseTime, ["a", "b"], { baseOffset: 5 })],
        ["two batches", Buffer.concat([good, good])],
        ["a control batch", batchOf(stage.baseTime, ["a"], { isControl: true })],
        [
          "a control batch of a producer",
          batchOf(stage.baseTime, ["a"], { isControl: true, isTransactional: true, producerId: 77, producerEpoch: 0, baseSequence: 0 }),
        ],
        ["last offset delta too large", resealed(good, (copy) => copy.writeInt32BE(2, 23))],
        ["last offset delta too small", resealed(good, (copy) => copy.writeInt32BE(0, 23))],
        ["last offset delta negative", resealed(good, (copy) => copy.writeInt32BE(-1, 23))],
        ["record count too large", resealed(good, (copy) => copy.writeInt32BE(3, 57))],
        ["record count 0", resealed(good, (copy) => copy.writeInt32BE(0, 57))],
        ["record count negative", resealed(good, (copy) => copy.writeInt32BE(-1, 57))],
        ["no records", batchOf(stage.baseTime, [], { lastOffsetDelta: 0 })],
        ["producer without sequence", batchOf(stage.baseTime, ["a"], { producerId: 77, producerEpoch: 0, baseSequence: -1 })],
        ["producer without epoch", batchOf(stage.baseTime, ["a"], { producerId: 77, producerEpoch: -1, baseSequence: 0 })],
        ["sequence without producer", batchOf(stage.baseTime, ["a"], { baseSequence: 4 })],
        ["codec 5", resealed(good, (copy) => copy.writeInt16BE(5, 21))],
        ["codec 7", resealed(good, (copy) => copy.writeInt16BE(7, 21))],
        [
          "a leader epoch of its own",
          (() => {
            const copy = Buffer.from(good);
            setPartitionLeaderEpoch(copy, 0, 99);
            return copy;
          })(),
        ],
        ["log append time", batchOf(stage.baseTime, ["a"], { timestampType: "LogAppendTime" })],
      ];
      for (const version of [classic, newest]) {
        for (const [what, records] of bad) await stage.askAlone(what, "Produce", version, produceTo(topic, [{ records }]));
      }
      await everything(stage, topic);
    },
  },
  {
    name: "compressed batches are kept as they came; zstd needs version 7",
    cases: [19],
    shows: ["UNSUPPORTED_COMPRESSION_TYPE", '"compression":"zstd"', '"compression":"gzip"'],
    async run(stage) {
      const topic = await stage.topic("compressed");
      const gzip = batchOf(stage.baseTime, ["a", "b"], { compression: "gzip", compress: (data) => gzipSync(data) });
      const zstd = batchOf(stage.baseTime, ["a", "b"], { compression: "zstd", compress: (data) => zstdCompressSync(data) });
      for (const version of [3, 6, 7, newest]) {
        await stage.ask("gzip", "Produce", version, produceTo(topic, [{ records: gzip }]));
        await stage.ask("zstd", "Produce", version, produceTo(topic, [{ records: zstd }]));
      }
      for (const version of [4, 9, 10, 12]) {
        await stage.ask(
          "read again",
          "Fetch",
          version,
          fetchFrom(topic, [{ fetchOffset: 0 }], { version, ...(version >= 7 && { sessionEpoch: -1 }) }),
        );
        await stage.ask(
          "from the zstd on",
          "Fetch",
          version,
          fetchFrom(topic, [{ fetchOffset: 6 }], { version, ...(version >= 7 && { sessionEpoch: -1 }) }),
        );
      }
    },
  },
  {
    name: "timestamps: the broker's own with LogAppendTime, limits without",
    cases: [6, 20],
    shows: ["INVALID_TIMESTAMP", '"logAppendTimeMs":"now"', "LogAppendTime"],
    async run(stage) {
      const appended = await stage.topic("append-time", { configs: { "message.timestamp.type": "LogAppendTime" } });
      const limited = await stage.topic("limited-time", {
        configs: { "message.timestamp.before.max.ms": "7200000", "message.timestamp.after.max.ms": "1000" },
      });
      const day = 86_400_000;
      for (const version of someVersions) {
        await stage.ask("log append time", "Produce", version, produceTo(appended, [{ records: batchOf(stage.baseTime, ["a", "b"]) }]));
        await stage.ask(
          "log append time, from tomorrow",
          "Produce",
          version,
          produceTo(appended, [{ records: batchOf(stage.baseTime, ["a"], { timestamps: [day] }) }]),
        );
        await stage.ask("within the limits", "Produce", version, produceTo(limited, [{ records: batchOf(stage.baseTime, ["a"]) }]));
        await stage.ask(
          "too old",
          "Produce",
          version,
          produceTo(limited, [{ records: batchOf(stage.baseTime, ["a"], { timestamps: [-day] }) }]),
        );
        await stage.ask(
          "one record too old",
          "Produce",
          version,
          produceTo(limited, [{ records: batchOf(stage.baseTime, ["a", "b"], { timestamps: [-day, 0] }) }]),
        );
        await stage.ask(
          "too new",
          "Produce",
          version,
          produceTo(limited, [{ records: batchOf(stage.baseTime, ["a"], { timestamps: [day] }) }]),
        );
        await stage.ask("none", "Produce", version, produceTo(limited, [{ records: batchOf(0, ["a"], { timestamps: [-1] }) }]));
      }
      await everything(stage, appended);
      await everything(stage, limited);
    },
  },
  {
    name: "records that cannot be decompressed",
    shows: ['"index":0'],
    async run(stage) {
      const topic = await stage.topic("not-gzip");
      const records = resealed(batchOf(stage.baseTime, ["a", "b"]), (copy) => copy.writeInt16BE(1, 21));
      await stage.ask("gzip that is none", "Produce", newest, produceTo(topic, [{ records }]));
    },
  },
  {
    name: "several partitions of one request are answered in its order, each for itself",
    shows: ["CORRUPT_MESSAGE", '"baseOffset":0'],
    async run(stage) {
      const topic = await stage.topic("several", { partitions: 3 });
      const good = batchOf(stage.baseTime, ["a"]);
      for (const version of [...someVersions, 13]) {
        await stage.ask(
          "2, 0, 1 with a bad one",
          "Produce",
          version,
          produceTo(
            topic,
            [
              { index: 2, records: good },
              { index: 0, records: damaged(good, 17, good[17]! ^ 1) },
              { index: 1, records: good },
            ],
            { version },
          ),
        );
      }
    },
  },
  {
    name: "an empty produce request has an empty answer",
    shows: ['"responses":[]'],
    async run(stage) {
      const topic = await stage.topic("empty");
      for (const version of someVersions) {
        await stage.ask("no topics", "Produce", version, { acks: -1, timeoutMs: 1_000, topicData: [] });
        await stage.ask("no partitions", "Produce", version, produceTo(topic, []));
        await stage.ask("bad acks and no topics", "Produce", version, { acks: 5, timeoutMs: 1_000, topicData: [] });
      }
    },
  },
];
