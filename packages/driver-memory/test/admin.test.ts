import { createBrokerEngine } from "@millrace/embedded-kafka";
import { createKafka, type Kafka } from "@millrace/kafka";
import { createVirtualClock } from "@millrace/testing";
import { expect, onTestFinished, test } from "vitest";
import { memory } from "../src/index.ts";

function simulate(clientId: string) {
  const clock = createVirtualClock();
  const engine = createBrokerEngine({ clock });
  const kafka: Kafka = createKafka({ clientId, clock, driver: memory({ engine }) });
  onTestFinished(async () => {
    await kafka.close();
    engine.close();
  });
  return { clock, engine, kafka, admin: kafka.admin() };
}

test("[004-12] an admin client has its client id and 30 s, creates, lists, describes, alters and deletes, and is closed once it is closed", async () => {
  const { clock, engine, admin } = simulate("kafka-admin");
  const clients = new Set<string | null | undefined>();
  engine.intercept("CreateTopics", (request, next) => {
    clients.add(request.clientId);
    return next(request);
  });
  const run = async <T>(call: Promise<T>): Promise<T> => await clock.runUntil(call);

  expect(await run(admin.createTopics([{ name: "orders" }], { validateOnly: true }))).toEqual(["orders"]);
  expect(await run(admin.listTopics())).toEqual([]);
  expect(await run(admin.createTopics([{ name: "orders" }, { name: "events", partitions: 2, replicationFactor: 1 }]))).toEqual([
    "orders",
    "events",
  ]);
  expect([...clients]).toEqual(["kafka-admin"]);
  expect(await run(admin.listTopics())).toEqual(["events", "orders"]);
  const place = { leader: 1, replicas: [1], inSyncReplicas: [1], error: null };
  // One partition and one replica, where nothing is said.
  expect(await run(admin.describeTopics(["orders", "absent"]))).toEqual([
    {
      name: "orders",
      isInternal: false,
      partitionCount: 1,
      replicationFactor: 1,
      error: null,
      authorizedOperations: null,
      partitions: [{ partition: 0, ...place }],
    },
  ]);
  await run(admin.createPartitions("orders", 3));
  expect((await run(admin.describeTopic("orders")))?.partitionCount).toBe(3);

  const topic = { type: "topic", name: "orders" } as const;
  const broker = { type: "broker", name: "1" } as const;
  const values = async () =>
    (await run(admin.describeConfigs([topic, broker]))).map(({ configs }) =>
      configs.filter(({ name }) => name === "retention.ms" || name === "log.cleaner.backoff.ms").map(({ value }) => value),
    );
  await run(
    admin.alterConfigs([
      { ...topic, set: { "retention.ms": "60000" } },
      { ...broker, set: { "log.cleaner.backoff.ms": "5" } },
    ]),
  );
  expect(await values()).toEqual([["60000"], ["5"]]);

  await run(admin.setGroupOffsets("billing", [{ topic: "orders", partition: 0, offset: 0, metadata: null }]));
  expect(await run(admin.listGroups())).toEqual([{ group: "billing", state: "empty", type: "classic", protocolType: "" }]);
  expect(await run(admin.describeGroups(["billing"]))).toMatchObject([{ group: "billing", state: "empty", members: [] }]);
  expect(await run(admin.deleteTopics(["orders", "absent"]))).toEqual(["orders"]);

  engine.faults.stall("ListGroups");
  const askedAt = clock.monotonic();
  await expect(run(admin.listGroups())).rejects.toMatchObject({ code: "KAFKA_TIMED_OUT", retryable: true });
  expect(clock.monotonic() - askedAt).toBe(30_000);
  engine.faults.clear();
  await run(Promise.all([admin.close(), admin.close()]));
  await expect(admin.listTopics()).rejects.toMatchObject({ code: "CLOSED", message: "the admin client is closed" });
});

test("a reset by time follows the broker's own clock, and gives every partition its place", async () => {
  const { clock, kafka, admin } = simulate("reset");
  await clock.runUntil(admin.createTopics([{ name: "orders", partitions: 2 }]));
  const producer = kafka.producer();
  for (let minute = 0; minute < 4; minute += 1) {
    const value = Buffer.from(String(minute));
    await clock.runUntil(
      Promise.all([0, 1].slice(minute % 2).map((partition) => producer.sendRaw({ topic: "orders", key: null, value, partition }))),
    );
    await clock.advance(60_000);
  }
  const time = clock.now() - 125_000;
  expect(await clock.runUntil(admin.resetOffsets("billing", { to: { time }, topics: ["orders"] }))).toEqual([
    { topic: "orders", partition: 0, from: -1, to: 1, clamped: false },
    { topic: "orders", partition: 1, from: -1, to: 2, clamped: false },
  ]);
  const consumer = kafka.consumer({ group: "billing", reset: "none" });
  const values: string[] = [];
  await consumer.consume(["orders"], {
    onBatch: ({ partition, records }) => void values.push(...records.map(({ value }) => `${partition}: ${String(value)}`)),
  });
  await clock.advance(5_000);
  expect(values.toSorted()).toEqual(["0: 2", "1: 2", "1: 3"]);
});
