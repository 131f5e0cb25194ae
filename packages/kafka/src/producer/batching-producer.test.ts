import { bytes, json, type Serde, string } from "@millrace/serdes";
import { createVirtualClock } from "@millrace/testing";
import { defineTopic } from "@millrace/topics";
import fc from "fast-check";
import { expect, test } from "vitest";
import { holdSends } from "../../test/support/hold-sends.ts";
import { ScriptedDriver } from "../../test/support/scripted-driver.ts";
import { createKafka, KafkaError, type Producer, type ProducerOptions } from "../index.ts";

const orders = defineTopic({ name: "orders", key: string(), value: json<unknown>() });

function setUp(options: ProducerOptions = {}, driver: ScriptedDriver = new ScriptedDriver()) {
  const clock = createVirtualClock();
  const kafka = createKafka({ driver, clock, random: () => 0 });
  return { clock, driver, kafka, producer: kafka.producer(options) };
}

const values = (driver: ScriptedDriver): string[] =>
  driver.sends.flatMap((batches) => batches.flatMap(({ records }) => records.map(({ value }) => String(value))));

async function warm(clock: ReturnType<typeof createVirtualClock>, producer: Producer, driver: ScriptedDriver): Promise<void> {
  await clock.runUntil(producer.send(orders, { value: "warm" }));
  driver.sends.length = 0;
}

test("[X-07] messages sent in one turn travel in one request, and each gets its own offset", async () => {
  const { clock, driver, producer } = setUp();
  const sent = Promise.all([1, 2, 3].map((value) => producer.send(orders, { key: "k", value, timestamp: value })));
  const metadata = await clock.runUntil(sent);
  expect(driver.sends).toHaveLength(1);
  expect(metadata).toEqual(
    [0, 1, 2].map((offset) => ({
      topic: "orders",
      partition: 0,
      offset,
      timestamp: offset + 1,
      serializedKeySize: 1,
      serializedValueSize: 1,
    })),
  );
  await producer.close();
});

test("while a request of a partition is in flight its next messages gather into one", async () => {
  const { clock, driver, producer } = setUp();
  await warm(clock, producer, driver);
  const requests = holdSends(driver);
  const all = [producer.send(orders, { value: 0 })];
  await clock.advance(0);
  for (let value = 1; value <= 5; value++) {
    all.push(producer.send(orders, { value }));
    await clock.advance(1);
  }
  expect(requests.held).toBe(1);
  requests.release();
  await clock.advance(0);
  expect(driver.sends.map((batches) => batches[0]!.records.length)).toEqual([1, 5]);
  requests.release();
  expect((await Promise.all(all)).map(({ offset }) => offset)).toEqual([1, 2, 3, 4, 5, 6]);
  await producer.close();
});

test("a partition that waits for its answer does not hold back the others", async () => {
  const driver = new ScriptedDriver();
  driver.partitions.set("orders", 2);
  const { clock, producer } = setUp({}, driver);
  await warm(clock, producer, driver);
  const requests = holdSends(driver);
  const first = producer.send(orders, { value: "a", partition: 0 });
  await clock.advance(0);
  const second = producer.send(orders, { value: "b", partition: 1 });
  await clock.advance(0);
  expect(requests.held).toBe(2);
  requests.release();
  requests.release();
  await Promise.all([first, second]);
  await producer.close();
});

test("a partition whose answer is late does not hold back those that travelled with it", async () => {
  const driver = new ScriptedDriver();
  driver.partitions.set("orders", 2);
  const { clock, producer } = setUp({}, driver);
  let answerLate: (() => void) | undefined;
  driver.onSend = (batches, onOutcome) => {
    const outcomes = driver.store(batches);
    const prompt = batches.findIndex(({ partition }) => partition === 1);
    if (prompt >= 0) onOutcome(prompt, outcomes[prompt]!);
    if (batches.length === 1) return Promise.resolve(outcomes);
    return new Promise((resolve) => {
      answerLate = () => resolve(outcomes);
    });
  };
  const late = producer.send(orders, { value: "late", partition: 0 });
  expect(await clock.runUntil(producer.send(orders, { value: "prompt", partition: 1 }))).toMatchObject({ partition: 1, offset: 0 });
  expect(await clock.runUntil(producer.send(orders, { value: "next", partition: 1 }))).toMatchObject({ partition: 1, offset: 1 });
  answerLate!();
  expect(await late).toMatchObject({ partition: 0, offset: 0 });
  await producer.close();
});

