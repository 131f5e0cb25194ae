import { waitFor } from "@millrace/testing";
import {
  Admin,
  type BaseOptions,
  CompressionAlgorithms,
  Consumer,
  FindCoordinatorKeyTypes,
  type Message,
  type MessageToProduce,
  Producer,
  stringDeserializers,
  stringSerializers,
} from "@platformatic/kafka";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { type EmbeddedKafka, startEmbeddedKafka } from "../../src/index.ts";
import { storedCompressions } from "./support/stored-compressions.ts";

type Text = Message<string, string, string, string>;

let broker: EmbeddedKafka;
const cleanups: (() => Promise<void>)[] = [];

beforeAll(async () => {
  broker = await startEmbeddedKafka();
});
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});
afterAll(async () => {
  await broker.close();
});

function base(): BaseOptions {
  return { clientId: "platformatic", bootstrapBrokers: broker.brokers, retries: 3, retryDelay: 50 };
}

function openProducer(): Producer<string, string, string, string> {
  const producer = new Producer({ ...base(), serializers: stringSerializers, autocreateTopics: true });
  cleanups.push(() => producer.close());
  return producer;
}

function openAdmin(): Admin {
  const admin = new Admin(base());
  cleanups.push(() => admin.close());
  return admin;
}

function openConsumer(groupId: string): Consumer<string, string, string, string> {
  const consumer = new Consumer({
    ...base(),
    groupId,
    deserializers: stringDeserializers,
    autocommit: false,
    maxWaitTime: 200,
    heartbeatInterval: 50,
  });
  cleanups.push(() => consumer.close(true));
  return consumer;
}

/** Consumes topics from the committed offset on, or else from the start; gives the list that fills. */
async function consumeAll(consumer: Consumer<string, string, string, string>, topic: string): Promise<Text[]> {
  const stream = await consumer.consume({ topics: [topic], mode: "committed", fallbackMode: "earliest" });
  const messages: Text[] = [];
  stream.on("data", (message) => messages.push(message));
  return messages;
}

/** Names of the broker's errors in a failure, which the client nests. */
async function protocolErrors(call: Promise<unknown>): Promise<string[]> {
  const error: unknown = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  const namesIn = (each: unknown): string[] => {
    if (typeof each !== "object" || each === null) return [];
    const { apiId, errors } = each as { readonly apiId?: string; readonly errors?: unknown[] };
    return [...(apiId === undefined ? [] : [apiId]), ...(errors ?? []).flatMap(namesIn)];
  };
  return namesIn(error);
}

test("platformatic: keys, headers, null values and timestamps come back as they were sent", async () => {
  const producer = openProducer();
  const { offsets } = await producer.send({
    messages: [
      { topic: "records", key: "a", value: "one", headers: { trace: "x" }, timestamp: 1_700_000_000_123n },
      { topic: "records", key: "b" },
      { topic: "records", value: "" },
    ],
  });
  expect(offsets).toEqual([{ topic: "records", partition: 0, offset: 0n }]);
  const messages = await consumeAll(openConsumer("records-group"), "records");
  await waitFor(() => messages.length === 3);
  expect(messages[0]).toMatchObject({ key: "a", value: "one", offset: 0n, timestamp: 1_700_000_000_123n });
  expect(messages[0]!.headerEntries).toEqual([["trace", "x"]]);
  expect(broker.records("records").map(({ key, value }) => [key?.toString() ?? null, value?.toString() ?? null])).toEqual([
    ["a", "one"],
    ["b", null],
    [null, ""],
  ]);
});

test.each(Object.values(CompressionAlgorithms))("platformatic: a batch packed with %s is kept so and can be read", async (compression) => {
  const topic = `packed-${compression}`;
  const values = Array.from({ length: 100 }, (_, index) => `value ${index} `.repeat(5));
  await openProducer().send({
    compression,
    messages: values.map((value): MessageToProduce<string, string, string, string> => ({ topic, value })),
  });
  const messages = await consumeAll(openConsumer(`${topic}-group`), topic);
  await waitFor(() => messages.length === values.length);
  expect(messages.map(({ value }) => value)).toEqual(values);
  expect(await storedCompressions(broker, topic)).toEqual([compression]);
});

