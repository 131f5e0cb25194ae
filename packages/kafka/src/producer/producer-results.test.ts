import { createLogger, type LogEntry, withDeadline } from "@millrace/core";
import { json, string } from "@millrace/serdes";
import { createVirtualClock } from "@millrace/testing";
import { defineTopic } from "@millrace/topics";
import { expect, test } from "vitest";
import { holdSends } from "../../test/support/hold-sends.ts";
import { ScriptedDriver } from "../../test/support/scripted-driver.ts";
import { createKafka, KafkaError, type ProducerOptions } from "../index.ts";

const orders = defineTopic({ name: "orders", key: string(), value: json<unknown>() });

function setUp(options: ProducerOptions = {}, driver: ScriptedDriver = new ScriptedDriver()) {
  const clock = createVirtualClock();
  const kafka = createKafka({ driver, clock, random: () => 0 });
  return { clock, driver, kafka, producer: kafka.producer(options) };
}

test("[001-04] flush answers how many messages its time did not suffice for, and the delivery callback hears of each once", async () => {
  const { clock, driver, producer } = setUp();
  expect(await producer.flush()).toBe(0);
  const heard: string[] = [];
  const requests = holdSends(driver);
  for (const value of [1, 2, 3]) {
    const sent = producer.sendRaw(
      { topic: "orders", key: Buffer.from("k"), value: Buffer.from(`${value}`), headers: [["h", Buffer.from("x")]] },
      { onDelivery: (metadata, error) => heard.push(`${value} at ${metadata?.offset} ${error?.message ?? "stored"}`) },
    );
    if (value < 3) void sent;
  }
  expect(await clock.runUntil(producer.flush({ timeoutMs: 100 }))).toBe(3);
  expect(heard).toEqual([]);
  requests.release();
  expect(await clock.runUntil(producer.flush())).toBe(0);
  expect(heard).toEqual(["1 at 0 stored", "2 at 1 stored", "3 at 2 stored"]);
  await producer.close();
});

test("[004-03] a result can be waited for with a limit and heard by a callback too: that is called once, and its failure is logged", async () => {
  const driver = new ScriptedDriver();
  const clock = createVirtualClock();
  const entries: LogEntry[] = [];
  const kafka = createKafka({ driver, clock, random: () => 0, logger: createLogger({ write: (entry) => entries.push(entry) }) });
  const producer = kafka.producer();
  const calls: unknown[] = [];
  const requests = holdSends(driver);
  const sent = producer.send(orders, { key: "k", value: 1 }, { onDelivery: (...call) => calls.push(call) });
  await expect(clock.runUntil(withDeadline(50, () => sent, { clock }))).rejects.toMatchObject({ code: "TIMED_OUT" });
  expect(calls).toEqual([]);
  requests.release();
  const metadata = await sent;
  expect(metadata).toMatchObject({ topic: "orders", partition: 0, offset: 0, serializedKeySize: 1, serializedValueSize: 1 });
  await sent;
  expect(calls).toEqual([[metadata, null]]);

  const refused = new KafkaError({ code: "KAFKA_BROKER_ERROR", message: "not now" });
  driver.onSend = async (batches) => batches.map(() => ({ ok: false, error: refused }));
  calls.length = 0;
  const failing = (...call: unknown[]): never => {
    calls.push(call);
    throw new Error("the callback broke");
  };
  // Nobody looks at this promise: the callback hears of it.
  void producer.send(orders, { value: 2 }, { onDelivery: failing });
  void producer.send(orders, { value: 3, timestamp: -1 }, { onDelivery: failing });
  await clock.runUntil(producer.flush());
  await clock.advance(0);
  expect(calls).toEqual([
    [null, expect.objectContaining({ code: "INVALID_OPTIONS" })],
    [null, refused],
  ]);
  expect(entries.map(({ level, message }) => `${level} ${message}`)).toEqual(Array(2).fill("error a delivery callback failed"));
  await kafka.close();
});

