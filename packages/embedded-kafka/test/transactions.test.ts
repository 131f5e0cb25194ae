import { waitFor } from "@millrace/testing";
import { Kafka, logLevel, Partitioners, type Producer } from "kafkajs";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { type EmbeddedKafka, startEmbeddedKafka } from "../src/index.ts";

let broker: EmbeddedKafka;
let kafka: Kafka;
const cleanups: (() => Promise<void>)[] = [];

beforeAll(async () => {
  broker = await startEmbeddedKafka();
  const retry = { initialRetryTime: 5, multiplier: 1.5, retries: 10 };
  kafka = new Kafka({ brokers: broker.brokers, clientId: "transactions", logLevel: logLevel.NOTHING, retry });
});
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});
afterAll(async () => {
  await broker.close();
});

async function openProducer(transactionalId: string, options: { readonly transactionTimeout?: number } = {}): Promise<Producer> {
  const producer = kafka.producer({
    createPartitioner: Partitioners.DefaultPartitioner,
    transactionalId,
    idempotent: true,
    maxInFlightRequests: 1,
    ...options,
  });
  await producer.connect();
  cleanups.push(() => producer.disconnect());
  return producer;
}

/** Reads a topic from the start; gives the values seen so far. */
async function consume(groupId: string, topic: string, readUncommitted: boolean): Promise<string[]> {
  const consumer = kafka.consumer({ groupId, readUncommitted, maxWaitTimeInMs: 100 });
  await consumer.connect();
  cleanups.push(() => consumer.disconnect());
  await consumer.subscribe({ topic, fromBeginning: true });
  const seen: string[] = [];
  await consumer.run({ eachMessage: async ({ message }) => void seen.push(String(message.value)) });
  return seen;
}

const transactionOf = (id: string) => broker.transactions().find(({ transactionalId }) => transactionalId === id);

async function createTopic(topic: string, numPartitions = 1): Promise<void> {
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic, numPartitions }] });
  await admin.disconnect();
}

test("kafkajs: committed records reach read_committed consumers, aborted ones only those who want everything", async () => {
  await createTopic("mixed", 2);
  const producer = await openProducer("mixed-producer");
  const committed = await consume("committed-readers", "mixed", false);
  const everything = await consume("uncommitted-readers", "mixed", true);
  const expected: string[] = [];
  for (let round = 0; round < 6; round++) {
    const transaction = await producer.transaction();
    const messages = [0, 1].map((partition) => ({ partition, value: `${round}-${partition}` }));
    await transaction.send({ topic: "mixed", messages });
    if (round % 2 === 0) {
      await transaction.commit();
      expected.push(...messages.map(({ value }) => value));
    } else await transaction.abort();
  }
  const last = await producer.transaction();
  await last.send({ topic: "mixed", messages: [{ partition: 0, value: "last" }] });
  await waitFor(() => everything.includes("last"));
  expect(committed).not.toContain("last");
  await last.commit();
  await waitFor(() => committed.includes("last"));
  await waitFor(() => committed.length === expected.length + 1);
  expect(committed.toSorted()).toEqual([...expected, "last"].toSorted());
  expect(everything).toHaveLength(13);
});

test("kafkajs: offsets sent in a transaction move the group when it is committed, and stay where they were when it is aborted", async () => {
  await createTopic("moved");
  const producer = await openProducer("moved-producer");
  const sendOffset = async (offset: string, end: "commit" | "abort"): Promise<void> => {
    const transaction = await producer.transaction();
    await transaction.send({ topic: "moved", messages: [{ value: offset }] });
    await transaction.sendOffsets({ consumerGroupId: "moved-group", topics: [{ topic: "moved", partitions: [{ partition: 0, offset }] }] });
    expect(transactionOf("moved-producer")).toMatchObject({
      state: "Ongoing",
      partitions: [{ topic: "moved", partition: 0 }],
      groups: ["moved-group"],
    });
    await transaction[end]();
  };
  await sendOffset("5", "abort");
  expect(broker.offsets("moved-group")).toEqual([]);
  await sendOffset("6", "commit");
  expect(broker.offsets("moved-group")).toMatchObject([{ topic: "moved", partition: 0, offset: 6 }]);
  await sendOffset("7", "abort");
  expect(broker.offsets("moved-group")).toMatchObject([{ offset: 6 }]);
  expect(transactionOf("moved-producer")).toMatchObject({ state: "CompleteAbort", partitions: [], groups: [] });
});

test("kafkajs: a second producer with the same id aborts the first one's transaction and fences it", async () => {
  await createTopic("fenced");
  const first = await openProducer("fenced-producer");
  const abandoned = await first.transaction();
  await abandoned.send({ topic: "fenced", messages: [{ value: "abandoned" }] });
  const second = await openProducer("fenced-producer");
  const transaction = await second.transaction();
  await transaction.send({ topic: "fenced", messages: [{ value: "kept" }] });
  await transaction.commit();
  await expect(abandoned.send({ topic: "fenced", messages: [{ value: "late" }] })).rejects.toThrow(/epoch|fenced|transaction/i);
  await expect(abandoned.commit()).rejects.toThrow(/epoch|fenced|transaction/i);
  const committed = await consume("fenced-readers", "fenced", false);
  await waitFor(() => committed.length === 1);
  expect(committed).toEqual(["kept"]);
  expect(broker.records("fenced").map(({ value }) => String(value))).toEqual(["abandoned", "kept"]);
});

test("kafkajs: a transaction that takes longer than its time-out is aborted, and readers go on", async () => {
  await createTopic("slow");
  const slow = await openProducer("slow-producer", { transactionTimeout: 150 });
  const other = await openProducer("other-producer");
  const committed = await consume("slow-readers", "slow", false);
  const transaction = await slow.transaction();
  await transaction.send({ topic: "slow", messages: [{ value: "slow" }] });
  const quick = await other.transaction();
  await quick.send({ topic: "slow", messages: [{ value: "quick" }] });
  await quick.commit();
  await waitFor(() => transactionOf("slow-producer")?.state === "CompleteAbort");
  await waitFor(() => committed.length === 1);
  expect(committed).toEqual(["quick"]);
  await expect(transaction.commit()).rejects.toThrow(/epoch|fenced/i);
});