test("[X-07] lingerMs groups the messages of several turns, and a full batch does not linger", async () => {
  const { clock, driver, producer } = setUp({ lingerMs: 50, batchBytes: 300 });
  const first = producer.send(orders, { value: 1 });
  await clock.advance(10);
  const second = producer.send(orders, { value: 2 });
  await clock.advance(30);
  expect(driver.sends).toHaveLength(0);
  await clock.runUntil(Promise.all([first, second]));
  expect(driver.sends.map((batches) => batches[0]!.records.length)).toEqual([2]);
  const startedAt = clock.monotonic();
  const many = Array.from({ length: 20 }, (_, value) => producer.send(orders, { value }));
  await clock.runUntil(many[0]!);
  expect(clock.monotonic()).toBe(startedAt);
  await clock.runUntil(Promise.all(many));
  await clock.runUntil(producer.close());
});

test("[X-07] batchBytes splits what one turn sends", async () => {
  const { clock, driver, producer } = setUp({ batchBytes: 16_384 });
  const blobs = defineTopic({ name: "blobs", key: bytes(), value: bytes() });
  await clock.runUntil(Promise.all(Array.from({ length: 10 }, () => producer.send(blobs, { value: Buffer.alloc(5_000) }))));
  for (const batches of driver.sends) for (const { records } of batches) expect(records.length).toBeLessThanOrEqual(3);
  await producer.close();
});

test("[X-07] a full buffer holds senders back, and fails them after maxBlockMs", async () => {
  const { clock, driver, producer } = setUp({ bufferBytes: 2_000, maxMessageBytes: 2_000, maxBlockMs: 1_000 });
  await warm(clock, producer, driver);
  const requests = holdSends(driver);
  const big = { value: "x".repeat(900) };
  const first = producer.send(orders, big);
  const second = producer.send(orders, big);
  const third = producer.send(orders, big);
  const fourth = producer.send(orders, big);
  const failure = third.catch((error: unknown) => error);
  fourth.catch(() => undefined);
  await clock.advance(500);
  expect(requests.held).toBe(1);
  await clock.advance(500);
  expect(await failure).toMatchObject({ code: "KAFKA_BUFFER_FULL", retryable: true });
  await expect(fourth).rejects.toMatchObject({ code: "KAFKA_BUFFER_FULL" });
  requests.release();
  await clock.runUntil(Promise.all([first, second]));
  driver.onSend = undefined;
  await clock.runUntil(producer.send(orders, big));
  await producer.close();
});

test("senders that waited for room go on in their order when there is some", async () => {
  const { clock, driver, producer } = setUp({ bufferBytes: 500, maxMessageBytes: 500 });
  const sent = Array.from({ length: 30 }, (_, value) => producer.send(orders, { value: `${value}`.padStart(100, "0") }));
  await clock.runUntil(Promise.all(sent));
  expect(values(driver)).toEqual([...values(driver)].sort());
  await producer.close();
});

test("a message larger than the limit fails before the wire, by the producer's limit or the topic's", async () => {
  const { clock, driver, producer } = setUp({ maxMessageBytes: 1_000 });
  const small = defineTopic({ name: "small", key: string(), value: string(), maxMessageBytes: 500 });
  await expect(producer.send(orders, { value: "x".repeat(1_000) })).rejects.toMatchObject({
    code: "KAFKA_MESSAGE_TOO_LARGE",
    topic: "orders",
  });
  await expect(producer.send(small, { value: "x".repeat(500) })).rejects.toMatchObject({ code: "KAFKA_MESSAGE_TOO_LARGE", topic: "small" });
  expect(driver.sends).toHaveLength(0);
  await clock.runUntil(producer.send(small, { value: "fits" }));
  await producer.close();
});

test("[004-16] keys go where Java's client puts them: test-key to 2, foobar to 0, key-0, key-1, key-2 to 1, 0, 2 of three", async () => {
  const driver = new ScriptedDriver();
  driver.partitions.set("orders", 3);
  const { clock, producer } = setUp({}, driver);
  const keys = ["test-key", "foobar", "key-0", "key-1", "key-2"];
  const sent = await clock.runUntil(Promise.all(keys.map((key) => producer.send(orders, { key, value: 1 }))));
  expect(sent.map(({ partition }) => partition)).toEqual([2, 0, 1, 0, 2]);
  await producer.close();
});

