import { waitFor } from "@millrace/testing";
import { Consumer, Producer, stringDeserializers, stringSerializers } from "@platformatic/kafka";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { type EmbeddedKafka, startEmbeddedKafka } from "../../src/index.ts";

let broker: EmbeddedKafka;
const cleanups: (() => Promise<void>)[] = [];

beforeAll(async () => {
  broker = await startEmbeddedKafka({ topics: [{ name: "source" }, { name: "target" }, { name: "taken" }] });
});
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});
afterAll(async () => {
  await broker.close();
});

const base = () => ({ clientId: "platformatic", bootstrapBrokers: broker.brokers, retries: 3, retryDelay: 20 });

function openProducer(transactionalId: string): Producer<string, string, string, string> {
  const producer = new Producer({ ...base(), serializers: stringSerializers, transactionalId, idempotent: true });
  cleanups.push(() => producer.close());
  return producer;
}

/** Reads a topic from the start, committed records only: the client's own default. */
async function consume(groupId: string, topic: string): Promise<string[]> {
  const consumer = new Consumer({ ...base(), groupId, deserializers: stringDeserializers, autocommit: false, maxWaitTime: 100 });
  cleanups.push(() => consumer.close(true));
  const stream = await consumer.consume({ topics: [topic], mode: "committed", fallbackMode: "earliest" });
  const seen: string[] = [];
  stream.on("data", ({ value }) => seen.push(value));
  return seen;
}

const fresh = { producerId: -1n, producerEpoch: -1 };

test("platformatic: only what a committed transaction wrote can be read", async () => {
  const producer = openProducer("platformatic-ends");
  for (const [value, ends] of [
    ["first", "commit"],
    ["second", "abort"],
    ["third", "commit"],
  ] as const) {
    const transaction = await producer.beginTransaction(fresh);
    await transaction.send({ messages: [{ topic: "target", value }] });
    await transaction[ends]();
  }
  const seen = await consume("target-readers", "target");
  await waitFor(() => seen.length === 2);
  expect(seen).toEqual(["first", "third"]);
  expect(broker.records("target").map(({ value }) => String(value))).toEqual(["first", "second", "third"]);
});

test("platformatic: a second producer takes over the open transaction", async () => {
  const first = openProducer("platformatic-taken");
  const abandoned = await first.beginTransaction(fresh);
  await abandoned.send({ messages: [{ topic: "taken", value: "abandoned" }] });
  const second = openProducer("platformatic-taken");
  const transaction = await second.beginTransaction(fresh);
  await transaction.send({ messages: [{ topic: "taken", value: "kept" }] });
  await transaction.commit();
  await expect(abandoned.commit()).rejects.toThrow();
  const seen = await consume("taken-readers", "taken");
  await waitFor(() => seen.length === 1);
  expect(seen).toEqual(["kept"]);
});
