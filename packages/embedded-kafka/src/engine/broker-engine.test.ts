import { gzipSync } from "node:zlib";
import { createLogger, type LogEntry } from "@millrace/core";
import { encodeRecordBatch, errorCodes, zeroUuid } from "@millrace/protocol";
import { createVirtualClock, seededRandom } from "@millrace/testing";
import { expect, test } from "vitest";
import { batchOf } from "../../test/support/batch.ts";
import { engineClient } from "../../test/support/engine-client.ts";
import { createBrokerEngine } from "./broker-engine.ts";
import type { BrokerEngineOptions } from "./broker-engine-options.ts";

function setUp(options: BrokerEngineOptions = {}) {
  const clock = createVirtualClock();
  const engine = createBrokerEngine({ clock, random: seededRandom(1), ...options });
  const call = engineClient(engine);
  const produce = async (records: Buffer, name = "t", acks = -1) => {
    const answer = await call("Produce", { acks, topicData: [{ name, partitionData: [{ index: 0, records }] }] }, { version: 9 });
    return answer!.responses[0]!.partitionResponses[0]!;
  };
  return { clock, engine, call, produce };
}

const code = (error: keyof typeof errorCodes): number => errorCodes[error];

test("the same requests and the same random numbers give the same answers", async () => {
  const run = async () => {
    const { call } = setUp({ topics: [{ name: "t" }] });
    return [await call("Metadata", { topics: null }), await call("JoinGroup", join, { version: 4 }), await call("DescribeCluster", {})];
  };
  const join = {
    groupId: "g",
    sessionTimeoutMs: 10_000,
    protocolType: "consumer",
    protocols: [{ name: "range", metadata: Buffer.alloc(0) }],
  };
  expect(await run()).toEqual(await run());
});

test("requests that are not served are refused, and a failure inside becomes an error that is logged", async () => {
  const log: LogEntry[] = [];
  const logger = createLogger({ write: (entry) => log.push(entry) });
  const { call, engine } = setUp({ logger, topics: [{ name: "t" }] });
  const refused = { code: "REQUEST_REFUSED", api: "GetTelemetrySubscriptions", version: 0 };
  await expect(call("GetTelemetrySubscriptions", {}, { version: 0 })).rejects.toMatchObject(refused);
  // A body that no decoder gives stands for any defect.
  const broken = { clientId: null, body: null as never, connection: { id: 1 } };
  expect(() => engine.handle({ api: "Fetch", version: 3, ...broken })).toThrow(/versions 4 to 18 are served/);
  expect(engine.handle({ api: "ListGroups", version: 5, ...broken })).toMatchObject({ errorCode: code("UNKNOWN_SERVER_ERROR") });
  expect(() => engine.handle({ api: "Metadata", version: 5, ...broken })).toThrow(/the broker failed/);
  expect(log.map(({ level, fields }) => [level, fields["api"]])).toEqual([
    ["error", "ListGroups"],
    ["error", "Metadata"],
  ]);
});

test("topics are made on demand when both sides want that, and not otherwise", async () => {
  const { call } = setUp({ defaultPartitions: 3 });
  const ask = async (name: string, allowAutoTopicCreation: boolean) =>
    (await call("Metadata", { topics: [{ name }], allowAutoTopicCreation }, { version: 9 }))!.topics[0]!;
  expect((await ask("wanted", false)).errorCode).toBe(code("UNKNOWN_TOPIC_OR_PARTITION"));
  expect((await ask("wanted", true)).partitions).toHaveLength(3);
  expect((await ask("wa.nted", true)).errorCode).toBe(0);
  expect((await ask("wa_nted", true)).errorCode).toBe(code("INVALID_TOPIC_EXCEPTION"));
  expect((await ask("not a name", true)).errorCode).toBe(code("INVALID_TOPIC_EXCEPTION"));
  const strict = setUp({ autoCreateTopics: false });
  const refused = await strict.call("Metadata", { topics: [{ name: "wanted" }] }, { version: 1 });
  expect(refused!.topics[0]!.errorCode).toBe(code("UNKNOWN_TOPIC_OR_PARTITION"));
});