test("messages without a key share one partition per batch and move on with the next", async () => {
  const driver = new ScriptedDriver();
  driver.partitions.set("orders", 3);
  const { clock, producer } = setUp({}, driver);
  const seen: number[] = [];
  for (let round = 0; round < 4; round++) {
    const sent = await clock.runUntil(Promise.all([1, 2, 3].map((value) => producer.send(orders, { value }))));
    expect(new Set(sent.map(({ partition }) => partition)).size).toBe(1);
    seen.push(sent[0]!.partition);
  }
  expect(seen).toEqual([0, 1, 2, 0]);
  await producer.close();
});

test("[004-17] round robin cycles, a custom partitioner decides, and an explicit partition wins over both", async () => {
  const driver = new ScriptedDriver();
  driver.partitions.set("orders", 3);
  const { clock, kafka, producer } = setUp({ partitioner: "round-robin" }, driver);
  const custom = kafka.producer({ partitioner: ({ key }, count) => (key?.length ?? 0) % count });
  const cycled = await clock.runUntil(Promise.all([1, 2, 3, 4].map((value) => producer.send(orders, { key: "k", value }))));
  expect(cycled.map(({ partition }) => partition)).toEqual([0, 1, 2, 0]);
  const chosen = await clock.runUntil(
    Promise.all([custom.send(orders, { key: "four", value: 1 }), custom.send(orders, { key: "four", value: 1, partition: 2 })]),
  );
  expect(chosen.map(({ partition }) => partition)).toEqual([1, 2]);
  await kafka.close();
});

test("a partition that does not exist is a clear error, after asking the cluster once more", async () => {
  const { clock, driver, kafka, producer } = setUp();
  await warm(clock, producer, driver);
  await expect(clock.runUntil(producer.send(orders, { value: 1, partition: 5 }))).rejects.toThrow(
    'topic "orders" has no partition 5: it has 1',
  );
  expect(driver.asked.at(-1)).toEqual({ topic: "orders", refresh: true });
  driver.partitions.set("orders", 6);
  expect(await clock.runUntil(producer.send(orders, { value: 1, partition: 5 }))).toMatchObject({ partition: 5 });
  for (const partition of [-1, 1.5, Number.NaN]) {
    await expect(clock.runUntil(producer.send(orders, { value: 1, partition }))).rejects.toMatchObject({ code: "KAFKA_INVALID_PARTITION" });
  }
  const lost = kafka.producer({ partitioner: () => 7 });
  await expect(clock.runUntil(lost.send(orders, { value: 1 }))).rejects.toMatchObject({ code: "KAFKA_INVALID_PARTITION" });
  await kafka.close();
});

test("a partition count that is five minutes old is asked for again in the background", async () => {
  const { clock, driver, producer } = setUp();
  await warm(clock, producer, driver);
  await clock.advance(300_000);
  await clock.runUntil(producer.send(orders, { value: 1 }));
  await clock.advance(0);
  expect(driver.asked).toEqual([
    { topic: "orders", refresh: false },
    { topic: "orders", refresh: true },
  ]);
  await producer.close();
});

test("a serde that has to wait delays the messages behind it, so that order stays", async () => {
  const driver = new ScriptedDriver();
  const { clock, kafka, producer } = setUp({}, driver);
  let ready: (() => void) | undefined;
  let isReady = false;
  const slow: Serde<string> = {
    prepareToSerialize: () => {
      if (isReady) return undefined;
      isReady = true;
      return new Promise((resolve) => {
        ready = resolve;
      });
    },
    prepareToDeserialize: () => undefined,
    serialize: (value) => Buffer.from(value),
    deserialize: String,
  };
  const topic = defineTopic({ name: "slow", key: string(), value: { format: "slow", bind: () => slow } });
  const sent = ["a", "b", "c"].map((value) => producer.send(topic, { key: "k", value }));
  const batch = producer.sendBatch(topic, [{ value: "d" }, { value: "e" }]);
  await clock.advance(10);
  expect(driver.sends).toHaveLength(0);
  ready!();
  await clock.runUntil(Promise.all([...sent, batch]));
  expect(values(driver)).toEqual(["a", "b", "c", "d", "e"]);
  await kafka.close();
});

