import { type Admin, ConfigResourceTypes, Kafka, logLevel, Partitioners, type Producer } from "kafkajs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type EmbeddedKafka, startEmbeddedKafka } from "../../src/index.ts";

/** Recent, or retention may take the records away. */
const start = Date.now() - 60_000;
let broker: EmbeddedKafka;
let kafka: Kafka;
let admin: Admin;
let producer: Producer;

beforeAll(async () => {
  broker = await startEmbeddedKafka();
  kafka = new Kafka({
    brokers: broker.brokers,
    clientId: "kafkajs",
    logLevel: logLevel.NOTHING,
    retry: { initialRetryTime: 20, retries: 3 },
  });
  admin = kafka.admin();
  producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
  await Promise.all([admin.connect(), producer.connect()]);
});
afterAll(async () => {
  await Promise.all([admin.disconnect(), producer.disconnect()]);
  await broker.close();
});

/** Makes a topic whose partition 0 has records that are so many milliseconds younger than `start`. */
async function topicWith(topic: string, sinceStart: readonly number[], numPartitions = 1): Promise<string> {
  await admin.createTopics({ topics: [{ topic, numPartitions }] });
  if (sinceStart.length > 0) {
    const messages = sinceStart.map((since) => ({ value: "v", partition: 0, timestamp: String(start + since) }));
    await producer.send({ topic, messages });
  }
  return topic;
}

test("kafkajs admin: createTopics takes partitions, replicas, assignments and configs, and says whether it made something", async () => {
  expect(await admin.createTopics({ topics: [{ topic: "made", numPartitions: 2, replicationFactor: 1 }] })).toBe(true);
  expect(await admin.createTopics({ topics: [{ topic: "made" }] })).toBe(false);
  expect(await admin.createTopics({ validateOnly: true, waitForLeaders: false, topics: [{ topic: "only-checked" }] })).toBe(true);
  expect(
    await admin.createTopics({
      topics: [
        {
          topic: "assigned",
          replicaAssignment: [
            { partition: 0, replicas: [1] },
            { partition: 1, replicas: [1] },
          ],
        },
      ],
    }),
  ).toBe(true);
  const topics = await admin.listTopics();
  expect(topics).toEqual(expect.arrayContaining(["made", "assigned"]));
  expect(topics).not.toContain("only-checked");
  const wrong = { topics: [{ topic: "wrong", replicationFactor: 3 }] };
  await expect(admin.createTopics(wrong)).rejects.toMatchObject({ errors: [{ type: "INVALID_REPLICATION_FACTOR" }] });
});

test("kafkajs admin: fetchTopicMetadata names leaders, of all topics where none is named", async () => {
  const topic = await topicWith("described", [], 2);
  const partition = (partitionId: number) => ({
    partitionErrorCode: 0,
    partitionId,
    leader: 1,
    replicas: [1],
    isr: [1],
    offlineReplicas: [],
  });
  const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
  expect(topics).toEqual([{ name: topic, partitions: [partition(0), partition(1)] }]);
  expect((await admin.fetchTopicMetadata()).topics.map(({ name }) => name)).toContain(topic);
});

test("kafkajs admin: createPartitions makes a topic larger, never smaller", async () => {
  const topic = await topicWith("grown", []);
  await admin.createPartitions({ topicPartitions: [{ topic, count: 3, assignments: [[1], [1]] }] });
  expect((await admin.fetchTopicMetadata({ topics: [topic] })).topics[0]!.partitions).toHaveLength(3);
  await expect(admin.createPartitions({ topicPartitions: [{ topic, count: 2 }] })).rejects.toMatchObject({ type: "INVALID_PARTITIONS" });
});

test("kafkajs admin: deleteTopics removes topics, and unknown ones are an error", async () => {
  await topicWith("removed", [1]);
  await admin.deleteTopics({ topics: ["removed"] });
  expect(await admin.listTopics()).not.toContain("removed");
  await expect(admin.deleteTopics({ topics: ["removed"] })).rejects.toThrow(/does not host this topic-partition/);
});

test("kafkajs admin: fetchTopicOffsets and fetchTopicOffsetsByTimestamp find places in the log", async () => {
  const topic = await topicWith("timed", [1_000, 2_000, 3_000]);
  expect(await admin.fetchTopicOffsets(topic)).toEqual([{ partition: 0, offset: "3", high: "3", low: "0" }]);
  expect(await admin.fetchTopicOffsetsByTimestamp(topic, start + 1_500)).toEqual([{ partition: 0, offset: "1" }]);
  // Past the last record kafkajs asks for the end instead.
  expect(await admin.fetchTopicOffsetsByTimestamp(topic, start + 9_000)).toEqual([{ partition: 0, offset: "3" }]);
  expect(await admin.fetchTopicOffsetsByTimestamp(topic)).toEqual([{ partition: 0, offset: "3" }]);
});

