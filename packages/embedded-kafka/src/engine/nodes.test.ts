import { errorCodes } from "@millrace/protocol";
import { createVirtualClock, seededRandom } from "@millrace/testing";
import { expect, test } from "vitest";
import { batchOf } from "../../test/support/batch.ts";
import { engineClient } from "../../test/support/engine-client.ts";
import { createBrokerEngine } from "./broker-engine.ts";
import type { BrokerEngineOptions } from "./broker-engine-options.ts";

function setUp(options: BrokerEngineOptions = {}) {
  const clock = createVirtualClock();
  const nodes = [1, 2, 3].map((id) => ({ id, host: "127.0.0.1", port: 9_090 + id }));
  const engine = createBrokerEngine({ clock, random: seededRandom(1), nodes, ...options });
  const call = engineClient(engine);
  const describe = async (name = "t") => {
    const metadata = await call("Metadata", { topics: [{ name }] });
    return { ...metadata!, partitions: metadata!.topics[0]!.partitions };
  };
  const produce = async (nodeId: number | undefined, { acks = -1, index = 0, version = 10 } = {}) => {
    const topicData = [{ name: "t", partitionData: [{ index, records: batchOf(["v"]) }] }];
    const answer = await call("Produce", { acks, topicData }, { version, ...(nodeId !== undefined && { nodeId }) });
    return { ...answer!.responses[0]!.partitionResponses[0]!, nodeEndpoints: answer!.nodeEndpoints };
  };
  const coordinatorOf = async (key: string, keyType = 0) =>
    (await call("FindCoordinator", { keyType, coordinatorKeys: [key] }))!.coordinators[0]!.nodeId;
  return { clock, engine, call, describe, produce, coordinatorOf };
}

const code = (error: keyof typeof errorCodes): number => errorCodes[error];
const keys = Array.from({ length: 12 }, (_, index) => `key-${index}`);

test("leaders and coordinators are spread over the nodes, and replicas as far as asked", async () => {
  const { describe, coordinatorOf } = setUp({ topics: [{ name: "t", partitions: 6, replicationFactor: 2 }, { name: "u" }] });
  const { partitions, brokers, controllerId } = await describe();
  expect(partitions.map(({ leaderId }) => leaderId)).toEqual([1, 2, 3, 1, 2, 3]);
  expect(partitions[2]).toMatchObject({ replicaNodes: [3, 1], isrNodes: [3, 1], offlineReplicas: [] });
  expect(brokers.map(({ nodeId }) => nodeId)).toEqual([1, 2, 3]);
  expect(controllerId).toBe(1);
  expect((await describe("u")).partitions[0]!.replicaNodes).toHaveLength(3);
  for (const keyType of [0, 1]) {
    const found = await Promise.all(keys.map((key) => coordinatorOf(key, keyType)));
    expect(new Set(found)).toEqual(new Set([1, 2, 3]));
  }
});

test("a topic has as many replicas as asked for, by number or by hand, but not more than there are nodes", async () => {
  const { call, describe } = setUp();
  const create = async (name: string, replicationFactor: number, assignments: { partitionIndex: number; brokerIds: number[] }[] = []) => {
    const numPartitions = assignments.length > 0 ? -1 : 2;
    return (await call("CreateTopics", { topics: [{ name, numPartitions, replicationFactor, assignments }] }))!.topics[0]!;
  };
  expect(await create("t", 4)).toMatchObject({ errorCode: code("INVALID_REPLICATION_FACTOR") });
  expect(await create("t", 2)).toMatchObject({ errorCode: 0, replicationFactor: 2 });
  expect(await create("default", -1)).toMatchObject({ errorCode: 0, replicationFactor: 3 });
  expect(await create("hand", -1, [{ partitionIndex: 0, brokerIds: [3, 2] }])).toMatchObject({ errorCode: 0, replicationFactor: 2 });
  expect((await describe("hand")).partitions[0]).toMatchObject({ leaderId: 3, replicaNodes: [3, 2] });
  const uneven = [
    { partitionIndex: 0, brokerIds: [3, 2] },
    { partitionIndex: 1, brokerIds: [3] },
  ];
  expect((await create("uneven", -1, uneven)).errorCode).toBe(code("INVALID_REPLICA_ASSIGNMENT"));
  const enlarge = async (brokerIds: number[]) =>
    (await call("CreatePartitions", { topics: [{ name: "hand", count: 2, assignments: [{ brokerIds }] }] }))!.results[0]!.errorCode;
  expect(await enlarge([1])).toBe(code("INVALID_REPLICA_ASSIGNMENT"));
  expect(await enlarge([1, 2])).toBe(0);
  expect((await describe("hand")).partitions[1]!.replicaNodes).toEqual([1, 2]);
});