test("no list of topics asks for all of them, an empty list for none, but for all in version 0", async () => {
  const { call } = setUp({ topics: [{ name: "t" }, { name: "u" }] });
  const count = async (topics: [] | null, version: number) => (await call("Metadata", { topics }, { version }))!.topics.length;
  expect([await count([], 0), await count([], 1), await count(null, 1), await count(null, 12)]).toEqual([2, 0, 2, 2]);
});

test("topics can be asked for by id from version 12 on", async () => {
  const { call } = setUp({ topics: [{ name: "t" }] });
  const topicId = (await call("Metadata", { topics: [{ name: "t" }] }))!.topics[0]!.topicId;
  expect((await call("Metadata", { topics: [{ name: null, topicId }] }))!.topics[0]).toMatchObject({ name: "t", topicId, errorCode: 0 });
  expect((await call("Metadata", { topics: [{ name: null, topicId }] }, { version: 10 }))!.topics[0]!.errorCode).toBe(
    code("INVALID_REQUEST"),
  );
  const unknown = "AAAAAAAAAAAAAAAAAAAAAQ";
  expect((await call("Metadata", { topics: [{ name: null, topicId: unknown }] }))!.topics[0]!.errorCode).toBe(code("UNKNOWN_TOPIC_ID"));
});

test("a produce is refused in Kafka's order: acks, topic, partition, records, producer", async () => {
  const { call, produce, clock } = setUp({ topics: [{ name: "t", configs: { "max.message.bytes": "1000" } }], maxMessageBytes: 5_000 });
  const good = batchOf(["v"], { timestamp: clock.now() });
  expect((await produce(good, "absent", 5)).errorCode).toBe(code("INVALID_REQUIRED_ACKS"));
  expect((await produce(good, "absent")).errorCode).toBe(code("UNKNOWN_TOPIC_OR_PARTITION"));
  expect((await produce(batchOf(["v".repeat(1_000)]))).errorCode).toBe(code("MESSAGE_TOO_LARGE"));
  expect((await produce(batchOf(["v"], { timestamp: clock.now() + 3_600_001 }))).errorCode).toBe(code("INVALID_TIMESTAMP"));
  const transactional = batchOf(["v"], { producerId: 1, producerEpoch: 0, baseSequence: 0, isTransactional: true });
  expect((await produce(transactional)).errorCode).toBe(code("TRANSACTIONAL_ID_AUTHORIZATION_FAILED"));
  const corrupt = batchOf(["v"]);
  corrupt[corrupt.length - 1]! ^= 1;
  expect(await produce(corrupt)).toMatchObject({ errorCode: code("CORRUPT_MESSAGE"), baseOffset: -1, logStartOffset: -1 });
  expect(await produce(good)).toMatchObject({ errorCode: 0, baseOffset: 0, logAppendTimeMs: -1, logStartOffset: 0 });
  const { topicId } = (await call("Metadata", { topics: [{ name: "t" }] }))!.topics[0]!;
  const byId = async (id: string) =>
    (await call("Produce", { acks: 1, topicData: [{ topicId: id, partitionData: [{ index: 0, records: good }] }] }, { version: 13 }))!
      .responses[0]!;
  expect(await byId(topicId)).toMatchObject({ topicId, partitionResponses: [{ errorCode: 0, baseOffset: 1 }] });
  expect((await byId("AAAAAAAAAAAAAAAAAAAAAQ")).partitionResponses[0]!.errorCode).toBe(code("UNKNOWN_TOPIC_ID"));
});

