import { createKafka, type KafkaRecord } from "@millrace/kafka";
import { waitFor } from "@millrace/testing";
import { expect, onTestFinished, test } from "vitest";
import { memory } from "../src/index.ts";

test("[004-07] a record that is read has its topic, partition, offset, time, key, value and headers, and sizes that are those of the write", async () => {
  const kafka = createKafka({ driver: memory({ defaultPartitions: 3 }) });
  onTestFinished(() => kafka.close());
  const producer = kafka.producer();
  const now = Date.now();
  const headers = [
    ["trace", Buffer.from("42")],
    ["nothing", null],
    ["trace", Buffer.alloc(0)],
  ] as const;
  const sent = await Promise.all([
    producer.sendRaw({ topic: "orders", partition: 2, key: Buffer.from("größe"), value: Buffer.from("first"), timestamp: now, headers }),
    producer.sendRaw({ topic: "orders", partition: 2, key: null, value: Buffer.alloc(0), timestamp: now + 1 }),
    producer.sendRaw({ topic: "orders", partition: 2, key: Buffer.alloc(0), value: null, timestamp: now + 2 }),
  ]);
  const pushed: KafkaRecord[] = [];
  const consumer = kafka.consumer({ group: "push", reset: "earliest" });
  await consumer.consume(["orders"], { onBatch: ({ records }) => void pushed.push(...records) });
  await waitFor(() => pushed.length === 3);
  const pulled: KafkaRecord[] = [];
  const pulling = kafka.pullConsumer({ group: "pull", reset: "earliest" });
  await pulling.subscribe(["orders"]);
  await waitFor(async () => pulled.push(...(await pulling.poll({ timeoutMs: 20 }))) === 3);

  for (const records of [pushed, pulled]) {
    expect(records).toEqual([
      {
        topic: "orders",
        partition: 2,
        offset: 0,
        timestamp: now,
        key: Buffer.from("größe"),
        value: Buffer.from("first"),
        headers,
        leaderEpoch: 0,
      },
      { topic: "orders", partition: 2, offset: 1, timestamp: now + 1, key: null, value: Buffer.alloc(0), headers: [], leaderEpoch: 0 },
      { topic: "orders", partition: 2, offset: 2, timestamp: now + 2, key: Buffer.alloc(0), value: null, headers: [], leaderEpoch: 0 },
    ]);
    // Keys and values are the bytes themselves. Records have no checksum since Kafka 0.11: the batch has one, and it is looked at.
    for (const [index, { key, value, ...place }] of records.entries()) {
      const { serializedKeySize, serializedValueSize, ...stored } = sent[index]!;
      expect([key?.length ?? -1, value?.length ?? -1]).toEqual([serializedKeySize, serializedValueSize]);
      expect(place).toMatchObject(stored);
    }
  }
});
