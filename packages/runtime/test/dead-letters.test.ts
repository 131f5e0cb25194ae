import { createLogger, exponential, noRetry } from "@millrace/core";
import { memory } from "@millrace/driver-memory";
import type { KafkaDriver, RawMessage } from "@millrace/kafka";
import { createKafka } from "@millrace/kafka";
import { decodeDeadLetter, readDeadLetters, redrive } from "@millrace/retry";
import { json, type SerdeDescriptor, string, upcast } from "@millrace/serdes";
import { defineTopic } from "@millrace/topics";
import { expect, test } from "vitest";
import { createRuntime, RejectedRecordError } from "../src/index.ts";
import { createCluster, until } from "./support/harness.ts";

interface Order {
  readonly amount: number;
}

const orders = defineTopic({ name: "orders", key: string(), value: json<Order>(), partitions: 3 });

test("[003-18] a failing record is retried with growing waits and then really is on the dead-letter topic, once, whose name has one prefix", async () => {
  const { kafka, read } = createCluster();
  const began: number[] = [];
  const runtime = createRuntime({ kafka, group: "billing" });
  const retry = exponential({ attempts: 4, initialMs: 10, multiplier: 3, jitter: 0 });
  runtime.process(orders, { retry, deadLetter: { naming: "suffix" } }, () => {
    began.push(performance.now());
    throw new Error("no such customer");
  });
  await runtime.start();
  await kafka.producer().send(orders, { key: "a", value: { amount: 1 } });
  await until(() => runtime.statistics().get("orders")?.deadLettered === 1, "the dead letter");
  const waits = began.slice(1).map((at, index) => at - began[index]!);
  for (const [index, least] of [10, 30, 90].entries()) expect(waits[index]).toBeGreaterThanOrEqual(least - 1);
  expect(began).toHaveLength(4);
  expect(await read("orders.dead-letter")).toHaveLength(1);
  expect((await kafka.admin().listTopics()).filter((name) => name.includes("dead-letter") && !name.endsWith(".audit"))).toEqual([
    "orders.dead-letter",
  ]);
  await runtime.stop();
});

test("[001-28] [003-19] a dead letter keeps key, bytes, headers and story under the names of both systems, and a warning says where it is", async () => {
  const { connect, read, engine } = createCluster();
  const lines: string[] = [];
  const kafka = createKafka({ driver: memory({ engine }), clientId: "billing-1" });
  const logger = createLogger({ write: ({ level, message }) => lines.push(`${level} ${message}`) });
  const runtime = createRuntime({ kafka, group: "billing", logger });
  runtime.process(orders, { retry: noRetry, deadLetter: {} }, () => {
    throw new TypeError("no amount");
  });
  await runtime.start();
  const producer = connect().producer();
  const headers: RawMessage["headers"] = [
    ["trace", Buffer.from("t1")],
    ["trace", null],
  ];
  await producer.sendRaw({
    topic: "orders",
    partition: 2,
    key: Buffer.from("a"),
    value: Buffer.from('{"amount":1}'),
    headers,
    timestamp: 1_700_000_000_000,
  });
  await producer.sendRaw({ topic: "orders", partition: 2, key: Buffer.from("b"), value: Buffer.from([0xff, 0x00, 0xfe]), headers: [] });
  await until(() => runtime.statistics().get("orders")?.deadLettered === 2, "the dead letters");
  const letters = await read("dlq.orders");
  const bodies = letters.map(({ value }) => JSON.parse(String(value)) as Record<string, unknown>);
  expect(bodies.find(({ original_key }) => original_key === "a")).toMatchObject({
    original_topic: "orders",
    original_partition: 2,
    original_offset: 0,
    original_timestamp: "2023-11-14T22:13:20.000Z",
    original_key: "a",
    original_value: '{"amount":1}',
    error: "no amount",
    error_type: "TypeError",
    error_reason: "Processing error: no amount",
    consumer_group: "billing",
    consumer_id: "billing-1",
    timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    failed_at: expect.stringMatching(/Z$/),
    attempts: 1,
    disposition: "attempts-exhausted",
  });
  expect(bodies.find(({ original_key }) => original_key === "b")).toMatchObject({
    original_offset: 1,
    original_value: "/wD+",
    original_value_encoding: "base64",
    error_reason: expect.stringMatching(/^Deserialization error: ./),
    disposition: "undecodable",
  });
  for (const letter of letters) {
    const body = bodies.find(({ original_key }) => original_key === letter.key?.toString());
    expect(new Map(letter.headers).get("error")?.toString()).toBe(body?.["error_type"]);
  }
  const decoded = letters.map(decodeDeadLetter).find(({ key }) => key?.toString() === "a");
  expect(decoded?.headers).toEqual(headers);
  expect(lines).toContain("warn Message sent to DLQ dlq.orders: no amount");
  await runtime.stop();
  await kafka.close();
});

