import { waitFor } from "@millrace/testing";
import { CompressionTypes, type Consumer, Kafka, logLevel, Partitioners } from "kafkajs";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { type EmbeddedKafka, startEmbeddedKafka } from "../src/index.ts";
import { openRawClient } from "./support/raw-client.ts";

let broker: EmbeddedKafka;
let kafka: Kafka;
const cleanups: (() => Promise<void>)[] = [];

beforeAll(async () => {
  broker = await startEmbeddedKafka({ defaultPartitions: 1 });
  kafka = new Kafka({
    brokers: broker.brokers,
    clientId: "suite",
    logLevel: logLevel.NOTHING,
    retry: { initialRetryTime: 20, retries: 8 },
  });
});
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});
afterAll(async () => {
  await broker.close();
});

async function openProducer(options: Parameters<Kafka["producer"]>[0] = {}) {
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner, ...options });
  await producer.connect();
  cleanups.push(() => producer.disconnect());
  return producer;
}

async function openAdmin() {
  const admin = kafka.admin();
  await admin.connect();
  cleanups.push(() => admin.disconnect());
  return admin;
}

async function openConsumer(groupId: string, topic: string, seen: (text: string, partition: number) => void): Promise<Consumer> {
  const consumer = kafka.consumer({ groupId, heartbeatInterval: 50, maxWaitTimeInMs: 200 });
  await consumer.connect();
  cleanups.push(() => consumer.disconnect());
  await consumer.subscribe({ topic, fromBeginning: true });
  await consumer.run({ eachMessage: async ({ message, partition }) => seen(String(message.value), partition) });
  return consumer;
}

test("what is produced is consumed in order, with keys, headers, tombstones and empty values", async () => {
  const producer = await openProducer();
  await producer.send({
    topic: "records",
    messages: [
      { key: "a", value: "one", headers: { trace: "x", many: ["1", "2"] } },
      { key: "b", value: null },
      { key: null, value: "" },
      { key: "large", value: "v".repeat(500_000) },
    ],
  });
  const consumer = kafka.consumer({ groupId: "records-group", maxWaitTimeInMs: 200 });
  await consumer.connect();
  cleanups.push(() => consumer.disconnect());
  await consumer.subscribe({ topic: "records", fromBeginning: true });
  const seen: unknown[] = [];
  await consumer.run({
    eachMessage: async ({ message: { offset, key, value, headers } }) => {
      const headerTexts = Object.fromEntries(Object.entries(headers ?? {}).map(([name, text]) => [name, String(text)]));
      seen.push({ offset, key: key?.toString() ?? null, value: value?.toString() ?? null, headers: headerTexts });
    },
  });
  await waitFor(() => seen.length === 4);
  expect(seen).toEqual([
    { offset: "0", key: "a", value: "one", headers: { trace: "x", many: "1,2" } },
    { offset: "1", key: "b", value: null, headers: {} },
    { offset: "2", key: null, value: "", headers: {} },
    { offset: "3", key: "large", value: "v".repeat(500_000), headers: {} },
  ]);
  expect(broker.records("records").map((record) => record.key?.toString() ?? null)).toEqual(["a", "b", null, "large"]);
  expect(broker.records("records")[0]!.headers.map(([name, value]) => [name, String(value)])).toEqual([
    ["trace", "x"],
    ["many", "1"],
    ["many", "2"],
  ]);
});

test("gzip batches and idempotent producers work, and offsets are dense over all of them", async () => {
  const plain = await openProducer();
  const idempotent = await openProducer({ idempotent: true, maxInFlightRequests: 1 });
  const offsets: string[] = [];
  for (let round = 0; round < 5; round++) {
    const messages = [{ value: `a${round}` }, { value: `b${round}` }];
    const compressed = await plain.send({ topic: "mixed", compression: CompressionTypes.GZIP, messages });
    const exact = await idempotent.send({ topic: "mixed", messages });
    offsets.push(compressed[0]!.baseOffset!, exact[0]!.baseOffset!);
  }
  expect(offsets).toEqual(["0", "2", "4", "6", "8", "10", "12", "14", "16", "18"]);
  const seen: string[] = [];
  await openConsumer("mixed-group", "mixed", (text) => seen.push(text));
  await waitFor(() => seen.length === 20);
  expect(seen.slice(0, 4)).toEqual(["a0", "b0", "a0", "b0"]);
});