test("an idempotent batch that is sent twice is there once, and a gap is refused", async () => {
  const { call, produce, engine } = setUp({ topics: [{ name: "t" }] });
  const { producerId, producerEpoch } = (await call("InitProducerId", { transactionalId: null }))!;
  const batch = (baseSequence: number) => batchOf(["a", "b"], { producerId, producerEpoch, baseSequence });
  expect((await produce(batch(0))).baseOffset).toBe(0);
  expect((await produce(batch(2))).baseOffset).toBe(2);
  expect(await produce(batch(0))).toMatchObject({ errorCode: 0, baseOffset: 0 });
  expect((await produce(batch(6))).errorCode).toBe(code("OUT_OF_ORDER_SEQUENCE_NUMBER"));
  expect(engine.records("t")).toHaveLength(4);
  const other = (await call("InitProducerId", { transactionalId: null }))!;
  expect(other.producerId).not.toBe(producerId);
  expect((await call("InitProducerId", { transactionalId: "" }))!.errorCode).toBe(code("INVALID_REQUEST"));
  expect((await call("InitProducerId", { transactionalId: null, producerId: 5 }, { version: 3 }))!.errorCode).toBe(code("INVALID_REQUEST"));
});

test("with LogAppendTime records get the broker's time", async () => {
  const { clock, produce, engine } = setUp({ topics: [{ name: "t", configs: { "message.timestamp.type": "LogAppendTime" } }] });
  const nowMs = clock.now();
  const repeated = batchOf(["v"], { timestamp: 5, producerId: 1, producerEpoch: 0, baseSequence: 0 });
  expect((await produce(repeated)).logAppendTimeMs).toBe(nowMs);
  await clock.advance(1_000);
  expect((await produce(repeated)).logAppendTimeMs).toBe(nowMs);
  expect(engine.records("t").map(({ timestamp }) => timestamp)).toEqual([nowMs]);
});

test("offsets are found by time to the record, also in packed batches, and to the batch where they cannot be unpacked", async () => {
  const { call, produce } = setUp({ topics: [{ name: "t" }] });
  const recordsAt = (...timestamps: number[]) => timestamps.map((timestamp) => ({ timestamp, key: null, value: Buffer.from("v") }));
  await produce(encodeRecordBatch({ records: recordsAt(100, 300, 200) }));
  await produce(encodeRecordBatch({ records: recordsAt(400, 600), compression: "gzip", compress: (data) => gzipSync(data) }));
  await produce(encodeRecordBatch({ records: recordsAt(700, 800), compression: "snappy", compress: (data) => data }));
  const at = async (timestamp: number, version = 10) => {
    const partitions = [{ partitionIndex: 0, timestamp }];
    const found = (await call("ListOffsets", { replicaId: -1, topics: [{ name: "t", partitions }] }, { version }))!.topics[0]!
      .partitions[0]!;
    return found.errorCode === 0 ? [found.offset, found.timestamp] : found.errorCode;
  };
  expect(await at(0)).toEqual([0, 100]);
  expect(await at(150)).toEqual([1, 300]);
  expect(await at(301)).toEqual([3, 400]);
  expect(await at(401)).toEqual([4, 600]);
  expect(await at(750)).toEqual([5, 800]);
  expect(await at(801)).toEqual([-1, -1]);
  expect(await at(-1)).toEqual([7, -1]);
  expect(await at(-2)).toEqual([0, -1]);
  expect(await at(-3)).toEqual([5, 800]);
  expect(await at(-4)).toEqual([0, -1]);
  expect(await at(-5)).toEqual([-1, -1]);
  expect(await at(-4, 7)).toBe(code("UNSUPPORTED_VERSION"));
  expect(await at(-9)).toBe(code("UNSUPPORTED_VERSION"));
  await call("DeleteRecords", { topics: [{ name: "t", partitions: [{ partitionIndex: 0, offset: 2 }] }] });
  expect(await at(150)).toEqual([2, 200]);
  expect(await at(250)).toEqual([3, 400]);
  const twice = [0, 0].map((partitionIndex) => ({ partitionIndex, timestamp: -1 }));
  const repeated = await call("ListOffsets", { replicaId: -1, topics: [{ name: "t", partitions: twice }] });
  expect(repeated!.topics[0]!.partitions.map(({ errorCode }) => errorCode)).toEqual([code("INVALID_REQUEST")]);
});