test("kafkajs admin: deleteTopicRecords moves the start, and an offset past the end is an error", async () => {
  const topic = await topicWith("shortened", [1, 2, 3, 4]);
  // kafkajs does not ask for the leader by itself here.
  await admin.fetchTopicOffsets(topic);
  await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: "3" }] });
  expect(await admin.fetchTopicOffsets(topic)).toEqual([{ partition: 0, offset: "4", high: "4", low: "3" }]);
  await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: "-1" }] });
  expect(await admin.fetchTopicOffsets(topic)).toEqual([{ partition: 0, offset: "4", high: "4", low: "4" }]);
  await expect(admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: "9" }] })).rejects.toMatchObject({
    cause: { partitions: [{ partition: 0, offset: "9", error: { type: "OFFSET_OUT_OF_RANGE" } }] },
  });
});

test("kafkajs admin: setOffsets, resetOffsets and fetchOffsets keep a group's place, and groups are listed, described and deleted", async () => {
  const topic = await topicWith("placed", [1, 2, 3], 2);
  const placeOf = async (of: Admin, groupId: string, resolveOffsets: boolean) => {
    const [fetched] = await of.fetchOffsets({ groupId, topics: [topic], resolveOffsets });
    return fetched?.partitions.toSorted((left, right) => left.partition - right.partition).map(({ offset }) => offset);
  };
  expect(await placeOf(admin, "set", false)).toEqual(["-1", "-1"]);
  // Setting and resolving take kafkajs five seconds each, here as with Apache Kafka: it joins as a paused consumer.
  const reset = async (groupId: string, earliest: boolean) => {
    const other = kafka.admin();
    await other.connect();
    await other.resetOffsets({ groupId, topic, earliest });
    const place = await placeOf(other, groupId, true);
    await other.disconnect();
    return place;
  };
  const [, toStart, toEnd] = await Promise.all([
    admin.setOffsets({ groupId: "set", topic, partitions: [{ partition: 0, offset: "2" }] }),
    reset("reset-to-start", true),
    reset("reset-to-end", false),
  ]);
  expect((await placeOf(admin, "set", false))?.[0]).toBe("2");
  expect(toStart).toEqual(["0", "0"]);
  expect(toEnd).toEqual(["3", "0"]);

  expect((await admin.listGroups()).groups).toContainEqual({ groupId: "set", protocolType: "consumer" });
  expect((await admin.describeGroups(["set", "nobody"])).groups).toMatchObject([
    { groupId: "set", state: "Empty", protocolType: "consumer", members: [], errorCode: 0 },
    { groupId: "nobody", state: "Dead", members: [], errorCode: 0 },
  ]);
  expect(await admin.deleteGroups(["set"])).toEqual([{ groupId: "set", errorCode: 0 }]);
  await expect(admin.deleteGroups(["set"])).rejects.toMatchObject({ groups: [{ groupId: "set", error: { type: "GROUP_ID_NOT_FOUND" } }] });
});

test("kafkajs admin: describeConfigs gives the configs of topics and brokers with their sources", async () => {
  const topic = "configured";
  await admin.createTopics({ topics: [{ topic, configEntries: [{ name: "cleanup.policy", value: "compact" }] }] });
  const { resources } = await admin.describeConfigs({
    includeSynonyms: true,
    resources: [
      { type: ConfigResourceTypes.TOPIC, name: topic, configNames: ["cleanup.policy", "retention.ms"] },
      { type: ConfigResourceTypes.BROKER, name: "1", configNames: ["num.partitions"] },
    ],
  });
  expect(resources.map(({ resourceName }) => resourceName)).toEqual([topic, "1"]);
  const entries = resources
    .flatMap(({ configEntries }) => configEntries)
    .map(({ configName, configValue, isDefault }) => ({ configName, configValue, isDefault }));
  expect(entries).toMatchObject([
    { configName: "cleanup.policy", configValue: "compact" },
    { configName: "retention.ms", configValue: "604800000" },
    { configName: "num.partitions", configValue: "1" },
  ]);
  const [own] = resources[0]!.configEntries as unknown as { configSynonyms: unknown[] }[];
  expect(own!.configSynonyms).toMatchObject([
    { configName: "cleanup.policy", configValue: "compact", configSource: 1 },
    { configName: "log.cleanup.policy", configValue: "delete", configSource: 5 },
  ]);
  const unknown = admin.describeConfigs({ includeSynonyms: false, resources: [{ type: ConfigResourceTypes.TOPIC, name: "nowhere" }] });
  await expect(unknown).rejects.toMatchObject({ type: "UNKNOWN_TOPIC_OR_PARTITION" });
});

test("kafkajs admin: describeCluster gives the brokers and a controller that is one of them", async () => {
  expect(await admin.describeCluster()).toEqual({
    brokers: [{ nodeId: 1, host: "127.0.0.1", port: broker.port }],
    controller: 1,
    clusterId: broker.engine.clusterId,
  });
});