test("two members share the partitions, and when one leaves the other gets its part", async () => {
  const admin = await openAdmin();
  await admin.createTopics({ topics: [{ topic: "shared", numPartitions: 4 }] });
  const producer = await openProducer();
  const partitionsOf = { first: new Set<number>(), second: new Set<number>() };
  await openConsumer("shared-group", "shared", (_, partition) => partitionsOf.first.add(partition));
  const second = await openConsumer("shared-group", "shared", (_, partition) => partitionsOf.second.add(partition));
  await waitFor(() => broker.groups().find(({ groupId, state }) => groupId === "shared-group" && state === "Stable")?.members.length === 2);
  const sendToAll = (value: string) =>
    producer.send({ topic: "shared", messages: [0, 1, 2, 3].map((partition) => ({ value, partition })) });
  await sendToAll("to both");
  await waitFor(() => partitionsOf.first.size + partitionsOf.second.size === 4);
  expect([partitionsOf.first.size, partitionsOf.second.size]).toEqual([2, 2]);
  await second.disconnect();
  partitionsOf.first.clear();
  await sendToAll("to one");
  await waitFor(() => partitionsOf.first.size === 4, { timeoutMs: 10_000 });
  await waitFor(() => broker.offsets("shared-group").reduce((sum, { offset }) => sum + offset, 0) === 8);
});

test("a consumer goes on where its group has committed", async () => {
  const producer = await openProducer();
  await producer.send({ topic: "resumed", messages: [{ value: "1" }, { value: "2" }] });
  const first: string[] = [];
  const consumer = await openConsumer("resumed-group", "resumed", (text) => first.push(text));
  await waitFor(() => first.length === 2);
  await consumer.disconnect();
  expect(broker.offsets("resumed-group")).toMatchObject([{ topic: "resumed", partition: 0, offset: 2 }]);
  await producer.send({ topic: "resumed", messages: [{ value: "3" }] });
  const second: string[] = [];
  await openConsumer("resumed-group", "resumed", (text) => second.push(text));
  await waitFor(() => second.length > 0);
  expect(second).toEqual(["3"]);
});

test("the admin client manages topics, configs, offsets, records and groups", async () => {
  const admin = await openAdmin();
  const topic = "managed";
  expect(
    await admin.createTopics({ topics: [{ topic, numPartitions: 2, configEntries: [{ name: "retention.ms", value: "1234" }] }] }),
  ).toBe(true);
  expect(await admin.createTopics({ topics: [{ topic, numPartitions: 2 }] })).toBe(false);
  expect(await admin.listTopics()).toContain(topic);
  await admin.createPartitions({ topicPartitions: [{ topic, count: 3 }] });
  const [described] = (await admin.fetchTopicMetadata({ topics: [topic] })).topics;
  expect(described!.partitions.map((partition) => partition.leader)).toEqual([1, 1, 1]);
  const configs = await admin.describeConfigs({ includeSynonyms: false, resources: [{ type: 2, name: topic }] });
  expect(configs.resources[0]!.configEntries.find(({ configName }) => configName === "retention.ms")?.configValue).toBe("1234");

  const producer = await openProducer();
  await producer.send({ topic, messages: ["a", "b", "c"].map((value) => ({ value, partition: 0 })) });
  await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: "2" }] });
  expect((await admin.fetchTopicOffsets(topic)).find(({ partition }) => partition === 0)).toMatchObject({ low: "2", high: "3" });
  expect(broker.records(topic).map((record) => record.offset)).toEqual([2]);

  // kafkajs's own setOffsets starts a consumer, which takes five seconds to stop on any broker.
  const raw = await openRawClient(broker);
  const committed = { partitionIndex: 0, committedOffset: 2, committedMetadata: "kept" };
  await raw.call("OffsetCommit", 5, { groupId: "managed-group", topics: [{ name: topic, partitions: [committed] }] });
  raw.close();
  const [fetched] = await admin.fetchOffsets({ groupId: "managed-group", topics: [topic] });
  expect(fetched!.partitions.find(({ partition }) => partition === 0)).toMatchObject({ offset: "2", metadata: "kept" });
  expect((await admin.listGroups()).groups.map(({ groupId }) => groupId)).toContain("managed-group");
  expect((await admin.describeGroups(["managed-group"])).groups[0]!.state).toBe("Empty");
  await admin.deleteGroups(["managed-group"]);
  expect(broker.offsets("managed-group")).toEqual([]);

  expect(await admin.describeCluster()).toMatchObject({ controller: 1, clusterId: broker.engine.clusterId, brokers: [{ nodeId: 1 }] });
  await admin.deleteTopics({ topics: [topic] });
  expect(await admin.listTopics()).not.toContain(topic);
});
