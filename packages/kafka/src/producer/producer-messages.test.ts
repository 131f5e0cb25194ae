import { MillraceError } from "@millrace/core";
import { json, string } from "@millrace/serdes";
import { createVirtualClock } from "@millrace/testing";
import { defineTopic } from "@millrace/topics";
import { expect, test } from "vitest";
import { ScriptedDriver } from "../../test/support/scripted-driver.ts";
import { createKafka, KafkaError, type RawMessage } from "../index.ts";

const events = defineTopic({ name: "events", key: string(), value: json<Readonly<Record<string, unknown>>>() });

function setUp() {
  const driver = new ScriptedDriver();
  driver.partitions.set("events", 3);
  const clock = createVirtualClock();
  const kafka = createKafka({ driver, clock, random: () => 0 });
  return { clock, driver, kafka, producer: kafka.producer() };
}

const bytes = (text: string): Buffer => Buffer.from(text);

test("[001-01] a message has a topic and a value, perhaps a key and headers of text; names that can be no topic's are refused before the wire", async () => {
  const { clock, driver, producer } = setUp();
  const value = { kind: "created", tags: ["a"], size: 3 };
  await clock.runUntil(producer.send(events, { key: "k", value, headers: { trace: "42", source: "shop" } }));
  await clock.runUntil(producer.send(events, { value }));
  const [full, bare] = driver.sends.flat().flatMap(({ topic, records }) => records.map((record) => ({ topic, record })));
  expect(full).toMatchObject({
    topic: "events",
    record: {
      key: bytes("k"),
      value: bytes(JSON.stringify(value)),
      headers: [
        ["trace", bytes("42")],
        ["source", bytes("shop")],
      ],
    },
  });
  expect(bare?.record).toMatchObject({ key: null, value: bytes(JSON.stringify(value)), headers: [] });

  const refused: readonly (readonly [string, string])[] = [
    ["", "empty"],
    ["t".repeat(250), "Topic name is too long (max 249 characters)"],
    ["a..b", 'contains ".."'],
    ["../etc/passwd", "contains"],
    ["..", "must not be"],
    ["a b", "contains"],
  ];
  const [asked, sent] = [driver.asked.length, driver.sends.length];
  for (const [topic, message] of refused) {
    await expect(producer.sendRaw({ topic, key: null, value: null })).rejects.toMatchObject({
      code: "INVALID_OPTIONS",
      message: expect.stringContaining(message) as unknown,
    });
  }
  expect([driver.asked.length, driver.sends.length]).toEqual([asked, sent]);
  await clock.runUntil(producer.sendRaw({ topic: "t".repeat(249), key: null, value: null }));
  await producer.close();
});

test("[001-07] producing checks, sends and flushes; what Kafka refuses, what is unexpected and what a reader's handler throws are told apart", async () => {
  const { clock, driver, kafka, producer } = setUp();
  void producer.send(events, { value: { n: 1 } });
  expect(await clock.runUntil(producer.flush())).toBe(0);
  expect(driver.sends.flat().flatMap(({ records }) => records)).toHaveLength(1);

  const caught = async (work: Promise<unknown>): Promise<unknown> => await clock.runUntil(work.catch((error: unknown) => error));
  const refusal = new KafkaError({ code: "KAFKA_BROKER_ERROR", kafkaError: "TOPIC_AUTHORIZATION_FAILED", message: "Producing failed: no" });
  driver.onSend = async (batches) => batches.map(() => ({ ok: false, error: refusal }));
  expect(await caught(producer.send(events, { value: { n: 2 } }))).toBe(refusal);
  const cause = new TypeError("nobody expects this");
  driver.onSend = () => Promise.reject(cause);
  const unexpected = await caught(producer.send(events, { value: { n: 3 } }));
  expect(unexpected).toMatchObject({
    name: "KafkaError",
    code: "KAFKA_CLIENT_ERROR",
    message: "Unexpected error producing message: nobody expects this",
    cause,
  });
  const unsayable = await caught(producer.send(events, { value: { n: 1n } }));
  expect(unsayable).toMatchObject({ name: "SerdeError", code: "SERDE_INVALID_VALUE" });

  const consumer = kafka.consumer({ group: "g", reset: "earliest" });
  await consumer.consume([events], { onBatch: () => Promise.reject("no error at all") });
  const stopped = consumer.stopped.catch((error: unknown) => error);
  await driver.consumers[0]!.join(1, [{ topic: "events", partition: 0 }]);
  await driver.consumers[0]!.deliver({ topic: "events", partition: 0 }, 0, 1).catch(() => undefined);
  const consuming = await clock.runUntil(stopped);
  expect(consuming).toMatchObject({ name: "KafkaError", code: "HANDLER_FAILED" });
  // One base for all of them.
  for (const error of [refusal, unexpected, unsayable, consuming]) expect(MillraceError.is(error)).toBe(true);
  await clock.runUntil(kafka.close());
});

test("[004-02] every field of a message reaches the broker, those left out are filled in, and the result has all six fields", async () => {
  const { clock, driver, producer } = setUp();
  const headers = [
    ["a", bytes("1")],
    ["b", null],
    ["a", Buffer.alloc(0)],
  ] as const;
  const full: RawMessage = { topic: "events", key: bytes("key"), value: bytes("value"), partition: 2, timestamp: 1_234, headers };
  expect(await clock.runUntil(producer.sendRaw(full))).toEqual({
    topic: "events",
    partition: 2,
    offset: 0,
    timestamp: 1_234,
    serializedKeySize: 3,
    serializedValueSize: 5,
  });
  await clock.advance(77);
  expect(await clock.runUntil(producer.sendRaw({ topic: "events", key: null, value: null }))).toEqual({
    topic: "events",
    partition: 0,
    offset: 0,
    timestamp: Math.trunc(clock.now()),
    serializedKeySize: -1,
    serializedValueSize: -1,
  });
  const written = driver.sends.flat().map(({ topic, partition, records }) => ({ topic, partition, record: records[0] }));
  expect(written).toEqual([
    { topic: "events", partition: 2, record: { key: bytes("key"), value: bytes("value"), timestamp: 1_234, headers } },
    { topic: "events", partition: 0, record: { key: null, value: null, timestamp: Math.trunc(clock.now()), headers: [] } },
  ]);
  await producer.close();
});