test("the wrong node names the right one, in every API that a leader answers", async () => {
  const { call, produce } = setUp({ topics: [{ name: "t", replicationFactor: 1 }] });
  const wrong = code("NOT_LEADER_OR_FOLLOWER");
  expect(await produce(2)).toMatchObject({
    errorCode: wrong,
    currentLeader: { leaderId: 1, leaderEpoch: 0 },
    nodeEndpoints: [{ nodeId: 1, host: "127.0.0.1", port: 9_091 }],
  });
  expect((await produce(1)).errorCode).toBe(0);
  expect((await produce(undefined)).errorCode).toBe(0);
  const topics = [{ name: "t", partitions: [{ partitionIndex: 0, timestamp: -1, offset: 0 }] }];
  expect((await call("ListOffsets", { topics }, { nodeId: 3 }))!.topics[0]!.partitions[0]!.errorCode).toBe(wrong);
  expect((await call("DeleteRecords", { topics }, { nodeId: 3 }))!.topics[0]!.partitions[0]!.errorCode).toBe(wrong);
  const epochs = { topics: [{ topic: "t", partitions: [{ partition: 0, leaderEpoch: 0 }] }] };
  expect((await call("OffsetForLeaderEpoch", epochs, { nodeId: 3 }))!.topics[0]!.partitions[0]!.errorCode).toBe(wrong);
});

test("requests for groups and transactions are answered by their coordinators only, each key of a list for itself", async () => {
  const { call, coordinatorOf } = setUp();
  const ours = await Promise.all(keys.map(async (key) => [key, await coordinatorOf(key)] as const));
  const here = ours.find(([, node]) => node === 1)![0];
  const there = ours.find(([, node]) => node !== 1)![0];
  const commit = async (groupId: string) =>
    (await call(
      "OffsetCommit",
      { groupId, topics: [{ name: "t", partitions: [{ partitionIndex: 0, committedOffset: 1 }] }] },
      { nodeId: 1, version: 8 },
    ))!.topics[0]!.partitions[0]!.errorCode;
  expect(await commit(there)).toBe(code("NOT_COORDINATOR"));
  expect(await commit(here)).not.toBe(code("NOT_COORDINATOR"));
  const described = await call("DescribeGroups", { groups: [there, here] }, { nodeId: 1, version: 5 });
  expect(described!.groups.map(({ groupId, errorCode }) => [groupId, errorCode])).toEqual([
    [here, 0],
    [there, code("NOT_COORDINATOR")],
  ]);
  const producer = async (nodeId: number) =>
    (await call("InitProducerId", { transactionalId: here, transactionTimeoutMs: 1_000 }, { nodeId }))!.errorCode;
  expect([await producer(1), await producer(2)]).toEqual([0, code("NOT_COORDINATOR")]);
  expect((await call("InitProducerId", { transactionalId: null }, { nodeId: 2 }))!.errorCode).toBe(0);
  const listed = await Promise.all([1, 2, 3].map((nodeId) => call("ListTransactions", {}, { nodeId })));
  expect(listed.map((answer) => answer!.transactionStates.length)).toEqual([1, 0, 0]);
});