test("serdes get a list of the message's own headers; without headers only those that write some, the others cost no list", async () => {
  const { clock, driver, producer } = setUp();
  const seen: unknown[] = [];
  const stamped: Serde<string> = {
    writesHeaders: true,
    prepareToSerialize: () => undefined,
    prepareToDeserialize: () => undefined,
    serialize: (value, headers) => {
      headers!.push(["stamp", Buffer.from(`${headers!.length}`)]);
      return Buffer.from(value);
    },
    deserialize: String,
  };
  const plain: Serde<string> = {
    ...stamped,
    writesHeaders: undefined,
    serialize: (value, headers) => {
      seen.push(headers);
      return Buffer.from(value);
    },
  };
  const topicOf = (name: string, serde: Serde<string>) =>
    defineTopic({ name, key: string(), value: { format: "stamped", bind: () => serde } });
  const given = [["trace", Buffer.from("t")]] as const;
  const stampedTopic = topicOf("stamped", stamped);
  await clock.runUntil(
    Promise.all([
      producer.send(stampedTopic, { key: "k", value: "a" }),
      producer.send(stampedTopic, { value: "b", headers: given }),
      producer.send(topicOf("plain", plain), { value: "c", headers: given }),
      producer.send(topicOf("plain", plain), { value: "d" }),
    ]),
  );
  const headers = driver.sends
    .flat()
    .flatMap(({ records }) => records.map((record) => record.headers.map(([name, value]) => `${name}${String(value)}`)));
  expect(headers).toEqual([["stamp0"], ["tracet", "stamp1"], ["tracet"], []]);
  expect(given).toHaveLength(1);
  expect(seen).toEqual([given, undefined]);
  expect(seen[0]).not.toBe(given);
  await producer.close();
});

test("a serde that fails fails its own message only", async () => {
  const { clock, driver, producer } = setUp();
  const bad = producer.send(orders, { value: undefined });
  const good = producer.send(orders, { value: "good" });
  await expect(bad).rejects.toMatchObject({ code: "SERDE_INVALID_VALUE" });
  await clock.runUntil(good);
  expect(values(driver)).toEqual(['"good"']);
  await producer.close();
});

test("tombstones, keys, headers and times reach the driver as they are", async () => {
  const { clock, driver, producer } = setUp();
  await clock.runUntil(
    Promise.all([
      producer.send(orders, { key: "gone", value: null, headers: { trace: "a-b", none: null }, timestamp: 5 }),
      producer.send(orders, {
        value: "x",
        headers: [
          ["n", "1"],
          ["n", Buffer.from([2])],
        ],
      }),
      producer.sendRaw({ topic: "orders", key: null, value: Buffer.from("raw"), partition: 0 }),
    ]),
  );
  expect(driver.sends[0]![0]!.records).toEqual([
    {
      key: Buffer.from("gone"),
      value: null,
      headers: [
        ["trace", Buffer.from("a-b")],
        ["none", null],
      ],
      timestamp: 5,
    },
    {
      key: null,
      value: Buffer.from('"x"'),
      headers: [
        ["n", Buffer.from("1")],
        ["n", Buffer.from([2])],
      ],
      timestamp: clock.now(),
    },
    { key: null, value: Buffer.from("raw"), headers: [], timestamp: clock.now() },
  ]);
  await expect(producer.send(orders, { value: 1, headers: { wrong: 1 as unknown as string } })).rejects.toThrow('the value of "wrong"');
  await producer.close();
});

test("a message that cannot be written fails by itself, before it joins a batch", async () => {
  const { clock, driver, producer } = setUp();
  for (const timestamp of [-1, 1.5, Number.NaN]) {
    await expect(producer.send(orders, { value: 1, timestamp })).rejects.toMatchObject({ code: "INVALID_OPTIONS" });
  }
  await expect(producer.sendRaw({ topic: "orders", key: null, value: "text" as unknown as Buffer })).rejects.toThrow("Buffers or null");
  const good = producer.send(orders, { value: 2 });
  await clock.advance(0.5);
  await good;
  const later = producer.send(orders, { value: 3 });
  await clock.runUntil(later);
  expect(driver.sends.flat().flatMap(({ records }) => records.map(({ timestamp }) => Number.isInteger(timestamp)))).toEqual([true, true]);
  await producer.close();
});

