import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { kafkajs } from "@millrace/driver-kafkajs";
import { platformatic } from "@millrace/driver-platformatic";
import { type EmbeddedKafka, startEmbeddedKafka } from "@millrace/embedded-kafka";
import { type EmbeddedRegistry, startEmbeddedRegistry } from "@millrace/embedded-registry";
import { type ConsumedBatch, createKafka, type Kafka, readTopics, type TransactionalProducer, transactionalIdFor } from "@millrace/kafka";
import { createSchemaRegistry, type SchemaRegistry } from "@millrace/schema-registry";
import { avro, string } from "@millrace/serdes";
import { defineTopic } from "@millrace/topics";
import { afterEach, beforeEach, expect, test } from "vitest";

interface Started {
  readonly task: string;
}

const record = (name: string, ...more: readonly { readonly name: string; readonly type: string; readonly default?: number }[]) => ({
  type: "record" as const,
  name,
  namespace: "agents",
  fields: [{ name: "task", type: "string" }, ...more],
});

let broker: EmbeddedKafka;
let server: EmbeddedRegistry;
let registry: SchemaRegistry;
let kafkas: Kafka[];
beforeEach(async () => {
  broker = await startEmbeddedKafka();
  server = await startEmbeddedRegistry();
  registry = createSchemaRegistry({ url: server.url });
  kafkas = [kafkajs({ brokers: broker.brokers }), platformatic({ brokers: broker.brokers })].map((driver) =>
    createKafka({ driver, schemas: registry, clientId: "alone" }),
  );
});
afterEach(async () => {
  for (const kafka of kafkas) await kafka.close();
  await registry.close();
  await server.close();
  await broker.close();
});

test("[001-14] the subjects of a topic's keys and values are its name with -key and -value", async () => {
  const created = defineTopic({ name: "agent.lifecycle.created", key: string(), value: avro<Started>(record("Created")) });
  const started = defineTopic({
    name: "task.execution.started",
    key: avro<Started>(record("Key")),
    value: avro<Started>(record("Started")),
  });
  const producer = kafkas[0]!.producer();
  await producer.send(created, { key: "a", value: { task: "1" } });
  await producer.send(started, { key: { task: "1" }, value: { task: "1" } });
  await producer.close();
  expect(await registry.subjects()).toEqual([
    "agent.lifecycle.created-value",
    "task.execution.started-key",
    "task.execution.started-value",
  ]);
  for await (const { value } of readTopics(kafkas[1]!, [started.name])) {
    const { id } = await registry.latest("task.execution.started-value");
    expect(value!.readInt32BE(1)).toBe(id);
  }
});

test("[X-17] everything runs without an external service: groups, transactions, idempotence, administration, configs, and the registry's REST API", async () => {
  const tasks = defineTopic({ name: "tasks", key: string(), value: avro<Started>(record("Task")), partitions: 2 });
  const done = defineTopic({ name: "done", key: string(), value: avro<Started>(record("Done")), partitions: 2 });
  for (const [index, kafka] of kafkas.entries()) {
    const group = `workers-${index}`;
    const admin = kafka.admin();
    await admin.ensureTopics([tasks, done]);
    await admin.alterConfigs([{ type: "topic", name: "tasks", set: { "retention.ms": "86400000" } }]);
    expect((await admin.describeTopic("tasks"))!.configs["retention.ms"]).toBe("86400000");

    const producer = kafka.producer({ idempotent: true });
    await producer.sendBatch(
      tasks,
      Array.from({ length: 10 }, (_, number) => ({ key: `${number}`, value: { task: `${number}` } })),
    );
    await producer.close();

    const codec = kafka.codec(tasks);
    const producers = new Map<number, TransactionalProducer>();
    const consumer = kafka.consumer({ group, reset: "earliest" });
    const finished = Promise.withResolvers<void>();
    let handled = 0;
    const copy = async ({ claim: { topic, partition }, records, nextOffset }: ConsumedBatch): Promise<void> => {
      const transactionalId = transactionalIdFor(group, topic, partition);
      const transactional = producers.get(partition) ?? kafka.transactionalProducer({ transactionalId });
      producers.set(partition, transactional);
      await transactional.transaction(async (transaction) => {
        for (const { value } of records) {
          await codec.value.prepareToDeserialize(value!);
          await transaction.send(done, { key: null, value: codec.value.deserialize(value!) });
        }
        await transaction.sendOffsets([{ topic, partition, offset: nextOffset }], consumer.groupMetadata()!);
      });
      handled += records.length;
      if (handled >= 10 * (index + 1)) finished.resolve();
    };
    await consumer.consume([tasks], { onBatch: (batch) => copy(batch).catch(finished.reject) });
    await finished.promise;
    expect((await admin.describeGroups([group]))[0]!.members).toHaveLength(1);
    await consumer.close();
    for (const transactional of producers.values()) await transactional.close();
    const committed = await admin.groupOffsets(group, ["tasks"]);
    expect(committed.reduce((sum, { offset }) => sum + offset, 0)).toBe(10 * (index + 1));
    let read = 0;
    for await (const { value } of readTopics(kafka, ["done"])) if (value !== null) read++;
    expect(read).toBe(index === 0 ? 10 : 30);
  }

  const next = { type: "AVRO", text: JSON.stringify(record("Task", { name: "priority", type: "int", default: 0 })) } as const;
  const breaking = { type: "AVRO", text: JSON.stringify(record("Task", { name: "priority", type: "int" })) } as const;
  expect(await registry.checkCompatibility("tasks-value", next)).toMatchObject({ compatible: true });
  await expect(registry.register("tasks-value", breaking)).rejects.toMatchObject({ code: "REGISTRY_INCOMPATIBLE" });
  await registry.setLevel("NONE", "tasks-value");
  expect(await registry.level("tasks-value")).toBe("NONE");
  expect(await registry.register("tasks-value", breaking)).toMatchObject({ version: 2, action: "upgraded" });
  expect(await registry.deleteSubject("tasks-value")).toEqual([1, 2]);
  expect(await registry.subjects()).toEqual(["done-value"]);

  // Redis and Temporal are behind interfaces: no package needs a client of theirs.
  const root = fileURLToPath(new URL("../../..", import.meta.url));
  const manifests = globSync("{packages,apps}/*/package.json", { cwd: root });
  expect(manifests.length).toBeGreaterThan(10);
  for (const manifest of manifests) {
    const { dependencies = {} } = JSON.parse(readFileSync(`${root}/${manifest}`, "utf8")) as { dependencies?: Record<string, string> };
    expect(Object.keys(dependencies).filter((name) => /redis|temporalio/.test(name))).toEqual([]);
  }
});