test("[001-09] the offset of a failed record is not committed before its dead letter is stored", async () => {
  const { engine, committed } = createCluster();
  const writes: (() => void)[] = [];
  const inner = memory({ engine });
  // Holds every write to the dead-letter topic until it is let go.
  const driver: KafkaDriver = {
    ...inner,
    connect(context) {
      const connection = inner.connect(context);
      return {
        ...connection,
        async createProducer(settings) {
          const producer = await connection.createProducer(settings);
          return {
            ...producer,
            async send(batches) {
              if (batches.some(({ topic }) => topic === "dlq.orders")) await new Promise<void>((resolve) => writes.push(resolve));
              return await producer.send(batches);
            },
          };
        },
      };
    },
  };
  const kafka = createKafka({ driver });
  const runtime = createRuntime({ kafka, group: "billing", commitIntervalMs: 1 });
  runtime.process(orders, { deadLetter: {} }, ({ value }) => {
    if (value.amount < 0) throw new RejectedRecordError("negative");
  });
  await runtime.start();
  const producer = kafka.producer();
  for (const amount of [1, -1, 2]) await producer.send(orders, { key: String(amount), value: { amount }, partition: 0 });
  await until(() => writes.length === 1 && runtime.statistics().get("orders")?.handled === 2, "the write");
  await until(() => committed("billing", "orders") === 1, "the commit below it");
  expect(engine.records("dlq.orders")).toHaveLength(0);
  for (const go of writes) go();
  await until(() => committed("billing", "orders") === 3, "the commit above it");
  expect(engine.records("dlq.orders")).toHaveLength(1);
  await runtime.stop();
  await kafka.close();
});

test("[003-20] a consumer of the dead-letter topic reads the dead letters; a processor of it has no dead letters of its own", async () => {
  const { kafka } = createCluster();
  const debate = defineTopic({ name: "debate-events", key: string(), value: json<Order>() });
  const runtime = createRuntime({ kafka, group: "debate" });
  runtime.process(debate, { retry: noRetry, deadLetter: { naming: "suffix" } }, () => Promise.reject(new Error("no")));
  await runtime.start();
  await kafka.producer().send(debate, { key: "a", value: { amount: 1 } });
  const consumer = kafka.consumer({ group: "dead-letter-consumer", reset: "earliest" });
  const reasons: string[] = [];
  await consumer.consume(["debate-events.dead-letter"], {
    onBatch: ({ records }) => void reasons.push(...records.map((record) => decodeDeadLetter(record).failure.message)),
  });
  await until(() => reasons.length === 1, "the letter");
  expect(reasons).toEqual(["no"]);
  const reader = createRuntime({ kafka, group: "reader" });
  reader.process(defineTopic({ name: "debate-events.dead-letter", key: string(), value: string() }), { deadLetter: {} }, () => undefined);
  await expect(reader.start()).rejects.toMatchObject({ code: "RETRY_BAD_TOPIC_NAME" });
  await runtime.stop();
});

