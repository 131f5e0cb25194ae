import { strict as assert } from "node:assert";
import { json, string } from "@millrace/serdes";
import { defineTopic } from "@millrace/topics";
import { KafkaError } from "../../kafka-error.ts";
import { text } from "../cell-context.ts";
import type { ConformanceCell } from "../conformance-cell.ts";
import { until } from "../until.ts";

/** What a producer promises. */
export const produceCells: readonly ConformanceCell[] = [
  {
    name: "what is produced is read back, byte for byte, with its offset and time",
    requires: ["produce", "consumer-groups"],
    async run({ kafka, topic, consume }) {
      const name = await topic();
      const producer = kafka.producer();
      const everyByte = Buffer.from(Array.from({ length: 256 }, (_, index) => index));
      // Not long ago: retention deletes what looks old.
      const timestamp = Date.now() - 60_000;
      const stored = await producer.sendRaw({ topic: name, key: Buffer.from("key"), value: everyByte, timestamp });
      assert.deepEqual(stored, { topic: name, partition: 0, offset: 0, timestamp, serializedKeySize: 3, serializedValueSize: 256 });
      const reader = await consume(name);
      await reader.hasRecords(1);
      const { leaderEpoch = -1, ...record } = reader.records[0]!;
      assert.deepEqual(record, { topic: name, partition: 0, offset: 0, timestamp, key: Buffer.from("key"), value: everyByte, headers: [] });
      assert.ok(leaderEpoch >= 0);
    },
  },
  {
    name: "a typed topic makes the round trip through its serdes",
    requires: ["produce", "consumer-groups"],
    async run({ kafka, topic, consume }) {
      const orders = defineTopic({ name: await topic(), key: string(), value: json<{ readonly total: number; readonly note: string }>() });
      await kafka.producer().send(orders, { key: "größe-😀", value: { total: 12.5, note: "ok" } });
      const reader = await consume(orders.name);
      await reader.hasRecords(1);
      const codec = kafka.codec(orders);
      assert.equal(kafka.codec(orders), codec);
      assert.equal(codec.key.deserialize(reader.records[0]!.key!), "größe-😀");
      assert.deepEqual(codec.value.deserialize(reader.records[0]!.value!), { total: 12.5, note: "ok" });
    },
  },
  {
    name: "order per key holds over partitions and many concurrent sends, and every offset is the one reported",
    requires: ["produce", "consumer-groups"],
    async run({ kafka, topic, consume }) {
      const name = await topic({ partitions: 6 });
      const producer = kafka.producer({ batchBytes: 4_000 });
      const keys = 40;
      const perKey = 50;
      const sent: Promise<{ readonly partition: number; readonly offset: number }>[] = [];
      for (let count = 0; count < perKey; count++) {
        for (let key = 0; key < keys; key++) {
          sent.push(producer.sendRaw({ topic: name, key: Buffer.from(`key-${key}`), value: Buffer.from(`${key}:${count}`) }));
        }
        // Lets earlier batches leave, so that several requests follow one another.
        if (count % 5 === 0) await new Promise<void>((resolve) => setImmediate(resolve));
      }
      const stored = await Promise.all(sent);
      const reader = await consume(name);
      await reader.hasRecords(keys * perKey);
      const next = new Map<string, number>();
      const byPlace = new Map(reader.records.map((record) => [`${record.partition}/${record.offset}`, String(record.value)]));
      for (const record of reader.records) {
        const [key, count] = String(record.value).split(":") as [string, string];
        assert.equal(Number(count), next.get(key) ?? 0, `key ${key} is out of order`);
        next.set(key, Number(count) + 1);
      }
      assert.equal(reader.records.length, keys * perKey);
      for (const [index, { partition, offset }] of stored.entries()) {
        assert.equal(byPlace.get(`${partition}/${offset}`), `${index % keys}:${Math.floor(index / keys)}`);
      }
    },
  },
  {
    name: "many small sends of one turn share few requests",
    requires: ["produce"],
    async run({ connect, topic }) {
      const name = await topic({ partitions: 3 });
      let batches = 0;
      const kafka = connect({
        instrumentation: {
          begin: (operation) => {
            if (operation.name === "send") batches++;
            return () => undefined;
          },
          count: () => undefined,
          gauge: () => undefined,
        },
      });
      const producer = kafka.producer();
      await producer.sendRaw(text(name, "connect"));
      batches = 0;
      await Promise.all(
        Array.from({ length: 1_000 }, (_, index) => producer.sendRaw({ topic: name, key: Buffer.from(`${index}`), value: null })),
      );
      assert.ok(batches <= 6, `${batches} batches for 1000 messages`);
    },
  },
  ...(["all", 1, 0] as const).map(
    (acks): ConformanceCell => ({
      name: `acks ${acks}: ${acks === 0 ? "sends resolve without an offset" : "sends resolve with their offsets"}, and what was sent is stored`,
      requires: ["produce", "consumer-groups"],
      async run({ kafka, topic, consume }) {
        const name = await topic();
        const producer = kafka.producer({ acks });
        const sent = await Promise.all(["a", "b", "c"].map((value) => producer.sendRaw(text(name, value))));
        assert.deepEqual(
          sent.map(({ offset }) => offset),
          acks === 0 ? [-1, -1, -1] : [0, 1, 2],
        );
        await producer.close();
        const reader = await consume(name);
        await reader.hasRecords(3);
        assert.deepEqual(reader.values, ["a", "b", "c"]);
      },
    }),
  ),
  {
    name: "an idempotent producer stores each message once and in order over many requests",
    requires: ["produce", "idempotent-producer", "consumer-groups"],
    demand: (kafka) => kafka.producer({ idempotent: true }),
    async run({ kafka, topic, consume }) {
      const name = await topic({ partitions: 2 });
      const producer = kafka.producer({ idempotent: true, batchBytes: 500 });
      const sent = await Promise.all(Array.from({ length: 300 }, (_, index) => producer.sendRaw(text(name, `${index}`, index % 2))));
      for (const partition of [0, 1]) {
        const offsets = sent.filter((result) => result.partition === partition).map(({ offset }) => offset);
        assert.deepEqual(
          offsets,
          offsets.map((_, index) => index),
        );
      }
      const reader = await consume(name);
      await reader.hasRecords(300);
      assert.equal(reader.records.length, 300);
    },
  },
  {
    name: "a message that the topic does not take is refused by name, and the others are stored",
    requires: ["produce"],
    async run({ kafka, topic }) {
      const name = await topic({ configs: { "max.message.bytes": "2000" } });
      const producer = kafka.producer();
      await assert.rejects(producer.sendRaw(text(name, "x".repeat(5_000))), (error) => {
        return KafkaError.is(error) && error.code === "KAFKA_MESSAGE_TOO_LARGE" && !error.retryable;
      });
      assert.equal((await producer.sendRaw(text(name, "small"))).offset, 0);
      // Together they are larger than the topic's limit for a batch, one by one they are not.
      const together = await Promise.all(Array.from({ length: 20 }, () => producer.sendRaw(text(name, "x".repeat(500)))));
      assert.deepEqual(
        together.map(({ offset }) => offset),
        together.map((_, index) => index + 1),
      );
      const limited = kafka.producer({ maxMessageBytes: 1_000 });
      await assert.rejects(limited.sendRaw(text(name, "x".repeat(1_500))), { code: "KAFKA_MESSAGE_TOO_LARGE" });
    },
  },
  {
    name: "a partition that does not exist is a clear error, and one that was added is found",
    requires: ["produce"],
    async run({ admin, kafka, topic }) {
      const name = await topic();
      const producer = kafka.producer();
      await producer.sendRaw(text(name, "known"));
      await assert.rejects(producer.sendRaw(text(name, "nowhere", 2)), { code: "KAFKA_INVALID_PARTITION" });
      await admin.createPartitions(name, 3);
      await until("the added partition", async () => {
        return await producer.sendRaw(text(name, "there", 2)).then(
          ({ partition }) => partition === 2,
          () => false,
        );
      });
    },
  },
];
