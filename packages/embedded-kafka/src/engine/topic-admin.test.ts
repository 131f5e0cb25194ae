import { errorCodes, type MessageInput, type RequestTypes, zeroUuid } from "@millrace/protocol";
import { createVirtualClock } from "@millrace/testing";
import { expect, test } from "vitest";
import { engineClient } from "../../test/support/engine-client.ts";
import { createBrokerEngine } from "./broker-engine.ts";
import type { BrokerEngineOptions } from "./broker-engine-options.ts";

type NewTopic = MessageInput<RequestTypes["CreateTopics"]["topics"][number]>;

function setUp(options: BrokerEngineOptions = {}) {
  const engine = createBrokerEngine({ clock: createVirtualClock(), ...options });
  const call = engineClient(engine);
  const create = async (...topics: NewTopic[]) =>
    (await call("CreateTopics", { topics: topics.map((topic) => ({ numPartitions: 1, replicationFactor: 1, ...topic })) }))!.topics;
  const errorOf = async (topic: NewTopic) => nameOf((await create({ name: "t", ...topic }))[0]!.errorCode);
  return { engine, call, create, errorOf };
}

function nameOf(errorCode: number): string {
  return Object.entries(errorCodes).find(([, value]) => value === errorCode)?.[0] ?? String(errorCode);
}

test("a topic is made with what was asked for, or with the broker's defaults for -1", async () => {
  const { create, engine } = setUp({ defaultPartitions: 4 });
  const [asked, left] = await create(
    { name: "asked", numPartitions: 2, configs: [{ name: "retention.ms", value: "5" }] },
    { name: "left", numPartitions: -1, replicationFactor: -1 },
  );
  expect(asked).toMatchObject({ errorCode: 0, numPartitions: 2, replicationFactor: 1 });
  expect(asked!.topicId).not.toBe(zeroUuid);
  expect(asked!.configs!.find(({ name }) => name === "retention.ms")).toMatchObject({ value: "5", configSource: 1 });
  expect(left).toMatchObject({ errorCode: 0, numPartitions: 4 });
  expect(engine.records("asked")).toEqual([]);
});

test("what cannot be made is refused, each for its own reason", async () => {
  const { errorOf, create } = setUp({ topics: [{ name: "there" }, { name: "a.b" }], maxPartitions: 100 });
  expect(await errorOf({ name: "no good" })).toBe("INVALID_TOPIC_EXCEPTION");
  expect(await errorOf({ name: "a_b" })).toBe("INVALID_TOPIC_EXCEPTION");
  expect(await errorOf({ name: "there" })).toBe("TOPIC_ALREADY_EXISTS");
  expect(await errorOf({ numPartitions: 0 })).toBe("INVALID_PARTITIONS");
  expect(await errorOf({ numPartitions: -2 })).toBe("INVALID_PARTITIONS");
  expect(await errorOf({ numPartitions: 1_000 })).toBe("POLICY_VIOLATION");
  expect(await errorOf({ replicationFactor: 0 })).toBe("INVALID_REPLICATION_FACTOR");
  expect(await errorOf({ replicationFactor: 2 })).toBe("INVALID_REPLICATION_FACTOR");
  expect(await errorOf({ configs: [{ name: "no.such", value: "1" }] })).toBe("INVALID_CONFIG");
  expect(await errorOf({ configs: [{ name: "retention.ms", value: null }] })).toBe("INVALID_CONFIG");
  const twice = await create({ name: "twice" }, { name: "twice" }, { name: "once" });
  expect(twice.map(({ name, errorCode }) => [name, nameOf(errorCode)])).toEqual([
    ["twice", "INVALID_REQUEST"],
    ["once", "NONE"],
  ]);
});

test("partitions can be assigned by hand to brokers that exist", async () => {
  const nodes = [1, 2].map((id) => ({ id, host: "127.0.0.1", port: id }));
  const { errorOf, call } = setUp({ nodes });
  const byHand = (...brokerIds: number[][]) => ({
    numPartitions: -1,
    replicationFactor: -1,
    assignments: brokerIds.map((ids, partitionIndex) => ({ partitionIndex, brokerIds: ids })),
  });
  expect(await errorOf({ ...byHand([1]), numPartitions: 1 })).toBe("INVALID_REQUEST");
  expect(await errorOf(byHand([]))).toBe("INVALID_REPLICA_ASSIGNMENT");
  expect(await errorOf(byHand([1, 1]))).toBe("INVALID_REPLICA_ASSIGNMENT");
  expect(await errorOf(byHand([3]))).toBe("INVALID_REPLICA_ASSIGNMENT");
  expect(await errorOf({ ...byHand([1]), assignments: [{ partitionIndex: 1, brokerIds: [1] }] })).toBe("INVALID_REPLICA_ASSIGNMENT");
  expect(await errorOf(byHand([2], [1]))).toBe("NONE");
  expect((await call("Metadata", { topics: null }))!.topics[0]!.partitions.map(({ leaderId }) => leaderId)).toEqual([2, 1]);
});