test("what the broker refuses fails exactly its own batch's messages", async () => {
  const driver = new ScriptedDriver();
  driver.partitions.set("orders", 2);
  const { clock, producer } = setUp({}, driver);
  const error = new KafkaError({ code: "KAFKA_BROKER_ERROR", message: "no", kafkaError: "NOT_ENOUGH_REPLICAS" });
  driver.onSend = async (batches) =>
    batches.map((batch) => (batch.partition === 0 ? { ok: false, error } : { ok: true, baseOffset: 9, logAppendTimestamp: 77 }));
  const refused = [1, 2].map((value) => producer.send(orders, { value, partition: 0 }));
  const stored = producer.send(orders, { value: 3, partition: 1 });
  const many = producer.sendBatch(orders, [
    { value: 4, partition: 1 },
    { value: 5, partition: 0 },
  ]);
  for (const promise of [...refused, many]) promise.catch(() => undefined);
  expect(await clock.runUntil(stored)).toMatchObject({ topic: "orders", partition: 1, offset: 9, timestamp: 77 });
  for (const promise of [...refused, many]) await expect(promise).rejects.toBe(error);
  driver.onSend = () => Promise.reject(new Error("broken driver"));
  await expect(clock.runUntil(producer.send(orders, { value: 6 }))).rejects.toThrow("broken driver");
  await producer.close();
});

