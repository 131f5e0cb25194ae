import { connection, loadConfig, topicNames } from "@millrace/config";
import { KafkaConfig, loadAgentRuntimeConfig } from "@millrace/config/agent-runtime";
import { kafkajs } from "@millrace/driver-kafkajs";
import { platformatic } from "@millrace/driver-platformatic";
import { startEmbeddedKafka } from "@millrace/embedded-kafka";
import { startEmbeddedRegistry } from "@millrace/embedded-registry";
import { createKafka, type KafkaDriver } from "@millrace/kafka";
import { type ConnectionSettings, connectionSettings, consumer, producer } from "@millrace/kafka/config";
import { createSchemaRegistry } from "@millrace/schema-registry";
import { schemaRegistry } from "@millrace/schema-registry/config";
import { expect, onTestFinished, test } from "vitest";
import { until } from "./support/harness.ts";

const drivers: readonly (readonly [string, (settings: ConnectionSettings) => KafkaDriver])[] = [
  ["kafkajs", kafkajs],
  ["platformatic", platformatic],
];
const sections = [connection, producer, consumer, schemaRegistry, topicNames] as const;

/** As the developers' guide has them. */
const producer_config = { "linger.ms": 5, "batch.size": 16_384, acks: 1 };
const consumer_config = { "fetch.min.bytes": 1024, "fetch.max.wait.ms": 500 };
const values = {
  name: "agents",
  group_id: "agents-group",
  client_id: "agents-client",
  schema_registry: { url: "http://127.0.0.1:8081" },
  producer_config,
  consumer_config,
};

test.each(drivers)("[000-13] settings that are passed through reach a producer and a consumer, over %s", async (_name, driver) => {
  const broker = await startEmbeddedKafka();
  onTestFinished(() => broker.close());
  const kafkaConfig = KafkaConfig.fromObject({ ...values, bootstrap_servers: broker.brokers, auto_offset_reset: "earliest" }).ensureValid();
  const config = loadConfig({ sections, environment: {}, object: kafkaConfig.toSections(sections) });
  expect(config.producer).toEqual({ lingerMs: 5, batchBytes: 16_384, acks: 1 });
  expect(config.consumer).toEqual({ group: "agents-group", reset: "earliest", fetchMinBytes: 1024, fetchMaxWaitMs: 500 });
  expect(config.topicNames).toEqual({ partitions: 3, replicationFactor: 1 });

  const produced: unknown[] = [];
  const fetched: unknown[] = [];
  broker.intercept("Produce", (request, next) => {
    produced.push([request.body.acks, request.body.topicData.length]);
    return next(request);
  });
  broker.intercept("Fetch", (request, next) => {
    fetched.push([request.body.minBytes, request.body.maxWaitMs]);
    return next(request);
  });
  const kafka = createKafka({ driver: driver(connectionSettings(config.connection)), clientId: config.connection.clientId });
  onTestFinished(() => kafka.close());
  const writing = kafka.producer(config.producer);
  const messages = ["a", "b", "c"].map((text) => ({ topic: "agents", key: Buffer.from("k"), value: Buffer.from(text) }));
  await Promise.all(messages.map((message) => writing.sendRaw(message)));
  const received: string[] = [];
  const reading = kafka.consumer(config.consumer);
  await reading.consume(["agents"], { onBatch: ({ records }) => void received.push(...records.map(({ value }) => String(value))) });
  await until(() => received.length === 3, "three records");
  expect(received).toEqual(["a", "b", "c"]);
  // Messages that wait together go together.
  expect(produced).toEqual([[1, 1]]);
  expect(new Set(fetched.map(String))).toEqual(new Set(["1024,500"]));
});

test("a configuration of the agents' extension opens Kafka and its schema registry", async () => {
  const broker = await startEmbeddedKafka();
  onTestFinished(() => broker.close());
  const registry = await startEmbeddedRegistry();
  onTestFinished(() => registry.close());
  const { kafka: kafkaConfig } = loadAgentRuntimeConfig({
    environment: {
      AUTOGEN_KAFKA_KAFKA_NAME: "agents",
      AUTOGEN_KAFKA_KAFKA_GROUP_ID: "42",
      AUTOGEN_KAFKA_KAFKA_CLIENT_ID: "agents-client",
      AUTOGEN_KAFKA_KAFKA_BOOTSTRAP_SERVERS: broker.brokers.join(","),
      AUTOGEN_KAFKA_SCHEMA_REGISTRY_URL: registry.url,
    },
  });
  const config = loadConfig({ sections, environment: {}, object: kafkaConfig.toSections(sections) });
  expect(config.consumer.group).toBe("42");
  const kafka = createKafka({ driver: kafkajs(connectionSettings(config.connection)) });
  onTestFinished(() => kafka.close());
  expect((await kafka.admin().describeCluster()).brokers).toHaveLength(1);
  const schemas = createSchemaRegistry(config.schemaRegistry);
  onTestFinished(() => schemas.close());
  expect(await schemas.subjects()).toEqual([]);
});

test("what is passed through and contradicts the configuration itself is a problem, not a guess", () => {
  const kafkaConfig = new KafkaConfig({
    ...values,
    bootstrap_servers: "a:1",
    consumer_config: { "group.id": "another", "auto.offset.reset": "latest" },
  });
  expect(() => loadConfig({ sections, environment: {}, object: kafkaConfig.toSections(sections) })).toThrow(/consumer\.group.*group\.id/s);
});