test("validateOnly answers and makes nothing", async () => {
  const { call } = setUp();
  const answer = await call("CreateTopics", { validateOnly: true, topics: [{ name: "t", numPartitions: 2, replicationFactor: 1 }] });
  expect(answer!.topics[0]).toMatchObject({ errorCode: 0, numPartitions: 2, errorMessage: null });
  expect((await call("Metadata", { topics: null }))!.topics).toEqual([]);
});

test("topics are removed by name or id, with their groups' offsets", async () => {
  const { call, engine } = setUp({ topics: [{ name: "t" }, { name: "u" }] });
  const committed = (name: string) => ({ name, partitions: [{ partitionIndex: 0, committedOffset: 0 }] });
  await call("OffsetCommit", { groupId: "g", topics: [committed("t"), committed("u")] }, { version: 8 });
  const remove = async (...topics: MessageInput<RequestTypes["DeleteTopics"]["topics"][number]>[]) =>
    (await call("DeleteTopics", { topics }))!.responses.map(({ errorCode }) => nameOf(errorCode));
  expect(await remove({ name: "absent" }, { topicId: "AAAAAAAAAAAAAAAAAAAAAQ" }, {})).toEqual([
    "UNKNOWN_TOPIC_OR_PARTITION",
    "UNKNOWN_TOPIC_ID",
    "INVALID_REQUEST",
  ]);
  expect(await remove({ name: "t" }, { name: "t" })).toEqual(["INVALID_REQUEST"]);
  expect(await remove({ name: "t" })).toEqual(["NONE"]);
  expect(engine.offsets("g").map(({ topic }) => topic)).toEqual(["u"]);
  // Its name, and the names that collided with it, are free again.
  expect((await call("CreateTopics", { topics: [{ name: "t", numPartitions: 1, replicationFactor: 1 }] }))!.topics[0]!.errorCode).toBe(0);
});

test("topics grow and never shrink", async () => {
  const { call } = setUp({ topics: [{ name: "t", partitions: 2 }], maxPartitions: 100 });
  const grow = async (count: number, { name = "t", assignments = null as { brokerIds: number[] }[] | null, validateOnly = false } = {}) =>
    nameOf((await call("CreatePartitions", { validateOnly, topics: [{ name, count, assignments }] }))!.results[0]!.errorCode);
  expect(await grow(3, { name: "absent" })).toBe("UNKNOWN_TOPIC_OR_PARTITION");
  expect(await grow(2)).toBe("INVALID_PARTITIONS");
  expect(await grow(1)).toBe("INVALID_PARTITIONS");
  expect(await grow(1_000)).toBe("POLICY_VIOLATION");
  expect(await grow(4, { assignments: [{ brokerIds: [1] }] })).toBe("INVALID_REPLICA_ASSIGNMENT");
  expect(await grow(3, { assignments: [{ brokerIds: [9] }] })).toBe("INVALID_REPLICA_ASSIGNMENT");
  expect(await grow(3, { validateOnly: true })).toBe("NONE");
  expect(await grow(3, { assignments: [{ brokerIds: [1] }] })).toBe("NONE");
  expect((await call("Metadata", { topics: null }))!.topics[0]!.partitions).toHaveLength(3);
  const twice = [1, 2].map(() => ({ name: "t", count: 9, assignments: null }));
  expect((await call("CreatePartitions", { topics: twice }))!.results.map(({ errorCode }) => nameOf(errorCode))).toEqual([
    "INVALID_REQUEST",
  ]);
});

test("configs are described with their source and synonyms, all of them or the ones asked for", async () => {
  const { call } = setUp({ topics: [{ name: "t", configs: { "retention.ms": "5" } }], maxMessageBytes: 2_000_000 });
  const describe = async (resourceType: number, resourceName: string, configurationKeys: string[] | null = null) =>
    (await call("DescribeConfigs", { includeSynonyms: true, resources: [{ resourceType, resourceName, configurationKeys }] }))!.results[0]!;
  const all = await describe(2, "t");
  expect(all.configs.length).toBeGreaterThan(30);
  const [retention] = (await describe(2, "t", ["retention.ms"])).configs;
  expect(retention).toMatchObject({ value: "5", configSource: 1, readOnly: false, configType: 5 });
  expect(retention!.synonyms.map(({ name, value, source }) => [name, value, source])).toEqual([["retention.ms", "5", 1]]);
  expect((await describe(2, "t", ["max.message.bytes"])).configs[0]).toMatchObject({ value: "2000000", configSource: 4 });
  expect((await describe(2, "t", ["flush.ms"])).configs[0]).toMatchObject({ configSource: 5, synonyms: [] });
  expect((await describe(4, "1", ["message.max.bytes"])).configs[0]).toMatchObject({ value: "2000000", configSource: 4, readOnly: false });
  expect((await describe(4, "")).configs).toEqual([]);
  expect(nameOf((await describe(4, "7")).errorCode)).toBe("INVALID_REQUEST");
  expect(nameOf((await describe(2, "absent")).errorCode)).toBe("UNKNOWN_TOPIC_OR_PARTITION");
  expect(nameOf((await describe(2, "a b")).errorCode)).toBe("INVALID_TOPIC_EXCEPTION");
  expect(nameOf((await describe(8, "1")).errorCode)).toBe("INVALID_REQUEST");
});