test("undecodable records never stop the stream", async () => {
  const { kafka } = createCluster();
  const seen: number[] = [];
  const runtime = createRuntime({ kafka, group: "billing" });
  runtime.process(orders, { deadLetter: {} }, ({ value }) => void seen.push(value.amount));
  await runtime.start();
  const producer = kafka.producer();
  for (let n = 0; n < 50; n++) {
    if (n % 2 === 0) await producer.send(orders, { key: "a", value: { amount: n } });
    else await producer.sendRaw({ topic: "orders", key: Buffer.from("a"), value: Buffer.from([n, 0xff]) });
  }
  await until(() => runtime.statistics().get("orders")?.deadLettered === 25, "the dead letters");
  await until(() => seen.length === 25, "the others");
  expect(seen).toEqual(seen.toSorted((a, b) => a - b));
  await runtime.stop();
});

test("a redrive brings letters back to their group and to nobody else; what fails again is open again", async () => {
  const { kafka, connect } = createCluster();
  const seen: string[] = [];
  let broken = true;
  const create = (group: string) => {
    const runtime = createRuntime({ kafka: connect(group), group });
    runtime.process(orders, { retry: noRetry, deadLetter: {} }, ({ key, value }, { redrives, origin, attempt }) => {
      seen.push(`${group} ${key} ${value.amount} redrives ${redrives} from ${origin.topic}@${origin.offset} attempt ${attempt}`);
      if (group === "billing" && broken) throw new Error("not today");
    });
    return runtime;
  };
  const [billing, shipping] = [create("billing"), create("shipping")];
  await Promise.all([billing.start(), shipping.start()]);
  await kafka.producer().send(orders, { key: "a", value: { amount: 7 }, headers: { trace: "t1" } });
  await until(() => seen.length === 2, "both groups");
  const open = async () => {
    const entries = [];
    for await (const entry of readDeadLetters({ kafka, topic: "orders", group: "billing" })) entries.push(entry);
    return entries;
  };
  await until(async () => (await open()).length === 1, "the letter");
  expect(await redrive({ kafka, topic: "orders", group: "shipping", job: "j0" })).toMatchObject({ open: 0, redriven: 0 });

  expect(await redrive({ kafka, topic: "orders", group: "billing", job: "j1" })).toMatchObject({ open: 1, redriven: 1 });
  await until(() => billing.statistics().get("orders")?.deadLettered === 2, "the second failure");
  expect((await open()).map(({ letter, state }) => [letter.redrives, letter.attempts, state])).toEqual([[1, 2, "open"]]);

  broken = false;
  expect(await redrive({ kafka, topic: "orders", group: "billing", job: "j2" })).toMatchObject({ open: 1, redriven: 1 });
  await until(() => billing.statistics().get("orders")?.handled === 1, "the record to be handled");
  expect(await open()).toEqual([]);
  expect(await redrive({ kafka, topic: "orders", group: "billing", job: "j3" })).toMatchObject({ open: 0, redriven: 0 });
  expect(seen.toSorted()).toEqual([
    "billing a 7 redrives 0 from orders@0 attempt 1",
    "billing a 7 redrives 1 from orders@0 attempt 1",
    "billing a 7 redrives 2 from orders@0 attempt 1",
    "shipping a 7 redrives 0 from orders@0 attempt 1",
  ]);
  await Promise.all([billing.stop(), shipping.stop()]);
});

test("an upcaster as transform mends letters on their way; what it cannot mend stays open and is reported", async () => {
  const { kafka } = createCluster();
  const seen: unknown[] = [];
  const runtime = createRuntime({ kafka, group: "billing" });
  runtime.process(orders, { deadLetter: {} }, ({ value, headers }) => {
    if (typeof value.amount !== "number") throw new RejectedRecordError("no amount");
    seen.push([value.amount, headers.map(([name]) => name)]);
  });
  await runtime.start();
  const producer = kafka.producer();
  for (const value of ['{"cents":1200}', "no JSON"])
    await producer.sendRaw({ topic: "orders", key: Buffer.from("a"), value: Buffer.from(value), headers: [["trace", null]] });
  await until(() => runtime.statistics().get("orders")?.deadLettered === 2, "the letters");
  const up = upcast(
    { from: json<{ cents: number }>(), to: json<Order>(), up: ({ cents }) => ({ amount: cents / 100 }) },
    { topic: "orders" },
  );
  const report = await redrive({
    kafka,
    topic: "orders",
    group: "billing",
    job: "cents",
    transform: up,
  });
  expect(report).toMatchObject({ open: 2, redriven: 1, left: 0, failed: [{ id: expect.stringMatching(/^orders\/\d\/1\/billing$/) }] });
  expect(report.failed[0]?.error).toMatchObject({ code: "RETRY_TRANSFORM_FAILED", message: expect.stringContaining("stays open") });
  await until(() => seen.length === 1, "the mended record");
  expect(seen).toEqual([[12, ["trace"]]]);
  await runtime.stop();
});

