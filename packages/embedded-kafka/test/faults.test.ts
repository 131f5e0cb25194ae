import { errorCodes } from "@millrace/protocol";
import { createVirtualClock, seededRandom, waitFor } from "@millrace/testing";
import { Kafka, logLevel, Partitioners, type ProducerConfig } from "kafkajs";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { type EmbeddedKafka, startEmbeddedKafka } from "../src/index.ts";
import { batchOf } from "./support/batch.ts";
import { openRawClient, type RawClient } from "./support/raw-client.ts";

let broker: EmbeddedKafka;
const cleanups: (() => Promise<void> | void)[] = [];

beforeAll(async () => {
  broker = await startEmbeddedKafka();
});
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
  await broker.reset();
});
afterAll(() => broker.close());

function client(brokers: string[] = broker.brokers): Kafka {
  return new Kafka({
    brokers,
    clientId: "suite",
    logLevel: logLevel.NOTHING,
    retry: { initialRetryTime: 10, maxRetryTime: 50, retries: 30 },
  });
}

/** A producer that is connected and has sent one message, so that what follows meets a Produce request first. */
async function openProducer(topic: string, options: ProducerConfig = {}, kafka = client()) {
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner, ...options });
  await producer.connect();
  cleanups.push(() => producer.disconnect());
  const send = (value: string) => producer.send({ topic, messages: [{ value }] });
  await send("first");
  return send;
}
const idempotent: ProducerConfig = { idempotent: true, maxInFlightRequests: 1 };

function valuesOf(topic: string, from = broker): string[] {
  return from.records(topic).map(({ value }) => String(value));
}

async function openRaw(address: Pick<EmbeddedKafka, "host" | "port"> = broker): Promise<RawClient> {
  const raw = await openRawClient(address);
  cleanups.push(() => raw.close());
  return raw;
}
const produceOne = (value: string) => ({
  acks: -1,
  topicData: [{ name: "t", partitionData: [{ index: 0, records: batchOf([value]) }] }],
});

test("kafkajs tries again after each error that passes", async () => {
  const send = await openProducer("t");
  const fault = broker.faults.error("Produce", "NOT_LEADER_OR_FOLLOWER", { times: 3 });
  await send("second");
  expect(fault.hits).toBe(3);
  expect(valuesOf("t")).toEqual(["first", "second"]);
});

test("kafkajs hears of an error that does not pass", async () => {
  const send = await openProducer("t");
  broker.faults.error("Produce", "MESSAGE_TOO_LARGE", { topic: "t", partition: 0 });
  await expect(send("second")).rejects.toMatchObject({ type: "MESSAGE_TOO_LARGE" });
});

test.each([
  ["the connection is dropped after the effect", () => broker.faults.drop("Produce", { at: "after", times: 1 })],
  ["the answer is cut in its middle", () => broker.faults.cut("Produce", { times: 1 })],
  ["the answer is cut before its first byte", () => broker.faults.cut("Produce", { times: 1, afterBytes: 0 })],
  [
    "the answer is an error although the record is stored",
    () => broker.faults.error("Produce", "REQUEST_TIMED_OUT", { at: "after", times: 1 }),
  ],
  ["the request is delivered twice", () => broker.faults.duplicate("Produce", { times: 1 })],
])("when %s, a record is stored twice, and once with idempotence", async (_, put) => {
  const send = await openProducer("plain");
  let fault = put();
  await send("second");
  expect(fault.hits).toBe(1);
  expect(valuesOf("plain")).toEqual(["first", "second", "second"]);

  const sendOnce = await openProducer("once", idempotent);
  fault = put();
  await sendOnce("second");
  await sendOnce("third");
  expect(fault.hits).toBe(1);
  expect(valuesOf("once")).toEqual(["first", "second", "third"]);
});

test("a connection dropped before the effect costs a repeat and nothing else", async () => {
  const send = await openProducer("t");
  broker.faults.drop("Produce", { times: 2 });
  await send("second");
  expect(valuesOf("t")).toEqual(["first", "second"]);
});