test("a moved leader begins an epoch: what waits hears of it, and the end of the old epoch is known", async () => {
  const { call, describe, engine, produce } = setUp({ topics: [{ name: "t", replicationFactor: 1 }] });
  await produce(1);
  const topicId = (await call("Metadata", { topics: [{ name: "t" }] }))!.topics[0]!.topicId;
  const partitions = [{ partition: 0, fetchOffset: 1, partitionMaxBytes: 100 }];
  const waiting = call("Fetch", { maxWaitMs: 60_000, minBytes: 1, maxBytes: 100, topics: [{ topicId, partitions }] }, { nodeId: 1 });
  engine.moveLeader("t", 0, 2);
  const answer = (await waiting)!;
  expect(answer.responses[0]!.partitions[0]).toMatchObject({
    errorCode: code("NOT_LEADER_OR_FOLLOWER"),
    currentLeader: { leaderId: 2, leaderEpoch: 1 },
  });
  expect(answer.nodeEndpoints).toMatchObject([{ nodeId: 2 }]);
  expect((await describe()).partitions[0]).toMatchObject({ leaderId: 2, leaderEpoch: 1, replicaNodes: [2] });
  expect((await produce(2)).baseOffset).toBe(1);
  const epochs = { topics: [{ topic: "t", partitions: [{ partition: 0, currentLeaderEpoch: 1, leaderEpoch: 0 }] }] };
  expect((await call("OffsetForLeaderEpoch", epochs, { nodeId: 2 }))!.topics[0]!.partitions[0]).toMatchObject({ endOffset: 1 });
  expect(() => engine.moveLeader("t", 7, 9)).toThrow(/no partition 7.*no node 9/s);
});

test("a follower answers fetches from version 11 on, and a client with an old epoch is told who leads", async () => {
  const { call, engine, produce } = setUp({ topics: [{ name: "t" }] });
  await produce(1);
  const topicId = (await call("Metadata", { topics: [{ name: "t" }] }))!.topics[0]!.topicId;
  const fetch = async (version: number, currentLeaderEpoch = -1) => {
    const partitions = [{ partition: 0, fetchOffset: 0, currentLeaderEpoch, partitionMaxBytes: 100 }];
    const topics = [{ ...(version >= 13 ? { topicId } : { topic: "t" }), partitions }];
    return (await call("Fetch", { maxWaitMs: 0, maxBytes: 100, topics }, { version, nodeId: 2 }))!.responses[0]!.partitions[0]!;
  };
  expect((await fetch(10)).errorCode).toBe(code("NOT_LEADER_OR_FOLLOWER"));
  expect(await fetch(11)).toMatchObject({ errorCode: 0, highWatermark: 1 });
  engine.moveLeader("t", 0, 3);
  expect(await fetch(17, 0)).toMatchObject({ errorCode: code("FENCED_LEADER_EPOCH"), currentLeader: { leaderId: 3, leaderEpoch: 1 } });
});

test("a stopped node loses what it led, coordinated and controlled, and is in sync again when it is back", async () => {
  const { call, coordinatorOf, describe, engine, produce } = setUp({ topics: [{ name: "t", configs: { "min.insync.replicas": "2" } }] });
  engine.stopNode(1);
  engine.stopNode(1);
  const stopped = await describe();
  expect(stopped).toMatchObject({ controllerId: 2, brokers: [{ nodeId: 2 }, { nodeId: 3 }] });
  expect(stopped.partitions[0]).toMatchObject({ leaderId: 2, leaderEpoch: 1, isrNodes: [2, 3], offlineReplicas: [1] });
  expect(new Set(await Promise.all(keys.map((key) => coordinatorOf(key))))).toEqual(new Set([2, 3]));
  expect((await call("DescribeCluster", {}))!.brokers).toHaveLength(2);
  await expect(call("Metadata", { topics: null }, { nodeId: 1 })).rejects.toMatchObject({ code: "REQUEST_REFUSED" });
  expect((await produce(2)).errorCode).toBe(0);
  engine.stopNode(3);
  expect((await produce(2)).errorCode).toBe(code("NOT_ENOUGH_REPLICAS"));
  expect((await produce(2, { acks: 1 })).errorCode).toBe(0);
  expect(() => engine.stopNode(2)).toThrow(/the last one that runs/);
  expect(() => engine.moveLeader("t", 0, 3)).toThrow(/node 3 is stopped/);
  engine.startNode(1);
  expect((await describe()).partitions[0]).toMatchObject({ leaderId: 2, leaderEpoch: 1, isrNodes: [1, 2], offlineReplicas: [3] });
  expect((await produce(2)).errorCode).toBe(0);
  expect(() => engine.stopNode(9)).toThrow(/no node 9/);
  expect(() => engine.startNode(9)).toThrow(/no node 9/);
  engine.reset();
  expect(engine.nodes.every(({ isRunning }) => isRunning)).toBe(true);
});

