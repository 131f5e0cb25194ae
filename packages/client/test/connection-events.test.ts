import { createServer, type Socket } from "node:net";
import { silentLogger, systemClock } from "@millrace/core";
import { type EmbeddedKafka, startEmbeddedKafka } from "@millrace/embedded-kafka";
import type { DriverContext } from "@millrace/kafka";
import { waitFor } from "@millrace/testing";
import { expect, onTestFinished, test } from "vitest";
import { createClientConnection } from "../src/index.ts";
import { createHarness, record } from "./support/client-harness.ts";

async function embedded(options: Parameters<typeof startEmbeddedKafka>[0] = {}): Promise<EmbeddedKafka> {
  const broker = await startEmbeddedKafka(options);
  onTestFinished(() => broker.close());
  return broker;
}

function watched(brokers: readonly string[]) {
  const events: string[] = [];
  const onEvent: DriverContext["onEvent"] = (event) => {
    events.push(`${event.type} ${event.broker}${event.type === "disconnected" ? ` ${event.reason}` : ""}`);
  };
  const context = { clientId: "test", logger: silentLogger, clock: systemClock, random: Math.random, onEvent };
  const harness = createHarness(brokers, { context });
  onTestFinished(() => harness.close());
  return { events, harness };
}

test("a broker is told of when its first connection opens and when its last one ends, whoever has it", async () => {
  const { brokers } = await embedded();
  const { events, harness } = watched(brokers);
  const [broker = ""] = brokers;
  const admin = await harness.admin();
  const producer = await harness.producer();
  await producer.send([{ topic: await harness.topic(), partition: 0, records: [record("a")] }]);
  expect(events).toEqual([`connected ${broker}`]);
  await admin.close();
  expect(events).toHaveLength(1);
  await producer.close();
  expect(events.slice(1)).toEqual([`disconnected ${broker} closed`]);
});

test("a broken connection is told of although nobody waits, and the next one too", async () => {
  const { brokers } = await embedded();
  const { events, harness } = watched(brokers);
  const [broker = ""] = brokers;
  const topic = await harness.topic();
  const producer = await harness.producer();
  await producer.partitionCount(topic);
  harness.transport.breakAll();
  await waitFor(() => events.length === 2);
  expect(events[1]).toBe(`disconnected ${broker} lost`);
  const [outcome] = await producer.send([{ topic, partition: 0, records: [record("a")] }]);
  expect(outcome).toMatchObject({ ok: true });
  expect(events.slice(2)).toEqual([`connected ${broker}`]);
});

test("brokers are told of one by one", async () => {
  const { brokers } = await embedded({ nodes: 3 });
  const { events, harness } = watched(brokers.slice(0, 1));
  const topic = await harness.topic(6);
  const producer = await harness.producer();
  await producer.partitionCount(topic);
  await producer.send(Array.from({ length: 6 }, (_, partition) => ({ topic, partition, records: [record("a")] })));
  expect(new Set(events)).toEqual(new Set(brokers.map((broker) => `connected ${broker}`)));
  await harness.close();
  expect(events.filter((event) => event.endsWith("closed")).toSorted((a, b) => a.localeCompare(b))).toEqual(
    brokers.map((broker) => `disconnected ${broker} closed`).toSorted((a, b) => a.localeCompare(b)),
  );
});

test("a broker that hangs up on everybody is tried again with growing pauses, until the deadline, and never told of as connected", async () => {
  const attempts: number[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    attempts.push(performance.now());
    socket.on("error", () => undefined);
    sockets.add(socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as { port: number };
  const { events, harness } = watched([`127.0.0.1:${port}`]);
  const connection = createClientConnection({
    transport: harness.transport,
    context: { clientId: "test", logger: silentLogger, clock: systemClock, random: Math.random },
    brokers: `127.0.0.1:${port}`,
    connectionTimeoutMs: 2_000,
  });
  const startedAt = performance.now();
  await expect(connection.createAdmin()).rejects.toMatchObject({ code: "KAFKA_UNREACHABLE", retryable: true });
  const tookMs = performance.now() - startedAt;
  expect(tookMs).toBeGreaterThan(1_900);
  expect(tookMs).toBeLessThan(4_000);
  // 20, 40, 80, 160, 320 ms, then every 500 ms.
  expect(attempts.length).toBeGreaterThanOrEqual(4);
  expect(attempts.length).toBeLessThanOrEqual(9);
  expect(events).toEqual([]);
});