test("a cut answer is as long as was asked for, and then the connection closes", async () => {
  const raw = await openRaw();
  broker.faults.cut("ApiVersions", { afterBytes: 9, times: 1 });
  raw.send("ApiVersions", 0, {});
  await raw.closed;
  expect(raw.socket.bytesRead).toBe(9);
  const other = await openRaw();
  expect((await other.call("ApiVersions", 0, {})).errorCode).toBe(0);
});

test("a stall holds up one connection until it is undone, and the others go on", async () => {
  const [stalled, free] = [await openRaw(), await openRaw()];
  await free.call("Metadata", 4, { topics: [{ name: "t" }], allowAutoTopicCreation: true });
  const fault = broker.faults.stall("Produce", { times: 1 });
  const answers = [stalled.call("Produce", 7, produceOne("late")), stalled.call("ApiVersions", 0, {})];
  await waitFor(() => fault.hits === 1);
  await free.call("Produce", 7, produceOne("early"));
  expect(valuesOf("t")).toEqual(["early"]);
  broker.faults.clear();
  await Promise.all(answers);
  expect(valuesOf("t")).toEqual(["early", "late"]);
});

test("a stalled request whose client hangs up never has its effect", async () => {
  const [stalled, other] = [await openRaw(), await openRaw()];
  await other.call("Metadata", 4, { topics: [{ name: "t" }], allowAutoTopicCreation: true });
  const fault = broker.faults.stall("Produce", { times: 1, clientId: "raw" });
  stalled.send("Produce", 7, produceOne("never"));
  await waitFor(() => fault.hits === 1);
  stalled.close();
  await stalled.closed;
  await other.call("Produce", 7, produceOne("only"));
  fault.undo();
  expect(valuesOf("t")).toEqual(["only"]);
});

test("an answer trickles in pieces on the broker's clock", async () => {
  const clock = createVirtualClock();
  const slow = await startEmbeddedKafka({ clock });
  cleanups.push(() => slow.close());
  const raw = await openRaw(slow);
  slow.faults.trickle("ApiVersions", { bytes: 3, everyMs: 20, times: 1 });
  const answers = Promise.all([raw.call("ApiVersions", 0, {}), raw.call("ApiVersions", 0, {})]);
  for (const bytes of [3, 6, 9]) {
    await waitFor(() => raw.socket.bytesRead === bytes);
    await clock.advance(20);
  }
  const [first, second] = await clock.runUntil(answers);
  expect(first).toEqual(second);
  // Closing in the middle leaves no timer behind.
  slow.faults.trickle("ApiVersions");
  raw.send("ApiVersions", 0, {});
  await waitFor(() => clock.pending === 1);
  raw.close();
  await waitFor(() => clock.pending === 0);
});

test("kafkajs waits out a change of leader", async () => {
  const send = await openProducer("t", idempotent);
  const fault = broker.faults.leaderChange("t", 0, { at: "after", forMs: 150 });
  await send("second");
  expect(fault.active).toBe(false);
  expect(fault.hits).toBeGreaterThan(0);
  expect(valuesOf("t")).toEqual(["first", "second"]);
});

test("a kafkajs consumer finds its coordinator again and goes on where it was", async () => {
  const send = await openProducer("t");
  const seen: string[] = [];
  const consumer = client().consumer({ groupId: "g", heartbeatInterval: 50, maxWaitTimeInMs: 50 });
  await consumer.connect();
  cleanups.push(() => consumer.disconnect());
  await consumer.subscribe({ topic: "t", fromBeginning: true });
  await consumer.run({ eachMessage: async ({ message }) => void seen.push(String(message.value)) });
  await waitFor(() => broker.offsets("g").some(({ offset }) => offset === 1), { timeoutMs: 10_000 });
  const fault = broker.faults.coordinatorLoss({ groupId: "g", forMs: 300 });
  await send("second");
  await waitFor(() => !fault.active && fault.hits > 0, { timeoutMs: 10_000 });
  await send("third");
  await waitFor(() => broker.offsets("g").some(({ offset }) => offset === 3), { timeoutMs: 10_000 });
  expect([...new Set(seen)]).toEqual(["first", "second", "third"]);
});