test("records are deleted up to an offset or to the end, but never beyond and never from a compacted topic", async () => {
  const { call, produce } = setUp({ topics: [{ name: "t" }, { name: "compacted", configs: { "cleanup.policy": "compact" } }] });
  await produce(batchOf(["a", "b", "c"]));
  const remove = async (name: string, offset: number, partitionIndex = 0) => {
    const answer = await call("DeleteRecords", { topics: [{ name, partitions: [{ partitionIndex, offset }] }] });
    const { lowWatermark, errorCode } = answer!.topics[0]!.partitions[0]!;
    return errorCode === 0 ? lowWatermark : errorCode;
  };
  expect(await remove("t", 2)).toBe(2);
  expect(await remove("t", 1)).toBe(2);
  expect(await remove("t", 4)).toBe(code("OFFSET_OUT_OF_RANGE"));
  expect(await remove("t", -2)).toBe(code("OFFSET_OUT_OF_RANGE"));
  expect(await remove("t", -1)).toBe(3);
  expect(await remove("t", 0, 5)).toBe(code("UNKNOWN_TOPIC_OR_PARTITION"));
  expect(await remove("compacted", 0)).toBe(code("POLICY_VIOLATION"));
});

test("where the records of a leader epoch end is known", async () => {
  const { call, produce } = setUp({ topics: [{ name: "t" }] });
  await produce(batchOf(["a", "b"]));
  const asked = [
    { partition: 0, currentLeaderEpoch: 0, leaderEpoch: 0 },
    { partition: 0, currentLeaderEpoch: 7, leaderEpoch: 0 },
    { partition: 9, currentLeaderEpoch: 0, leaderEpoch: 0 },
  ];
  const answer = await call("OffsetForLeaderEpoch", { topics: [{ topic: "t", partitions: asked }] });
  expect(answer!.topics[0]!.partitions).toMatchObject([
    { errorCode: 0, leaderEpoch: 0, endOffset: 2 },
    { errorCode: code("UNKNOWN_LEADER_EPOCH") },
    { errorCode: code("UNKNOWN_TOPIC_OR_PARTITION") },
  ]);
});

test("coordinators are found for groups and transactions, alone and in numbers, and for nothing else", async () => {
  const { call } = setUp();
  expect(await call("FindCoordinator", { key: "g" }, { version: 0 })).toMatchObject({
    errorCode: 0,
    nodeId: 1,
    host: "127.0.0.1",
    port: 9092,
  });
  const many = await call("FindCoordinator", { keyType: 1, coordinatorKeys: ["a", "b"] });
  expect(many!.coordinators.map(({ key, nodeId }) => [key, nodeId])).toEqual([
    ["a", 1],
    ["b", 1],
  ]);
  expect(await call("FindCoordinator", { key: "g", keyType: 9 }, { version: 3 })).toMatchObject({
    errorCode: code("INVALID_REQUEST"),
    nodeId: -1,
  });
});

test("options that cannot be are refused, every problem at once", () => {
  const wrong: BrokerEngineOptions = {
    defaultPartitions: 0,
    maxMessageBytes: -1,
    nodes: [
      { id: 1, host: "h", port: 1 },
      { id: 1, host: "h", port: 2 },
    ],
    topics: [{ name: "a b" }, { name: "t", partitions: 0 }, { name: "t" }],
    groups: { minSessionTimeoutMs: 10, maxSessionTimeoutMs: 5 },
  };
  expect(() => createBrokerEngine(wrong)).toThrow(
    expect.objectContaining({ code: "INVALID_OPTIONS", problems: expect.arrayContaining([]) }),
  );
  try {
    createBrokerEngine(wrong);
  } catch (error) {
    expect((error as { problems: string[] }).problems.length).toBeGreaterThanOrEqual(7);
  }
  expect(() => createBrokerEngine({ nodes: [] })).toThrow(/at least one broker/);
});

test("a cluster describes its brokers, and says when it is asked for controllers", async () => {
  const { call, engine } = setUp();
  expect(await call("DescribeCluster", {})).toMatchObject({ clusterId: engine.clusterId, controllerId: 1, brokers: [{ brokerId: 1 }] });
  expect((await call("DescribeCluster", { endpointType: 2 }))!.errorCode).toBe(code("MISMATCHED_ENDPOINT_TYPE"));
  expect(engine.clusterId).not.toBe(zeroUuid);
});
