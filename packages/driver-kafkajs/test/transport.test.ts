import { createServer, type Server, type Socket } from "node:net";
import type { BrokerAddress, Transport, TransportConnection } from "@millrace/client";
import { silentLogger, systemClock } from "@millrace/core";
import { type EmbeddedKafka, startEmbeddedKafka } from "@millrace/embedded-kafka";
import { createKafka } from "@millrace/kafka";
import { waitFor } from "@millrace/testing";
import kafkajsPackage, { type Kafka, type KafkaConfig } from "kafkajs";
import { afterEach, expect, test } from "vitest";
import { kafkajs } from "../src/index.ts";
import { createKafkaJsTransport } from "../src/kafkajs-transport.ts";
import { trackingSocketFactory } from "./tracking-socket-factory.ts";

const metadata = { api: "Metadata", version: 12, body: { topics: null }, expectAnswer: true } as const;
const { signal: never } = new AbortController();
const cleanUp: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const undo of cleanUp.splice(0).reverse()) await undo();
});

function client(brokers: readonly string[], more: Partial<KafkaConfig> = {}): Kafka {
  return new kafkajsPackage.Kafka({ brokers: [...brokers], logLevel: kafkajsPackage.logLevel.NOTHING, ...more });
}

const transportOf = (kafka: Kafka): Transport => createKafkaJsTransport({ kafka, repair: true, logger: silentLogger });

async function embedded(): Promise<EmbeddedKafka> {
  const broker = await startEmbeddedKafka();
  cleanUp.push(() => broker.close());
  return broker;
}