test("an interceptor changes what a client sees", async () => {
  broker.intercept("Metadata", async (request, next) => {
    const answer = await next(request);
    return { ...answer, clusterId: "another cluster" };
  });
  const raw = await openRaw();
  expect((await raw.call("Metadata", 5, { topics: [] })).clusterId).toBe("another cluster");
  broker.faults.clear();
  expect((await raw.call("Metadata", 5, { topics: [] })).clusterId).toBe(broker.engine.clusterId);
});

test("an error on the first request of a connection is heard", async () => {
  broker.faults.error("ApiVersions", "UNSUPPORTED_VERSION", { times: 1 });
  const raw = await openRaw();
  expect((await raw.call("ApiVersions", 0, {})).errorCode).toBe(errorCodes.UNSUPPORTED_VERSION);
});

test("a reset empties the cluster under its clients, which find their way back", async () => {
  const raw = await openRaw();
  const send = await openProducer("t");
  const { port } = broker;
  broker.faults.stall("Fetch");
  await broker.reset();
  await raw.closed;
  expect(broker.faults.active).toEqual([]);
  expect(valuesOf("t")).toEqual([]);
  await send("after the reset");
  expect(valuesOf("t")).toEqual(["after the reset"]);
  expect(broker.port).toBe(port);
});

test("clusters in one process know nothing of each other: topics, groups, producers, faults, resets", async () => {
  const clusters = await Promise.all(Array.from({ length: 5 }, () => startEmbeddedKafka()));
  cleanups.push(async () => {
    await Promise.all(clusters.map((cluster) => cluster.close()));
  });
  expect(new Set(clusters.map(({ engine }) => engine.clusterId)).size).toBe(5);
  const [faulty, wiped, ...others] = clusters;
  const senders = await Promise.all(clusters.map((cluster) => openProducer("t", idempotent, client(cluster.brokers))));
  faulty!.faults.error("Produce", "MESSAGE_TOO_LARGE");
  await wiped!.reset();
  const results = await Promise.allSettled(senders.map((send, index) => send(`to ${index}`)));
  expect(results.map(({ status }) => status)).toEqual(["rejected", "fulfilled", "fulfilled", "fulfilled", "fulfilled"]);
  expect(valuesOf("t", faulty)).toEqual(["first"]);
  expect(valuesOf("t", wiped)).toEqual(["to 1"]);
  for (const [index, cluster] of others.entries()) expect(valuesOf("t", cluster)).toEqual(["first", `to ${index + 2}`]);
});

test("through random faults an idempotent kafkajs producer neither loses nor repeats what was acknowledged", async () => {
  const seed = Math.floor(Math.random() * 2 ** 31);
  const random = seededRandom(seed);
  const hurt = await startEmbeddedKafka({ random });
  cleanups.push(() => hurt.close());
  const send = await openProducer("t", idempotent, client(hurt.brokers));
  const { faults } = hurt;
  const put = [
    () => faults.error("Produce", "NOT_LEADER_OR_FOLLOWER", { times: 2 }),
    () => faults.error("Produce", "NOT_ENOUGH_REPLICAS_AFTER_APPEND", { times: 1, at: "after" }),
    () => faults.drop("Produce", { times: 1, at: "after" }),
    () => faults.drop("*", { times: 1 }),
    () => faults.cut("*", { times: 1 }),
    () => faults.duplicate("Produce", { times: 2 }),
    () => faults.delay("*", [1, 5], { times: 3 }),
    () => faults.trickle("Produce", { times: 1, bytes: 20, everyMs: 1 }),
    () => faults.leaderChange("t", 0, { forMs: 20, at: "after" }),
  ];
  const expected = ["first"];
  for (let index = 0; index < 60; index++) {
    if (random() < 0.7) put[Math.floor(random() * put.length)]!();
    await send(`${index}`);
    expected.push(`${index}`);
  }
  expect(valuesOf("t", hurt), `seed ${seed}`).toEqual(expected);
});
