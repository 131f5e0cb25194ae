import { createServer } from "node:net";
import { Kafka, logLevel } from "kafkajs";
import { expect, test } from "vitest";
import { startEmbeddedKafka } from "../src/index.ts";
import { openRawClient } from "./support/raw-client.ts";

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

test("nodes are stopped and started in the order of the calls, though nobody waits", async () => {
  const broker = await startEmbeddedKafka({ nodes: 3 });
  const second = broker.nodes()[1]!;
  const isReached = (): Promise<boolean> =>
    openRawClient(second).then(
      (client) => {
        client.close();
        return true;
      },
      () => false,
    );
  const steps = { stop: () => broker.stopNode(2), start: () => broker.startNode(2), reset: () => broker.reset() };
  for (const [order, isRunning] of [
    [["stop", "start"], true],
    [["stop", "start", "stop"], false],
    [["start", "stop"], false],
    [["start", "stop", "start"], true],
    [["stop", "reset"], true],
    [["stop", "reset", "stop"], false],
    [["reset", "start", "stop", "reset"], true],
  ] as const) {
    await Promise.all(order.map((step) => steps[step]()));
    expect([order, broker.nodes()[1]!.isRunning, await isReached()]).toEqual([order, isRunning, isRunning]);
  }
  const [stopped] = await Promise.allSettled([broker.stopNode(9), broker.stopNode(1)]);
  expect(stopped).toMatchObject({ status: "rejected", reason: { code: "INVALID_OPTIONS" } });
  await Promise.all([broker.startNode(1), broker.close()]);
  await expect(openRawClient(second)).rejects.toMatchObject({ code: "ECONNREFUSED" });
});

test("brokers can be counted from another id than 1, and are stopped and started by it", async () => {
  const broker = await startEmbeddedKafka({ nodes: 3, firstNodeId: 0, topics: [{ name: "t", partitions: 3 }] });
  try {
    const { brokers, ports } = { brokers: broker.brokers, ports: broker.nodes().map(({ port }) => port) };
    expect(broker.nodes().map(({ id }) => id)).toEqual([0, 1, 2]);
    expect(brokers).toEqual(ports.map((port) => `127.0.0.1:${port}`));
    const first = broker.nodes()[0]!;
    await broker.stopNode(0);
    await expect(openRawClient(first)).rejects.toMatchObject({ code: "ECONNREFUSED" });
    await broker.startNode(0);
    const client = await openRawClient(first);
    client.close();
  } finally {
    await broker.close();
  }
  await expect(startEmbeddedKafka({ firstNodeId: -1 })).rejects.toThrow(/firstNodeId must be/);
});

test("ports that cannot be are refused, with every reason", async () => {
  await expect(startEmbeddedKafka({ nodes: 3, ports: [0, 0], port: 0 })).rejects.toMatchObject({ problems: { length: 2 } });
  await expect(startEmbeddedKafka({ nodes: 2, ports: [9_092, 9_092] })).rejects.toThrow(/different/);
  await expect(startEmbeddedKafka({ nodes: 0 })).rejects.toThrow(/nodes must be/);
  await expect(startEmbeddedKafka({ topics: [{ name: "t", replicationFactor: 2 }] })).rejects.toThrow(/replicationFactor/);
});
