import { waitFor } from "@millrace/testing";
import { type Consumer, Kafka, logLevel, Partitioners, type Producer } from "kafkajs";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { type EmbeddedKafka, startEmbeddedKafka } from "../../src/index.ts";

let broker: EmbeddedKafka;
let kafka: Kafka;
let producer: Producer;
const consumers: Consumer[] = [];

beforeAll(async () => {
  broker = await startEmbeddedKafka();
  kafka = new Kafka({
    brokers: broker.brokers,
    clientId: "kafkajs",
    logLevel: logLevel.NOTHING,
    retry: { initialRetryTime: 20, retries: 5 },
  });
  producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
  await producer.connect();
});
afterEach(async () => {
  await Promise.all(consumers.splice(0).map((consumer) => consumer.disconnect()));
});
afterAll(async () => {
  await producer.disconnect();
  await broker.close();
});

async function openConsumer(groupId: string, topics: (string | RegExp)[]): Promise<Consumer> {
  const consumer = kafka.consumer({ groupId, heartbeatInterval: 50, maxWaitTimeInMs: 100 });
  consumers.push(consumer);
  await consumer.connect();
  await consumer.subscribe({ topics, fromBeginning: true });
  return consumer;
}

async function produce(topic: string, values: readonly string[], partition = 0): Promise<void> {
  await producer.send({ topic, messages: values.map((value) => ({ value, partition })) });
}

const numbers = (from: number, until: number) => Array.from({ length: until - from }, (_, index) => String(from + index));

test("kafkajs: eachBatch gives whole batches with the high watermark, and resolves offsets one by one", async () => {
  await produce("batches", numbers(0, 100));
  const consumer = await openConsumer("batches-group", ["batches"]);
  const batches: unknown[] = [];
  await consumer.run({
    eachBatchAutoResolve: false,
    eachBatch: async (payload) => {
      const { messages, highWatermark } = payload.batch;
      batches.push({ count: messages.length, highWatermark, last: payload.batch.lastOffset(), lag: payload.batch.offsetLag() });
      payload.resolveOffset(messages[Math.floor(messages.length / 2)]!.offset);
      await payload.heartbeat();
      await payload.commitOffsetsIfNecessary(payload.uncommittedOffsets());
    },
  });
  // Only half of each batch is resolved, so the rest comes again.
  await waitFor(() => batches.length >= 3);
  expect(batches.slice(0, 3)).toEqual([100, 49, 24].map((count) => ({ count, highWatermark: "100", last: "99", lag: "0" })));
  await waitFor(() => broker.offsets("batches-group")[0]!.offset >= 75);
});

test("kafkajs: a paused partition rests while the other goes on, and comes when it is resumed", async () => {
  const topic = "paused";
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic, numPartitions: 2 }] });
  await admin.disconnect();
  const consumer = await openConsumer("paused-group", [topic]);
  const seen: string[] = [];
  await consumer.run({ eachMessage: async ({ partition, message }) => void seen.push(`${partition}:${String(message.value)}`) });
  consumer.pause([{ topic, partitions: [0] }]);
  await produce(topic, ["a"], 0);
  await produce(topic, ["b"], 1);
  await waitFor(() => seen.length === 1);
  expect(seen).toEqual(["1:b"]);
  expect(consumer.paused()).toEqual([{ topic, partitions: [0] }]);
  consumer.resume([{ topic, partitions: [0] }]);
  await waitFor(() => seen.length === 2);
  expect(seen[1]).toBe("0:a");
});

