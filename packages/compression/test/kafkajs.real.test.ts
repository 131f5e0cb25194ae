import { randomUUID } from "node:crypto";
import { CompressionCodecs, CompressionTypes, type Consumer, Kafka, logLevel, type Producer } from "kafkajs";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { type CodecRegistration, registerCodecs } from "../src/index.ts";

// A topic's own compression.type makes the broker, which is Kafka's Java code, decompress what it is sent and compress it anew: so each row proves that
// Kafka reads what we write in one codec, and that we read what Kafka writes in another.
const rows = [
  { ours: "snappy", type: CompressionTypes.Snappy, brokers: "lz4" },
  { ours: "lz4", type: CompressionTypes.LZ4, brokers: "zstd" },
  { ours: "zstd", type: CompressionTypes.ZSTD, brokers: "snappy" },
  { ours: "gzip", type: CompressionTypes.GZIP, brokers: "lz4" },
  { ours: "snappy", type: CompressionTypes.Snappy, brokers: "gzip" },
].map((row) => ({ ...row, topic: `compression-${row.ours}-${row.brokers}-${randomUUID()}` }));

const values = [Buffer.alloc(0), Buffer.from("one record"), Buffer.alloc(300_000, "a record, and a record, ")];
const received = new Map<string, Buffer[]>();
let registration: CodecRegistration;
let kafka: Kafka;
let producer: Producer;
let consumer: Consumer;

beforeAll(async () => {
  registration = registerCodecs(CompressionCodecs, { overwrite: true });
  kafka = new Kafka({ brokers: inject("kafkaBrokers"), clientId: "compression-test", logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  try {
    const topics = rows.map(({ topic, brokers }) => ({
      topic,
      numPartitions: 1,
      configEntries: [{ name: "compression.type", value: brokers }],
    }));
    await admin.createTopics({ topics, waitForLeaders: true });
  } finally {
    await admin.disconnect();
  }
  producer = kafka.producer();
  consumer = kafka.consumer({ groupId: `compression-${randomUUID()}`, maxWaitTimeInMs: 200 });
  await Promise.all([producer.connect(), consumer.connect()]);
});

afterAll(async () => {
  await Promise.allSettled([consumer?.disconnect(), producer?.disconnect()]);
  registration?.undo();
});

test("Kafka reads what every codec writes, and what Kafka writes is read", async () => {
  for (const { topic, type } of rows) await producer.send({ topic, compression: type, messages: values.map((value) => ({ value })) });
  await consumer.subscribe({ topics: rows.map(({ topic }) => topic), fromBeginning: true });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error));
  const deadline = setTimeout(() => reject(new Error(`only ${[...received.values()].flat().length} records came back`)), 30_000);
  await consumer.run({
    eachMessage: async ({ topic, message }) => {
      received.set(topic, [...(received.get(topic) ?? []), message.value ?? Buffer.from("null")]);
      if ([...received.values()].flat().length === rows.length * values.length) resolve();
    },
  });
  await promise.finally(() => clearTimeout(deadline));
  for (const { topic } of rows)
    expect(received.get(topic)?.map((value, index) => value.equals(values[index] as Buffer))).toEqual([true, true, true]);
});