test("statistics add up: sent is stored, failed and unsettled", async () => {
  const { clock, driver, producer } = setUp();
  await clock.runUntil(producer.sendBatch(orders, [{ value: 1 }, { value: 2 }]));
  driver.onSend = async (batches) => batches.map(() => ({ ok: false, error: new Error("no") }));
  await clock.runUntil(producer.send(orders, { value: 3 }).catch(() => undefined));
  driver.onSend = () => new Promise(() => {});
  void producer.send(orders, { value: 4 }).catch(() => undefined);
  driver.onPartitionCount = () => new Promise(() => {});
  void producer.send(defineTopic({ name: "other", key: string(), value: string() }), { value: "5" }).catch(() => undefined);
  const { bufferedBytes, storedBytes, ...counts } = producer.statistics();
  expect(counts).toEqual({ sent: 5, stored: 2, failed: 1, unsettled: 2, batches: 2 });
  expect(bufferedBytes).toBeGreaterThan(0);
  expect(storedBytes).toBeGreaterThan(bufferedBytes);
  await clock.runUntil(producer.close({ timeoutMs: 10 }));
  expect(producer.statistics()).toMatchObject({ sent: 5, stored: 2, failed: 3, unsettled: 0 });
});

test("the sticky partitioner fills one partition's batch after the other, whatever the keys", async () => {
  const driver = new ScriptedDriver();
  driver.partitions.set("orders", 3);
  const { clock, producer } = setUp({ partitioner: "sticky" }, driver);
  const partitions: number[] = [];
  for (const turn of [0, 1, 2, 3]) {
    const sent = await clock.runUntil(Promise.all(["a", "b", "c"].map((key) => producer.send(orders, { key, value: turn }))));
    expect(new Set(sent.map(({ partition }) => partition)).size).toBe(1);
    partitions.push(sent[0]!.partition);
  }
  expect(partitions).toEqual([0, 1, 2, 0]);
  await producer.close();
});

test("the delivery time-out counts from the append: a batch that waited for the one before is given less", async () => {
  const { clock, driver, producer } = setUp();
  const requests = holdSends(driver);
  void producer.send(orders, { key: "k", value: 1 });
  await clock.advance(10);
  void producer.send(orders, { key: "k", value: 2 });
  await clock.advance(500);
  requests.release();
  await clock.advance(1);
  requests.release();
  expect(driver.sends.map(([batch]) => batch!.appendedAtMs)).toEqual([0, 10]);
  await producer.close();
});

test("time-outs and retries that contradict each other are reported at once; a short delivery time-out shortens the request's", async () => {
  const { kafka, driver, clock } = setUp();
  expect(() =>
    kafka.producer({
      requestTimeoutMs: 500,
      deliveryTimeoutMs: 400,
      retryBackoffMs: 50,
      retryBackoffMaxMs: 10,
      retries: -1,
      maxInFlightRequests: 0,
    }),
  ).toThrow(
    expect.objectContaining({
      problems: [
        "retries must be a whole number of at least 0, not -1",
        "maxInFlightRequests must be a whole number of at least 1, not 0",
        "deliveryTimeoutMs (400) must be at least requestTimeoutMs (500)",
        "retryBackoffMaxMs (10) must be at least retryBackoffMs (50)",
      ],
    }),
  );
  await clock.runUntil(kafka.producer({ deliveryTimeoutMs: 1_000 }).send(orders, { value: 1 }));
  expect(driver.producers[0]!.settings).toMatchObject({ requestTimeoutMs: 1_000, deliveryTimeoutMs: 1_000, retryBackoffMs: 20 });
  await kafka.close();
});

test("partitionsFor says who leads and who holds each partition", async () => {
  const { driver, producer } = setUp();
  driver.partitions.set("orders", 2);
  expect(await producer.partitionsFor(orders)).toEqual(
    [0, 1].map((partition) => ({ partition, leader: 0, replicas: [0], inSyncReplicas: [0], error: null })),
  );
  await producer.close();
  await expect(producer.partitionsFor("orders")).rejects.toMatchObject({ code: "CLOSED" });
});