/** A server that is no broker. */
async function fakeBroker(
  onConnection: (socket: Socket) => void,
): Promise<BrokerAddress & { readonly sockets: Set<Socket>; readonly connections: () => number }> {
  const sockets = new Set<Socket>();
  let connections = 0;
  const server: Server = createServer((socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on("error", () => {});
    socket.once("close", () => sockets.delete(socket));
    onConnection(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  cleanUp.push(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return { host: "127.0.0.1", port: (server.address() as { port: number }).port, sockets, connections: () => connections };
}

const timers = (): number => process.getActiveResourcesInfo().filter((kind) => kind === "Timeout").length;

async function opened(broker: EmbeddedKafka, more: Partial<KafkaConfig> = {}): Promise<TransportConnection> {
  const connection = await transportOf(client(broker.brokers, more)).open(broker, { signal: never });
  cleanUp.push(() => connection.close());
  return connection;
}

test("every address of the list is named once, also when a function gives the list", async () => {
  const brokers = ["a:1", "b:2", "c:3"];
  const expected = brokers.map((broker) => ({ host: broker.slice(0, 1), port: Number(broker.slice(2)) }));
  expect(await transportOf(client(brokers)).bootstrap()).toEqual(expected);
  const given = new kafkajsPackage.Kafka({ brokers: async () => brokers, logLevel: kafkajsPackage.logLevel.NOTHING });
  expect(await transportOf(given).bootstrap()).toEqual(expected);
  const failing = new kafkajsPackage.Kafka({ brokers: () => Promise.reject(new Error("no list")) });
  await expect(transportOf(failing).bootstrap()).rejects.toMatchObject({ code: "KAFKA_UNREACHABLE", retryable: true });
});

test("requests are answered in order, in flexible versions and others, and an unanswered one resolves when it is written", async () => {
  const connection = await opened(await embedded());
  const [old, flexible, none] = await Promise.all([
    connection.exchange({ ...metadata, version: 4 }),
    connection.exchange(metadata),
    connection.exchange({ api: "Produce", version: 9, body: { acks: 0, topicData: [] }, expectAnswer: false }),
  ]);
  expect(old.brokers).toHaveLength(1);
  expect(flexible.brokers).toEqual(old.brokers);
  expect(none).toBe(undefined);
});

test.each([0, 2, 4, 9, 40])("an answer that breaks off after %i bytes is a lost connection, and a new one works", async (afterBytes) => {
  const broker = await embedded();
  const connection = await opened(broker);
  broker.faults.cut(["Metadata"], { times: 1, afterBytes });
  const lost = { code: "KAFKA_DISCONNECTED", retryable: true };
  const answers = await Promise.allSettled([connection.exchange(metadata), connection.exchange(metadata)]);
  for (const answer of answers) expect(answer).toMatchObject({ status: "rejected", reason: lost });
  expect(connection.isOpen).toBe(false);
  await expect(connection.exchange(metadata)).rejects.toMatchObject(lost);
  expect((await (await opened(broker)).exchange(metadata)).brokers).toHaveLength(1);
});

test("a request that cannot be encoded is told so, and the connection stays", async () => {
  const connection = await opened(await embedded());
  await expect(connection.exchange({ ...metadata, version: 99 })).rejects.toMatchObject({ name: "ProtocolError" });
  expect((await connection.exchange(metadata)).brokers).toHaveLength(1);
});

test.each([
  ["a length below zero", Buffer.from([0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0])],
  ["a frame without a correlation id", Buffer.from([0, 0, 0, 1, 7, 0, 0, 0, 0])],
  ["text", Buffer.from("HTTP/1.1 400 Bad Request\r\n\r\n")],
])("%s instead of an answer throws out of no listener, and opening ends with its signal", async (_what, bytes) => {
  const fake = await fakeBroker((socket) => socket.once("data", () => socket.write(bytes)));
  const giveUp = new AbortController();
  const opening = transportOf(client(["a:1"])).open(fake, { signal: giveUp.signal });
  const told = expect(opening).rejects.toMatchObject({ code: "KAFKA_UNREACHABLE", retryable: true });
  await waitFor(() => fake.connections() === 1);
  giveUp.abort();
  await told;
  await waitFor(() => fake.sockets.size === 0);
});

test("a broker that never answers, and one that never accepts credentials, are left at once when the signal says so", async () => {
  const before = timers();
  for (const sasl of [undefined, { mechanism: "plain", username: "u", password: "hunter2" } as const]) {
    const fake = await fakeBroker((socket) => socket.resume());
    const giveUp = new AbortController();
    const transport = transportOf(client(["a:1"], sasl === undefined ? {} : { sasl }));
    const opening = transport.open(fake, { signal: giveUp.signal });
    const told = expect(opening).rejects.toMatchObject({ code: "KAFKA_UNREACHABLE" });
    await waitFor(() => fake.connections() === 1);
    giveUp.abort();
    await told;
    await waitFor(() => fake.sockets.size === 0);
  }
  expect(timers()).toBeLessThanOrEqual(before);
});

test("whenever it is given up, from the first step to the last, neither socket nor timer is left", async () => {
  const broker = await embedded();
  const tracked = trackingSocketFactory();
  const transport = transportOf(client(broker.brokers, { socketFactory: tracked.factory }));
  (await transport.open(broker, { signal: never })).close();
  await waitFor(() => tracked.openSockets() === 0);
  const before = timers();
  for (let steps = 0; steps < 60; steps++) {
    const giveUp = new AbortController();
    const over = transport.open(broker, { signal: giveUp.signal }).then(
      // It was faster.
      (connection) => connection.close(),
      (error: unknown) => expect(error).toMatchObject({ code: "KAFKA_UNREACHABLE" }),
    );
    for (let step = 0; step < Math.min(steps, 40); step++) await Promise.resolve();
    for (let turn = 40; turn < steps; turn++) await new Promise(setImmediate);
    giveUp.abort();
    await over;
  }
  await waitFor(() => tracked.openSockets() === 0);
  expect(timers()).toBeLessThanOrEqual(before);
});

test("nobody listens: told at once, with no timer left", async () => {
  const fake = await fakeBroker(() => {});
  await Promise.all(cleanUp.splice(0).map(async (undo) => await undo()));
  const before = timers();
  const opening = transportOf(client(["a:1"])).open(fake, { signal: never });
  await expect(opening).rejects.toMatchObject({ code: "KAFKA_UNREACHABLE", message: expect.stringContaining("ECONNREFUSED") as unknown });
  expect(timers()).toBeLessThanOrEqual(before);
});

test("a connection that is open and has nothing to do has no timer", async () => {
  const broker = await embedded();
  await (await opened(broker)).exchange(metadata);
  const before = timers();
  await (await opened(broker)).exchange(metadata);
  expect(timers()).toBe(before);
});

test("closing rejects what waits, and leaves neither socket nor timer", async () => {
  const broker = await embedded();
  const tracked = trackingSocketFactory();
  const before = timers();
  const connection = await opened(broker, { socketFactory: tracked.factory });
  const waiting = connection.exchange({
    api: "Fetch",
    version: 12,
    body: { maxWaitMs: 60_000, minBytes: 1, topics: [] },
    expectAnswer: true,
  });
  const told = expect(waiting).rejects.toMatchObject({ code: "KAFKA_DISCONNECTED" });
  connection.close();
  connection.close();
  await told;
  await waitFor(() => tracked.openSockets() === 0);
  expect(timers()).toBeLessThanOrEqual(before);
});

test("with a client of the user's own whose sockets break, nothing that was acknowledged is lost, and none is left open", async () => {
  const broker = await embedded();
  const tracked = trackingSocketFactory();
  const own = client(broker.brokers, { socketFactory: tracked.factory, retry: { retries: 0 } });
  const kafka = createKafka({ driver: kafkajs({ client: own }), clock: systemClock });
  const producer = kafka.producer({ idempotent: true });
  const values: string[] = [];
  await kafka.consumer({ group: "breaks", reset: "earliest" }).consume(["t"], {
    onBatch: ({ records }) => void values.push(...records.map(({ value }) => String(value))),
  });
  const expected: string[] = [];
  for (let index = 0; index < 30; index += 1) {
    const sent = producer.sendRaw({ topic: "t", key: null, value: Buffer.from(`${index}`), partition: 0 });
    if (index % 10 === 5) tracked.breakAll();
    await sent;
    expected.push(`${index}`);
  }
  await waitFor(() => values.length >= expected.length, { timeoutMs: 15_000 });
  expect(values).toEqual(expected);
  await kafka.close();
  await waitFor(() => tracked.openSockets() === 0);
});

test("brokers of the driver's own list are cut at their last colon, unlike kafkajs's", async () => {
  const brokers = ["a:1", "[::1]:2", "[2001:db8::1]:3"];
  const transport = createKafkaJsTransport({ kafka: client(brokers), brokers, repair: true, logger: silentLogger });
  expect(await transport.bootstrap()).toEqual([
    { host: "a", port: 1 },
    { host: "::1", port: 2 },
    { host: "2001:db8::1", port: 3 },
  ]);
});