test("a format that lives in headers is read again after a failure, a dead letter and a redrive, whose headers are the producer's", async () => {
  const { kafka, read } = createCluster();
  const inHeaders: SerdeDescriptor<string> = {
    format: "in-headers",
    bind: ({ part }) => ({
      writesHeaders: true,
      prepareToSerialize: () => undefined,
      prepareToDeserialize: () => undefined,
      serialize(value, headers) {
        headers!.push([part, Buffer.from(value)]);
        return Buffer.alloc(0);
      },
      deserialize: (_data, headers) => String(headers!.findLast(([name]) => name === part)![1]),
    }),
  };
  const letters = defineTopic({ name: "letters", key: inHeaders, value: inHeaders, partitions: 1 });
  const seen: string[] = [];
  let broken = true;
  const runtime = createRuntime({ kafka, group: "billing" });
  runtime.process(letters, { retry: noRetry, deadLetter: {} }, ({ key, value, headers }) => {
    seen.push(`${key} ${value} ${headers.map(([name]) => name).join(" ")}`);
    if (broken) throw new Error("broken");
  });
  await runtime.start();
  await kafka.producer().send(letters, { key: "k", value: "v", headers: { trace: null } });
  await until(() => runtime.statistics().get("letters")?.deadLettered === 1, "the dead letter");
  const [letter] = (await read("dlq.letters")).map((record) => decodeDeadLetter(record));
  expect(letter).toMatchObject({
    headers: [
      ["trace", null],
      ["key", Buffer.from("k")],
      ["value", Buffer.from("v")],
    ],
  });
  broken = false;
  expect(await redrive({ kafka, topic: "letters", group: "billing", job: "j" })).toMatchObject({ redriven: 1 });
  await until(() => runtime.statistics().get("letters")?.handled === 1, "the record to be handled");
  expect(seen).toEqual(["k v trace key value", "k v trace key value"]);
  await runtime.stop();
});

test("the topics around a source are created as declared, the retry topic grows with it, and verify only looks", async () => {
  const { kafka } = createCluster({ autoCreateTopics: false });
  const admin = kafka.admin();
  const start = async (topology: "create" | "verify") => {
    const runtime = createRuntime({ kafka, group: "team a/billing", topology });
    runtime.process(orders, { deadLetter: {} }, () => undefined);
    try {
      await runtime.start();
    } finally {
      await runtime.stop();
    }
  };
  await expect(start("verify")).rejects.toMatchObject({ code: "RUNTIME_TOPIC_MISSING", message: expect.stringContaining("orders") });
  expect(await admin.listTopics()).toEqual([]);
  await start("create");
  const retryTopic = (await admin.listTopics()).find((name) => name.includes(".retry."))!;
  expect(await admin.listTopics()).toEqual(["dlq.orders", "dlq.orders.audit", "orders", retryTopic].toSorted());
  const partitions = async () => (await admin.describeTopics([retryTopic]))[0]!.partitions.length;
  expect(await partitions()).toBe(3);
  expect((await admin.describeTopicConfigs(["dlq.orders.audit"])).get("dlq.orders.audit")?.["cleanup.policy"]).toBe("compact");
  await admin.createPartitions("orders", 5);
  await start("verify");
  expect(await partitions()).toBe(3);
  await start("create");
  expect(await partitions()).toBe(5);
});