test("a batch that the topic finds too large is cut until it fits, in order; only what is too large by itself fails", async () => {
  const { clock, driver, producer } = setUp();
  const error = new KafkaError({ code: "KAFKA_MESSAGE_TOO_LARGE", message: "RecordBatchTooLarge" });
  const size = (records: readonly { readonly value: Buffer | null }[]): number =>
    records.reduce((sum, { value }) => sum + value!.length, 0);
  const stored: string[] = [];
  driver.onSend = async (batches) =>
    batches.map((batch) => {
      if (size(batch.records) > 20) return { ok: false, error };
      stored.push(...batch.records.map(({ value }) => String(value)));
      return driver.store([batch])[0]!;
    });
  const single = Array.from({ length: 9 }, (_, index) => producer.send(orders, { value: 100_000 + index }));
  const huge = producer.send(orders, { value: "x".repeat(50) }).catch((failure: unknown) => failure);
  const batch = producer.sendBatch(orders, [{ value: 100_009 }, { value: 100_010 }]);
  await clock.runUntil(producer.flush());
  expect((await Promise.all(single)).map(({ offset }) => offset)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
  expect((await batch).map(({ offset }) => offset)).toEqual([9, 10]);
  expect(await huge).toBe(error);
  expect(stored).toEqual(Array.from({ length: 11 }, (_, index) => `${100_000 + index}`));
  await producer.close();
});

test("offsets are -1 with acks 0", async () => {
  const { clock, driver, producer } = setUp({ acks: 0 });
  driver.onSend = async (batches) => batches.map(() => ({ ok: true, baseOffset: -1, logAppendTimestamp: -1 }));
  const sent = await clock.runUntil(producer.sendBatch(orders, [{ value: 1 }, { value: 2 }]));
  expect(sent.map(({ offset }) => offset)).toEqual([-1, -1]);
  await producer.close();
});

test("a topic that cannot be asked for fails everything that waits for it, and the next send asks again", async () => {
  const { clock, driver, producer } = setUp();
  driver.onPartitionCount = () => Promise.reject(new KafkaError({ code: "KAFKA_UNREACHABLE", message: "nobody there" }));
  const failed = await Promise.allSettled([1, 2].map((value) => producer.send(orders, { value })));
  expect(failed.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  driver.onPartitionCount = () => new Promise(() => {});
  await expect(clock.runUntil(producer.send(orders, { value: 3 }))).rejects.toMatchObject({ code: "KAFKA_TIMED_OUT", topic: "orders" });
  driver.onPartitionCount = undefined;
  await clock.runUntil(producer.send(orders, { value: 4 }));
  driver.onSend = async (batches) =>
    batches.map(() => ({ ok: false, error: new KafkaError({ code: "KAFKA_UNKNOWN_TOPIC", message: "deleted" }) }));
  await expect(clock.runUntil(producer.send(orders, { value: 5 }))).rejects.toMatchObject({ code: "KAFKA_UNKNOWN_TOPIC" });
  driver.onSend = undefined;
  const asked = driver.asked.length;
  await clock.runUntil(producer.send(orders, { value: 6 }));
  expect(driver.asked.length).toBe(asked + 1);
  await producer.close();
});

test("a producer that could not connect says so, tries again with the next send, and can be closed either way", async () => {
  const driver = new ScriptedDriver();
  const connection = driver.connect();
  let failures = 1;
  driver.connect = () => ({
    ...connection,
    createProducer: (settings) =>
      failures-- > 0
        ? Promise.reject(new KafkaError({ code: "KAFKA_UNREACHABLE", message: "nobody there" }))
        : connection.createProducer(settings),
  });
  const { clock, kafka, producer } = setUp({}, driver);
  await expect(producer.send(orders, { value: 1 })).rejects.toMatchObject({ code: "KAFKA_UNREACHABLE" });
  expect(await clock.runUntil(producer.send(orders, { value: 2 }))).toMatchObject({ offset: 0 });
  failures = 1;
  const other = kafka.producer({ acks: 1 });
  const sent = other.send(orders, { value: 3 }).catch((error: unknown) => error);
  await clock.runUntil(other.close());
  expect(await sent).toMatchObject({ code: "KAFKA_UNREACHABLE" });
  await kafka.close();
  expect(driver.producers.map(({ closed }) => closed)).toEqual([1]);
});

test("close during a connection attempt waits for it and leaves nothing open", async () => {
  const driver = new ScriptedDriver();
  const { clock, producer } = setUp({}, driver);
  const sent = producer.send(orders, { value: 1 });
  const closed = producer.close({ timeoutMs: 1_000 });
  await clock.runUntil(closed);
  expect(await sent).toMatchObject({ offset: 0 });
  expect(driver.producers[0]!.closed).toBe(1);
  expect(clock.pending).toBe(0);
});

test("flush waits for what was sent before it, lingering or not, and has a deadline", async () => {
  const { clock, driver, producer } = setUp({ lingerMs: 10_000 });
  await producer.flush();
  const sent = producer.send(orders, { value: 1 });
  await clock.runUntil(producer.flush());
  expect(clock.monotonic()).toBe(0);
  await sent;
  driver.onSend = () => new Promise(() => {});
  void producer.send(orders, { value: 2 }).catch(() => undefined);
  await clock.advance(0);
  await expect(producer.flush({ signal: AbortSignal.abort(new Error("enough")) })).rejects.toMatchObject({ code: "ABORTED" });
  await clock.runUntil(producer.close({ timeoutMs: 10 }));
});

test("[004-05] close flushes, is idempotent, refuses later sends, and rejects what its time does not suffice for", async () => {
  const { clock, driver, kafka, producer } = setUp();
  const sent = producer.send(orders, { value: 1 });
  const closed = Promise.all([producer.close(), producer.close()]);
  await expect(producer.send(orders, { value: 2 })).rejects.toMatchObject({ code: "CLOSED", message: "the producer is closed" });
  await expect(producer.sendRaw({ topic: "orders", key: null, value: null })).rejects.toMatchObject({ code: "CLOSED" });
  await expect(producer.sendBatch(orders, [])).rejects.toMatchObject({ code: "CLOSED" });
  await clock.runUntil(closed);
  expect(await sent).toMatchObject({ offset: 0 });
  expect(driver.producers[0]!.closed).toBe(1);

  const stuck = kafka.producer();
  await clock.runUntil(stuck.send(orders, { value: 3 }));
  driver.onSend = () => new Promise(() => {});
  const inFlight = stuck.send(orders, { value: 4 }).catch((error: unknown) => error);
  await clock.runUntil(stuck.close({ timeoutMs: 100 }));
  expect(await inFlight).toMatchObject({ code: "KAFKA_TIMED_OUT" });
  expect(driver.producers[1]!.closed).toBe(1);
  expect(clock.pending).toBe(0);
});

test("what close has given up is not sent later, although its driver producer lives on for others", async () => {
  const { clock, driver, kafka, producer } = setUp();
  const twin = kafka.producer();
  await clock.runUntil(Promise.all([producer, twin].map((one) => one.send(orders, { value: "warm" }))));
  driver.sends.length = 0;
  const requests = holdSends(driver);
  const first = producer.send(orders, { value: "in flight" }).catch((error: unknown) => error);
  await clock.advance(0);
  const second = producer.send(orders, { value: "waiting" }).catch((error: unknown) => error);
  await clock.runUntil(producer.close({ timeoutMs: 100 }));
  expect(await Promise.all([first, second])).toMatchObject([{ code: "KAFKA_TIMED_OUT" }, { code: "KAFKA_TIMED_OUT" }]);
  requests.release();
  await clock.advance(1_000);
  expect(values(driver)).toEqual(['"in flight"']);
  await kafka.close();
});

test("[002-34] producers of one profile share one driver producer, also when they ask at the same time, closed with the last of them", async () => {
  const { clock, driver, kafka, producer } = setUp();
  const twin = kafka.producer({ lingerMs: 5 });
  const other = kafka.producer({ compression: "gzip" });
  await clock.runUntil(Promise.all([producer, twin, other].map((one) => one.send(orders, { value: 1 }))));
  expect(driver.producers.map(({ settings }) => settings.compression)).toEqual(["none", "gzip"]);
  await producer.close();
  expect(driver.producers[0]!.closed).toBe(0);
  await twin.close();
  expect(driver.producers[0]!.closed).toBe(1);
  await kafka.close();
  expect(driver.producers[1]!.closed).toBe(1);
});

test("[X-09] contradictory and impossible options are reported all at once, and refused capabilities at construction", () => {
  const { kafka } = setUp();
  const wrong = { acks: 1, idempotent: true, maxInFlightRequests: 6, lingerMs: -1, bufferBytes: 10 } as const;
  expect(() => kafka.producer({ ...wrong, compression: "lzma" as "gzip", partitioner: "x" as "java" })).toThrow(
    expect.objectContaining({
      code: "INVALID_OPTIONS",
      problems: [
        "compression must be one of none, gzip, snappy, lz4, zstd, not lzma",
        'idempotent: true needs acks: "all", not 1',
        "maxInFlightRequests must be at most 5 with idempotent: true, not 6",
        'partitioner must be "java", "sticky", "round-robin" or a function, not x',
        "lingerMs must be a whole number of at least 0, not -1",
        "bufferBytes (10) must hold at least one message of maxMessageBytes (1048576)",
      ],
    }),
  );
  expect(() => kafka.producer({ acks: 2 as 1 })).toThrow('acks must be "all", 1 or 0');
  const limited = createKafka({ driver: new ScriptedDriver(["compression-zstd", "idempotent-producer"]) });
  expect(() => limited.producer({ compression: "zstd" })).toThrow(/the scripted driver cannot do compression-zstd/);
  expect(() => limited.producer({ idempotent: true })).toThrow(/idempotent-producer/);
  expect(() => limited.producer()).not.toThrow();
});

test("per partition, stored order is call order under any mix of turns, sizes and answers", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ partition: fc.nat(2), size: fc.integer({ min: 0, max: 400 }), pause: fc.nat(3) }), { maxLength: 60 }),
      fc.array(fc.nat(5), { minLength: 1, maxLength: 10 }),
      fc.nat(5),
      async (messages, delays, lingerMs) => {
        const driver = new ScriptedDriver();
        driver.partitions.set("orders", 3);
        const { clock, producer } = setUp({ batchBytes: 500, bufferBytes: 1_500, maxMessageBytes: 1_000, lingerMs }, driver);
        let calls = 0;
        driver.onSend = (batches) =>
          new Promise((resolve) => clock.schedule(delays[calls++ % delays.length]!, () => resolve(driver.store(batches))));
        const sent: Promise<{ readonly partition: number; readonly offset: number }>[] = [];
        for (const { partition, size, pause } of messages) {
          sent.push(producer.send(orders, { value: "x".repeat(size), partition }));
          if (pause > 0) await clock.advance(pause - 1);
        }
        const stored = await clock.runUntil(Promise.all(sent));
        for (let partition = 0; partition < 3; partition++) {
          const offsets = stored.filter((result) => result.partition === partition).map(({ offset }) => offset);
          expect(offsets).toEqual(offsets.map((_, index) => index));
        }
        await clock.runUntil(producer.close());
        expect(clock.pending).toBe(0);
      },
    ),
    { numRuns: 60 },
  );
});