test("platformatic: an idempotent producer's batches go in once each and in order", async () => {
  const producer = openProducer();
  for (let round = 0; round < 10; round++)
    await producer.send({ idempotent: true, acks: -1, messages: [{ topic: "exact", value: `${round}` }] });
  expect(producer.producerId).toBeTypeOf("bigint");
  expect(broker.records("exact").map(({ value }) => String(value))).toEqual(Array.from({ length: 10 }, (_, round) => `${round}`));
});

test("platformatic: two members share a topic, commit, and the one that stays gets everything", async () => {
  await openAdmin().createTopics({ topics: ["shared"], partitions: 4 });
  const producer = openProducer();
  const first = openConsumer("shared-group");
  const second = openConsumer("shared-group");
  const seenByFirst = await consumeAll(first, "shared");
  const seenBySecond = await consumeAll(second, "shared");
  const partitionsOf = (consumer: Consumer<string, string, string, string>) =>
    consumer.assignments?.flatMap(({ partitions }) => partitions) ?? [];
  await waitFor(() => partitionsOf(first).length === 2 && partitionsOf(second).length === 2);
  const sendToAll = (value: string) =>
    producer.send({ messages: [0, 1, 2, 3].map((partition) => ({ topic: "shared", partition, value })) });
  const partitionsSeen = (messages: readonly Text[], text: string) =>
    new Set(messages.filter(({ value }) => value === text).map(({ partition }) => partition)).size;
  await sendToAll("to both");
  // A fetch that was under way before the rebalance still brings what is no longer its member's, here as with Apache Kafka.
  await waitFor(() => partitionsSeen(seenBySecond, "to both") === 2);
  await waitFor(() => partitionsSeen([...seenByFirst, ...seenBySecond], "to both") === 4);
  for (const message of seenBySecond) await message.commit();
  expect(broker.offsets("shared-group").map(({ offset }) => offset)).toEqual([1, 1]);
  await second.close(true);
  await waitFor(() => partitionsOf(first).length === 4);
  await sendToAll("to one");
  await waitFor(() => partitionsSeen(seenByFirst, "to one") === 4);
});

test("platformatic: a group goes on where it has committed", async () => {
  const producer = openProducer();
  await producer.send({
    messages: [
      { topic: "resumed", value: "1" },
      { topic: "resumed", value: "2" },
    ],
  });
  const first = openConsumer("resumed-group");
  const seen = await consumeAll(first, "resumed");
  await waitFor(() => seen.length === 2);
  await seen[0]!.commit();
  await first.close(true);
  expect(broker.offsets("resumed-group")).toMatchObject([{ topic: "resumed", partition: 0, offset: 1 }]);
  const again = await consumeAll(openConsumer("resumed-group"), "resumed");
  await waitFor(() => again.length === 1);
  expect(again[0]!.value).toBe("2");
});

test("platformatic: a consumer finds offsets by place and time, and its lag", async () => {
  const producer = openProducer();
  const topic = "timed";
  await producer.send({ messages: [1_000n, 2_000n, 3_000n].map((timestamp) => ({ topic, value: "v", timestamp })) });
  const consumer = openConsumer("timed-group");
  expect((await consumer.listOffsets({ topics: [topic] })).get(topic)).toEqual([3n]);
  expect((await consumer.listOffsets({ topics: [topic], timestamp: -2n })).get(topic)).toEqual([0n]);
  expect((await consumer.listOffsetsWithTimestamps({ topics: [topic], timestamp: 1_500n })).get(topic)?.get(0)).toEqual({
    offset: 1n,
    timestamp: 2_000n,
  });
  expect((await consumer.listOffsets({ topics: [topic], timestamp: 9_000n })).get(topic)).toEqual([-1n]);
  await consumer.joinGroup();
  await consumer.commit({ offsets: [{ topic, partition: 0, offset: 2n, leaderEpoch: 0 }] });
  expect((await consumer.listCommittedOffsets({ topics: [{ topic, partitions: [0] }] })).get(topic)).toEqual([2n]);
});

