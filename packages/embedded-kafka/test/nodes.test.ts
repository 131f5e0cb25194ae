import { createServer } from "node:net";
import { waitFor } from "@millrace/testing";
import { Kafka, logLevel, Partitioners } from "kafkajs";
import { expect, test } from "vitest";
import { startEmbeddedKafka } from "../src/index.ts";
import { openRawClient } from "./support/raw-client.ts";

test("kafkajs goes on through moved leaders and stopped and restarted nodes, and nothing acknowledged is lost", async () => {
  const broker = await startEmbeddedKafka({ nodes: 3, topics: [{ name: "t", partitions: 3 }] });
  expect(new Set(broker.brokers).size).toBe(3);
  const kafka = new Kafka({
    brokers: broker.brokers,
    logLevel: logLevel.NOTHING,
    retry: { initialRetryTime: 20, retries: 12, maxRetryTime: 200 },
  });
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner, metadataMaxAge: 500 });
  const consumer = kafka.consumer({ groupId: "g", heartbeatInterval: 50, maxWaitTimeInMs: 50, sessionTimeout: 6_000 });
  await Promise.all([producer.connect(), consumer.connect()]);
  const seen = new Set<string>();
  await consumer.subscribe({ topic: "t", fromBeginning: true });
  await consumer.run({ eachMessage: async ({ message }) => void seen.add(String(message.value)) });
  const acknowledged: string[] = [];
  const send = async (count: number): Promise<void> => {
    for (let each = 0; each < count; each++) {
      const value = `v${acknowledged.length}`;
      await producer.send({ topic: "t", messages: [{ key: value, value }] });
      acknowledged.push(value);
    }
  };
  await send(10);
  for (const partition of [0, 1, 2]) broker.moveLeader("t", partition, 3);
  await send(10);
  await broker.stopNode(3);
  await send(10);
  expect(broker.nodes().filter(({ isRunning }) => isRunning)).toHaveLength(2);
  await broker.startNode(3);
  await broker.stopNode(1);
  await send(10);
  await broker.startNode(1);
  await send(5);
  await waitFor(() => acknowledged.every((value) => seen.has(value)), { timeoutMs: 15_000 });
  const values = broker.records("t").map(({ value }) => String(value));
  expect(acknowledged.filter((value) => !values.includes(value))).toEqual([]);
  await Promise.all([producer.disconnect(), consumer.disconnect()]);
  await broker.close();
}, 30_000);

test("kafkajs transactions run over three nodes and a stopped coordinator", async () => {
  const broker = await startEmbeddedKafka({ nodes: 3, topics: [{ name: "t", partitions: 3 }] });
  const kafka = new Kafka({
    brokers: broker.brokers,
    logLevel: logLevel.NOTHING,
    retry: { initialRetryTime: 20, retries: 12, maxRetryTime: 200 },
  });
  const producer = kafka.producer({ transactionalId: "tx", maxInFlightRequests: 1, idempotent: true });
  await producer.connect();
  const write = async (name: string): Promise<void> => {
    const transaction = await producer.transaction();
    // One partition at a time: kafkajs forgets what it has to send again to a node that has answered already.
    for (const partition of [0, 1, 2]) await transaction.send({ topic: "t", messages: [{ partition, value: `${name}-${partition}` }] });
    await transaction.commit();
  };
  await write("a");
  for (const partition of [0, 1, 2]) broker.moveLeader("t", partition, 2);
  await write("b");
  const client = await openRawClient(broker.nodes()[1]!);
  const { nodeId } = await client.call("FindCoordinator", 2, { key: "tx", keyType: 1 });
  client.close();
  await broker.stopNode(nodeId);
  await write("c");
  expect(broker.records("t").map(({ value }) => String(value))).toHaveLength(9);
  expect(broker.transactions()).toMatchObject([{ transactionalId: "tx", state: "CompleteCommit" }]);
  await producer.disconnect();
  await broker.close();
}, 20_000);

test("a stopped node listens no more and drops its connections; it comes back at its port, also with a reset", async () => {
  const broker = await startEmbeddedKafka({ nodes: 2 });
  const second = broker.nodes()[1]!;
  const client = await openRawClient(second);
  await Promise.all([broker.stopNode(2), client.closed]);
  await expect(openRawClient(second)).rejects.toMatchObject({ code: "ECONNREFUSED" });
  await expect(broker.stopNode(1)).rejects.toMatchObject({ code: "INVALID_OPTIONS" });
  await expect(broker.startNode(3)).rejects.toMatchObject({ code: "INVALID_OPTIONS" });
  const occupant = createServer();
  await new Promise<void>((resolve) => occupant.listen(second.port, "127.0.0.1", resolve));
  await expect(broker.startNode(2)).rejects.toMatchObject({ code: "LISTEN_FAILED", port: second.port });
  expect(broker.nodes()[1]!.isRunning).toBe(false);
  await new Promise((resolve) => occupant.close(resolve));
  await broker.startNode(2);
  (await openRawClient(second)).close();
  await broker.stopNode(2);
  await broker.reset();
  const again = await openRawClient(second);
  expect((await again.call("Metadata", 1, { topics: null })).brokers).toHaveLength(2);
  again.close();
  await broker.close();
});

test("ports that cannot be are refused, with every reason", async () => {
  await expect(startEmbeddedKafka({ nodes: 3, ports: [0, 0], port: 0 })).rejects.toMatchObject({ problems: { length: 2 } });
  await expect(startEmbeddedKafka({ nodes: 2, ports: [9_092, 9_092] })).rejects.toThrow(/different/);
  await expect(startEmbeddedKafka({ nodes: 0 })).rejects.toThrow(/nodes must be/);
  await expect(startEmbeddedKafka({ topics: [{ name: "t", replicationFactor: 2 }] })).rejects.toThrow(/replicationFactor/);
});
