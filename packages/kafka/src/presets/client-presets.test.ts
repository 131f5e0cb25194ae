import { string } from "@millrace/serdes";
import { createVirtualClock, type VirtualClock } from "@millrace/testing";
import { defineTopic } from "@millrace/topics";
import { expect, test } from "vitest";
import { ScriptedDriver } from "../../test/support/scripted-driver.ts";
import { type ClientPreset, type ConsumedBatch, clientPresets, createKafka, type Kafka } from "../index.ts";

interface SetUp {
  readonly driver: ScriptedDriver;
  readonly clock: VirtualClock;
  readonly kafka: Kafka;
}

function setUp(clientId?: string): SetUp {
  const driver = new ScriptedDriver();
  const clock = createVirtualClock();
  return { driver, clock, kafka: createKafka({ driver, clock, ...(clientId === undefined ? {} : { clientId }) }) };
}

/** What the driver is told of a producer made with a preset, once it has sent something. */
async function producerSettings(preset: ClientPreset) {
  const { driver, clock, kafka } = setUp();
  const producer = kafka.producer(preset.producer);
  await clock.runUntil(producer.sendRaw({ topic: "t", key: null, value: Buffer.from("v") }));
  await clock.runUntil(kafka.close());
  return driver.producers[0]!.settings;
}

/** Where a consumer made with a preset starts in a log from 10 to 20, what it is told, and what it commits within six seconds of handling two records. */
async function consumerBehaviour(preset: ClientPreset) {
  const { driver, clock, kafka } = setUp();
  driver.logs.set("t/0", { earliest: 10, latest: 20 });
  const batches: ConsumedBatch[] = [];
  const consumer = kafka.consumer({ ...preset.consumer, group: "g" });
  await consumer.consume(["t"], { onBatch: (batch) => void batches.push(batch) });
  const [scripted] = driver.consumers;
  const [start] = await scripted!.join(1, [{ topic: "t", partition: 0 }]);
  await scripted!.deliver({ topic: "t", partition: 0 }, start!.offset, 2);
  await clock.advance(6_000);
  const commits = scripted!.commits.map(({ offsets }) => offsets[0]!.offset - start!.offset);
  await clock.runUntil(kafka.close());
  return { start: start!.offset, settings: scripted!.settings, commits };
}

test("[001-31] the event bus produces with linger 5, batches of 16384, snappy, acks all, 3 retries from 100 ms, and registers schemas", async () => {
  const { producer, schemas } = clientPresets.eventBus;
  expect(producer).toMatchObject({ lingerMs: 5, batchBytes: 16_384 });
  expect(schemas).toEqual({ autoRegister: true });
  expect(await producerSettings(clientPresets.eventBus)).toMatchObject({
    compression: "snappy",
    acks: -1,
    retries: 3,
    retryBackoffMs: 100,
  });
});

test("[001-32] the event bus reads from the beginning, commits nothing by itself, and fetches from 1 byte or after 500 ms", async () => {
  expect(await consumerBehaviour(clientPresets.eventBus)).toMatchObject({
    start: 10,
    commits: [],
    settings: { fetchMinBytes: 1, fetchMaxWaitMs: 500 },
  });
});

test("[004-01] the pipeline's producer has its twelve defaults, and the driver is told of those that are its business", async () => {
  const { clientIds, producer } = clientPresets.pipeline;
  expect({ clientId: clientIds?.producer, ...producer }).toEqual({
    clientId: "kafka-producer",
    acks: "all",
    retries: 3,
    maxInFlightRequests: 5,
    batchBytes: 16_384,
    lingerMs: 0,
    bufferBytes: 33_554_432,
    compression: "none",
    idempotent: true,
    requestTimeoutMs: 30_000,
    retryBackoffMs: 100,
    maxBlockMs: 60_000,
  });
  expect(await producerSettings(clientPresets.pipeline)).toMatchObject({
    acks: -1,
    retries: 3,
    maxInFlightRequests: 5,
    compression: "none",
    idempotent: true,
    requestTimeoutMs: 30_000,
    retryBackoffMs: 100,
  });
  expect(setUp(clientIds?.producer).kafka.clientId).toBe("kafka-producer");
});

test("[004-06] the pipeline's consumer has its twelve defaults, commits every 5 seconds and starts at the end", async () => {
  const { clientIds, consumer } = clientPresets.pipeline;
  expect({ clientId: clientIds?.consumer, ...consumer }).toEqual({
    clientId: "kafka-consumer",
    autoCommitMs: 5_000,
    reset: "latest",
    fetchMinBytes: 1,
    fetchMaxWaitMs: 500,
    maxPartitionFetchBytes: 1_048_576,
    sessionTimeoutMs: 10_000,
    heartbeatIntervalMs: 3_000,
    maxBatchRecords: 500,
    maxProcessingMs: 300_000,
    isolation: "read_uncommitted",
  });
  expect(await consumerBehaviour(clientPresets.pipeline)).toMatchObject({
    start: 20,
    commits: [2],
    settings: {
      fetchMinBytes: 1,
      fetchMaxWaitMs: 500,
      maxPartitionFetchBytes: 1_048_576,
      sessionTimeoutMs: 10_000,
      heartbeatIntervalMs: 3_000,
      isolation: "read_uncommitted",
    },
  });
  const { clock, kafka } = setUp();
  const pulling = kafka.pullConsumer({ ...consumer, group: "g" });
  expect(pulling.group).toBe("g");
  await clock.runUntil(kafka.close());
});

test("[X-04] where reading starts and who commits differ by system, through the same two options", async () => {
  const behaviours = await Promise.all(
    (["agents", "agentMemory", "eventBus", "domainEvents", "pipeline"] as const).map(async (name) => {
      const { start, commits } = await consumerBehaviour(clientPresets[name]);
      return [name, start === 20 ? "latest" : "earliest", commits.length > 0 ? "commits by itself" : "commits are the program's"];
    }),
  );
  expect(behaviours).toEqual([
    ["agents", "latest", "commits are the program's"],
    ["agentMemory", "earliest", "commits are the program's"],
    ["eventBus", "earliest", "commits are the program's"],
    ["domainEvents", "latest", "commits by itself"],
    ["pipeline", "latest", "commits by itself"],
  ]);
});

test("[X-05] topics get their system's partitions, and one replica everywhere", async () => {
  const { agents, agentMemory, domainEvents, pipeline, publisher, eventBus } = clientPresets;
  const expected = [
    ["agents", agents.topic, 3],
    ["agent-memory", agentMemory.topic, 1],
    ["domain-events", domainEvents.topic, 3],
    ["domain-events.dead-letter", domainEvents.deadLetterTopic, 1],
    ["pipeline", pipeline.topic, 1],
    ["pipeline-end-to-end", pipeline.endToEndTopic, 3],
    ["published", publisher.topic, 3],
    ["event-bus", eventBus.topic, 1],
  ] as const;
  const { driver, kafka } = setUp();
  await kafka.admin().ensureTopics(expected.map(([name, topic]) => defineTopic({ ...topic, name, key: string(), value: string() })));
  expect(driver.admin.created.map(({ name, partitions, replicationFactor }) => [name, partitions, replicationFactor])).toEqual(
    expected.map(([name, , partitions]) => [name, partitions, 1]),
  );
  await kafka.close();
});

test("every preset is accepted by a producer and a consumer as it is", async () => {
  for (const preset of Object.values(clientPresets) as ClientPreset[]) {
    const { kafka } = setUp();
    kafka.producer(preset.producer);
    kafka.consumer({ ...preset.consumer, group: "g" });
    await kafka.close();
  }
});