test("kafkajs: seek goes back and forth, and past the end it waits for what comes", async () => {
  const topic = "sought";
  await produce(topic, numbers(0, 10));
  const consumer = await openConsumer("sought-group", [topic]);
  const seen: string[] = [];
  await consumer.run({ eachMessage: async ({ message }) => void seen.push(String(message.value)) });
  await waitFor(() => seen.length === 10);
  consumer.seek({ topic, partition: 0, offset: "8" });
  await waitFor(() => seen.length === 12);
  expect(seen.slice(10)).toEqual(["8", "9"]);
  consumer.seek({ topic, partition: 0, offset: "10" });
  await produce(topic, ["10"]);
  await waitFor(() => seen.length === 13);
  expect(seen.at(-1)).toBe("10");
});

test("kafkajs: an offset that is no longer there sends the consumer to the start of the log", async () => {
  const topic = "truncated";
  await produce(topic, numbers(0, 5));
  const admin = kafka.admin();
  await admin.connect();
  await admin.fetchTopicOffsets(topic);
  await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: "3" }] });
  await admin.disconnect();
  const consumer = await openConsumer("truncated-group", [topic]);
  const seen: string[] = [];
  await consumer.run({ eachMessage: async ({ message }) => void seen.push(message.offset) });
  consumer.seek({ topic, partition: 0, offset: "1" });
  await waitFor(() => seen.length === 2);
  expect(seen).toEqual(["3", "4"]);
});

test("kafkajs: a consumer that stops and runs again goes on after its commits", async () => {
  const topic = "restarted";
  await produce(topic, ["1", "2"]);
  const consumer = await openConsumer("restarted-group", [topic]);
  const seen: string[] = [];
  const run = () => consumer.run({ eachMessage: async ({ message }) => void seen.push(String(message.value)) });
  await run();
  await waitFor(() => seen.length === 2);
  await consumer.stop();
  expect(broker.offsets("restarted-group")).toMatchObject([{ topic, partition: 0, offset: 2 }]);
  await produce(topic, ["3"]);
  await run();
  await waitFor(() => seen.length === 3);
  expect(seen).toEqual(["1", "2", "3"]);
});

test("kafkajs: commitOffsets keeps the offset and its metadata", async () => {
  const topic = "committed";
  await produce(topic, ["1", "2", "3"]);
  const consumer = await openConsumer("committed-group", [topic]);
  const seen: string[] = [];
  await consumer.run({ autoCommit: false, eachMessage: async ({ message }) => void seen.push(message.offset) });
  await waitFor(() => seen.length === 3);
  await consumer.commitOffsets([{ topic, partition: 0, offset: "2", metadata: "as far as two" }]);
  expect(broker.offsets("committed-group")).toMatchObject([{ topic, partition: 0, offset: 2, metadata: "as far as two" }]);
});

test("kafkajs: a handler that fails is retried by the client, and nothing is lost", async () => {
  const topic = "failing";
  await produce(topic, numbers(0, 5));
  const consumer = await openConsumer("failing-group", [topic]);
  const seen: string[] = [];
  let failures = 2;
  await consumer.run({
    eachMessage: async ({ message }) => {
      if (message.offset === "2" && failures-- > 0) throw new Error("not yet");
      seen.push(message.offset);
    },
  });
  await waitFor(() => seen.length === 5);
  expect(seen).toEqual(numbers(0, 5));
});

test("kafkajs: a pattern finds topics, and describeGroup shows the consumer as a member", async () => {
  await produce("pattern-one", ["1"]);
  await produce("pattern-two", ["2"]);
  const consumer = await openConsumer("pattern-group", [/^pattern-.*/]);
  const seen: string[] = [];
  await consumer.run({ eachMessage: async ({ topic }) => void seen.push(topic) });
  await waitFor(() => seen.length === 2);
  expect(seen.toSorted((left, right) => left.localeCompare(right))).toEqual(["pattern-one", "pattern-two"]);
  const described = await consumer.describeGroup();
  expect(described).toMatchObject({ groupId: "pattern-group", state: "Stable", protocolType: "consumer", protocol: "RoundRobinAssigner" });
  expect(described.members).toMatchObject([{ clientId: "kafkajs", clientHost: "/127.0.0.1" }]);
});