test("platformatic: what the client knows of the cluster is the cluster", async () => {
  const admin = openAdmin();
  await admin.createTopics({ topics: ["known"], partitions: 3 });
  const metadata = await admin.metadata({ topics: ["known"] });
  expect(metadata).toMatchObject({ id: broker.engine.clusterId, controllerId: 1 });
  expect([...metadata.brokers.values()]).toMatchObject([{ host: "127.0.0.1", port: broker.port }]);
  expect(metadata.topics.get("known")!.partitions.map(({ leader, replicas, isr }) => ({ leader, replicas, isr }))).toEqual(
    [0, 1, 2].map(() => ({ leader: 1, replicas: [1], isr: [1] })),
  );
  await expect(admin.metadata({ topics: ["nowhere"], autocreateTopics: false })).rejects.toMatchObject({
    code: "PLT_KFK_USER",
    message: "Unknown topic nowhere.",
  });
  expect((await admin.listApis()).find(({ name }) => name === "Produce")).toMatchObject({ minVersion: 0 });
});

test("platformatic: the admin client manages topics, records and configs", async () => {
  const admin = openAdmin();
  const topic = "managed";
  expect(
    await admin.createTopics({ topics: [topic], partitions: 2, replicas: 1, configs: [{ name: "retention.ms", value: "1234" }] }),
  ).toMatchObject([{ name: topic, partitions: 2, replicas: 1 }]);
  expect(await protocolErrors(admin.createTopics({ topics: [topic] }))).toEqual(["TOPIC_ALREADY_EXISTS"]);
  expect(await admin.listTopics()).toContain(topic);
  await admin.createPartitions({ topics: [{ name: topic, count: 3, assignments: null }] });
  expect((await admin.metadata({ topics: [topic], forceUpdate: true })).topics.get(topic)!.partitionsCount).toBe(3);
  const [described] = await admin.describeConfigs({
    resources: [{ resourceType: 2, resourceName: topic, configurationKeys: ["retention.ms"] }],
    includeSynonyms: true,
    includeDocumentation: true,
  });
  expect(described!.configs).toMatchObject([{ name: "retention.ms", value: "1234", configSource: 1 }]);
  await openProducer().send({ messages: ["a", "b", "c"].map((value) => ({ topic, partition: 0, value })) });
  expect(await admin.deleteRecords({ topics: [{ name: topic, partitions: [{ partition: 0, offset: 2n }] }] })).toEqual([
    { name: topic, partitions: [{ partition: 0, lowWatermark: 2n }] },
  ]);
  expect(await admin.listOffsets({ topics: [{ name: topic, partitions: [{ partitionIndex: 0, timestamp: -2n }] }] })).toMatchObject([
    { name: topic, partitions: [{ partitionIndex: 0, offset: 2n }] },
  ]);
  await admin.deleteTopics({ topics: [topic] });
  expect(await admin.listTopics()).not.toContain(topic);
});

test("platformatic: the admin client manages groups and their offsets", async () => {
  const admin = openAdmin();
  const [topic, groupId] = ["grouped", "grouped-group"];
  await openProducer().send({
    messages: [
      { topic, value: "1" },
      { topic, value: "2" },
    ],
  });
  const consumer = openConsumer(groupId);
  const seen = await consumeAll(consumer, topic);
  await waitFor(() => seen.length === 2);
  expect((await admin.listGroups({ states: ["STABLE"] })).get(groupId)).toMatchObject({ protocolType: "consumer" });
  const group = (await admin.describeGroups({ groups: [groupId] })).get(groupId)!;
  expect(group).toMatchObject({ protocol: "roundrobin", protocolType: "consumer" });
  expect([...group.members.values()]).toMatchObject([{ id: consumer.memberId, clientId: "platformatic" }]);
  expect(await admin.findCoordinator({ keyType: FindCoordinatorKeyTypes.GROUP, keys: [groupId] })).toMatchObject([
    { key: groupId, nodeId: 1, port: broker.port },
  ]);
  await seen[1]!.commit();
  await consumer.close(true);
  await admin.alterConsumerGroupOffsets({ groupId, topics: [{ name: topic, partitionOffsets: [{ partition: 0, offset: 1n }] }] });
  expect(await admin.listConsumerGroupOffsets({ groups: [groupId] })).toMatchObject([
    { groupId, topics: [{ name: topic, partitions: [{ partitionIndex: 0, committedOffset: 1n }] }] },
  ]);
  await admin.deleteGroups({ groups: [groupId] });
  expect(broker.groups().map((each) => each.groupId)).not.toContain(groupId);
});