test("a partition whose replicas are all stopped has no leader until one that has everything is back", async () => {
  const { call, describe, engine, produce } = setUp({
    topics: [
      { name: "t", replicationFactor: 1 },
      { name: "two", replicationFactor: 2 },
    ],
  });
  await produce(1);
  engine.stopNode(1);
  const offline = { leaderId: -1, leaderEpoch: 1, isrNodes: [], offlineReplicas: [1] };
  expect((await describe()).partitions[0]).toMatchObject({ ...offline, errorCode: code("LEADER_NOT_AVAILABLE") });
  const paged = await call("DescribeTopicPartitions", { topics: [{ name: "t" }], responsePartitionLimit: 10 });
  expect(paged!.topics[0]!.partitions[0]).toMatchObject({ ...offline, errorCode: 0, eligibleLeaderReplicas: [1], lastKnownElr: [1] });
  expect((await produce(undefined)).errorCode).toBe(code("NOT_LEADER_OR_FOLLOWER"));
  engine.startNode(1);
  expect((await describe()).partitions[0]).toMatchObject({ errorCode: 0, leaderId: 1, leaderEpoch: 2 });
  expect((await produce(1)).baseOffset).toBe(1);
  // Node 3 was not there for what node 2 took alone, so it cannot lead.
  engine.stopNode(3);
  engine.stopNode(2);
  engine.startNode(3);
  expect((await describe("two")).partitions[0]).toMatchObject({ leaderId: -1, isrNodes: [] });
  engine.startNode(2);
  expect((await describe("two")).partitions[0]).toMatchObject({ leaderId: 2, isrNodes: [2, 3] });
});

test("what too few replicas have is not shown to readers until there are enough, or fewer are wanted", async () => {
  const { call, engine, produce } = setUp({ topics: [{ name: "t", configs: { "min.insync.replicas": "2" } }] });
  const topicId = (await call("Metadata", { topics: [{ name: "t" }] }))!.topics[0]!.topicId;
  const partitions = [{ partition: 0, fetchOffset: 1, partitionMaxBytes: 100 }];
  const read = async (maxWaitMs: number) =>
    (await call("Fetch", { maxWaitMs, minBytes: 1, maxBytes: 100, topics: [{ topicId, partitions }] }, { nodeId: 1 }))!.responses[0]!
      .partitions[0]!;
  await produce(1);
  engine.stopNode(2);
  engine.stopNode(3);
  expect((await produce(1)).errorCode).toBe(code("NOT_ENOUGH_REPLICAS"));
  expect((await produce(1, { acks: 1 })).baseOffset).toBe(1);
  expect(await read(0)).toMatchObject({ highWatermark: 1, lastStableOffset: 1, records: Buffer.alloc(0) });
  const waiting = read(60_000);
  engine.startNode(3);
  expect(await waiting).toMatchObject({ highWatermark: 2, lastStableOffset: 2 });
  engine.stopNode(3);
  expect((await produce(1, { acks: 1 })).baseOffset).toBe(2);
  expect(await read(0)).toMatchObject({ highWatermark: 2 });
  const configs = [{ name: "min.insync.replicas", value: "1", configOperation: 0 }];
  await call("IncrementalAlterConfigs", { resources: [{ resourceType: 2, resourceName: "t", configs }] });
  expect(await read(0)).toMatchObject({ highWatermark: 3 });
});
