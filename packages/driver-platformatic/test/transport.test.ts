import type { Socket } from "node:net";
import type { BrokerAddress, Transport, TransportConnection } from "@millrace/client";
import { systemClock } from "@millrace/core";
import { type EmbeddedKafka, startEmbeddedKafka } from "@millrace/embedded-kafka";
import { createKafka } from "@millrace/kafka";
import { startTcpProxy, unreachableBrokers, waitFor } from "@millrace/testing";
import { Admin, Producer } from "@platformatic/kafka";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { connectionSettings } from "../src/connection-settings.ts";
import { type PlatformaticConnectionOptions, platformatic } from "../src/index.ts";
import { createPlatformaticTransport } from "../src/platformatic-transport.ts";
import { type FakeBroker, startFakeBroker } from "./fake-broker.ts";
import { startSaslBroker } from "./sasl-broker.ts";
import { watchLongTimers } from "./watch-long-timers.ts";

const metadata = { api: "Metadata", version: 12, body: { topics: null }, expectAnswer: true } as const;
const longFetch = { api: "Fetch", version: 12, body: { maxWaitMs: 60_000, minBytes: 1, topics: [] }, expectAnswer: true } as const;
const lost = { code: "KAFKA_DISCONNECTED", retryable: true };
const { signal: never } = new AbortController();
const cleanUp: (() => Promise<void> | void)[] = [];
let longTimers: () => number;
beforeEach(() => {
  longTimers = watchLongTimers();
});
afterEach(async () => {
  vi.restoreAllMocks();
  for (const undo of cleanUp.splice(0).reverse()) await undo();
});

const transportOf = (brokers: readonly string[], more: Partial<PlatformaticConnectionOptions> = {}): Transport =>
  createPlatformaticTransport(connectionSettings({ brokers, ...more, client: undefined as never }, "test"));

async function embedded(): Promise<EmbeddedKafka> {
  const broker = await startEmbeddedKafka();
  cleanUp.push(() => broker.close());
  return broker;
}

async function fakeBroker(onConnection: (socket: Socket) => void): Promise<FakeBroker> {
  const fake = await startFakeBroker(onConnection);
  cleanUp.push(() => fake.close());
  return fake;
}

async function opened(address: BrokerAddress): Promise<TransportConnection> {
  const connection = await transportOf(["a:1"]).open(address, { signal: never });
  cleanUp.push(() => connection.close());
  return connection;
}

const sockets = (): number => process.getActiveResourcesInfo().filter((kind) => kind === "TCPSocketWrap").length;

test("every address of the list is named, in its order", async () => {
  const expected = ["a", "b", "c"].map((host, index) => ({ host, port: index + 1 }));
  expect(await transportOf(["a:1", "b:2", "c:3"]).bootstrap()).toEqual(expected);
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

test("more requests than @platformatic/kafka would let out by itself are under way at once", async () => {
  const fake = await startSaslBroker({ answer: () => "silence" });
  cleanUp.push(() => fake.close());
  fake.hold = true;
  const connection = await opened(fake);
  const answers = Array.from({ length: 40 }, () => connection.exchange(metadata));
  await waitFor(() => fake.requests.length === answers.length);
  fake.release();
  await Promise.all(answers);
});

test.each([0, 2, 4, 9, 40])("an answer that breaks off after %i bytes is a lost connection, and a new one works", async (afterBytes) => {
  const broker = await embedded();
  const connection = await opened(broker);
  broker.faults.cut(["Metadata"], { times: 1, afterBytes });
  const answers = await Promise.allSettled([connection.exchange(metadata), connection.exchange(metadata)]);
  for (const answer of answers) expect(answer).toMatchObject({ status: "rejected", reason: lost });
  expect(connection.isOpen).toBe(false);
  await expect(connection.exchange(metadata)).rejects.toMatchObject(lost);
  expect((await (await opened(broker)).exchange(metadata)).brokers).toHaveLength(1);
});

test("a connection that is dropped instead of answered is lost; what was answered before stays answered", async () => {
  const broker = await embedded();
  const connection = await opened(broker);
  broker.faults.drop(["ListGroups"], { times: 1 });
  const [answered, dropped] = await Promise.allSettled([
    connection.exchange(metadata),
    connection.exchange({ api: "ListGroups", version: 4, body: {}, expectAnswer: true }),
  ]);
  expect(answered).toMatchObject({ status: "fulfilled" });
  expect(dropped).toMatchObject({ status: "rejected", reason: lost });
});

test("answers that come byte by byte, several behind each other, are answers", async () => {
  const broker = await embedded();
  const connection = await opened(broker);
  broker.faults.trickle(["Metadata"], { bytes: 3, everyMs: 1 });
  const answers = await Promise.all([connection.exchange(metadata), connection.exchange({ ...metadata, version: 4 })]);
  expect(answers.map(({ brokers }) => brokers.length)).toEqual([1, 1]);
});

test("a broker that stalls is waited for as long as the client likes; closing ends the wait", async () => {
  const broker = await embedded();
  const connection = await opened(broker);
  broker.faults.stall(["Metadata"]);
  const told = expect(connection.exchange(metadata)).rejects.toMatchObject(lost);
  await waitFor(() => longTimers() === 1);
  expect(connection.isOpen).toBe(true);
  connection.close();
  await told;
  await waitFor(() => longTimers() === 0);
});

test("a request that cannot be encoded is told so, and the connection stays", async () => {
  const connection = await opened(await embedded());
  await expect(connection.exchange({ ...metadata, version: 99 })).rejects.toMatchObject({ name: "ProtocolError" });
  expect((await connection.exchange(metadata)).brokers).toHaveLength(1);
});

test.each([
  ["a length below zero", Buffer.from([0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0])],
  ["a length far below zero", Buffer.from([0x80, 0, 0, 0, 0, 0, 0, 1, 0, 0])],
  ["a length below zero and half a number", Buffer.from([0xff, 0xff, 0xff, 0xff, 0, 0])],
  ["a frame without a correlation id", Buffer.from([0, 0, 0, 1, 7])],
  ["an answer to another request", Buffer.from([0, 0, 0, 8, 0, 0, 9, 9, 0, 0, 0, 0])],
  ["an answer that ends early", Buffer.from([0, 0, 0, 5, 0, 0, 0, 1, 0])],
  ["an empty answer", Buffer.from([0, 0, 0, 4, 0, 0, 0, 1])],
  ["TLS", Buffer.from([0x15, 3, 1, 0, 2, 2, 70])],
])("%s instead of an answer ends the connection, and throws out of no listener", async (_what, bytes) => {
  const fake = await fakeBroker((socket) => socket.once("data", () => socket.write(bytes)));
  const connection = await opened(fake);
  const answers = await Promise.allSettled([connection.exchange(metadata), connection.exchange(metadata)]);
  for (const answer of answers) expect(answer).toMatchObject({ status: "rejected", reason: lost });
  expect(connection.isOpen).toBe(false);
  await waitFor(() => fake.sockets.size === 0);
});

test("text instead of an answer is waited for like the long answer that it announces, and closing ends that", async () => {
  const fake = await fakeBroker((socket) => socket.once("data", () => socket.write("HTTP/1.1 400 Bad Request\r\n\r\n")));
  const connection = await opened(fake);
  const told = expect(connection.exchange(metadata)).rejects.toMatchObject(lost);
  await waitFor(() => fake.sockets.size === 1);
  connection.close();
  await told;
  await waitFor(() => fake.sockets.size === 0);
});

test("a broker that wants TLS says so in the client's one error", async () => {
  const fake = await fakeBroker((socket) => socket.once("data", () => socket.end(Buffer.from([0x15, 3, 1, 0, 2, 2, 70]))));
  const kafka = createKafka({ driver: platformatic({ brokers: [`127.0.0.1:${fake.port}`], connectionTimeoutMs: 200 }) });
  await expect(kafka.admin().listTopics()).rejects.toMatchObject({
    code: "KAFKA_UNREACHABLE",
    message: expect.stringContaining("Broker requires TLS") as unknown,
  });
  await kafka.close();
});

test("TLS begins with a hello that names the host; a broker that knows none is unreachable", async () => {
  let hello = Buffer.alloc(0);
  const fake = await fakeBroker((socket) =>
    socket.once("data", (data) => {
      hello = data;
      socket.end("no");
    }),
  );
  const opening = transportOf(["a:1"], { tls: true }).open({ host: "localhost", port: fake.port }, { signal: never });
  await expect(opening).rejects.toMatchObject({ code: "KAFKA_UNREACHABLE", retryable: true });
  expect([...hello.subarray(0, 2)]).toEqual([0x16, 3]);
  expect(hello.includes("localhost")).toBe(true);
  await waitFor(() => fake.sockets.size === 0);
});

test("a TLS handshake that never ends is left when the signal says so", async () => {
  const fake = await fakeBroker((socket) => socket.resume());
  const giveUp = new AbortController();
  const opening = transportOf(["a:1"], { tls: true }).open(fake, { signal: giveUp.signal });
  const told = expect(opening).rejects.toMatchObject({ code: "KAFKA_UNREACHABLE" });
  await waitFor(() => fake.connections() === 1);
  giveUp.abort();
  await told;
  await waitFor(() => fake.sockets.size === 0 && longTimers() === 0);
});

test("a signal that aborted before opens nothing", async () => {
  const fake = await fakeBroker(() => {});
  await expect(transportOf(["a:1"]).open(fake, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: "KAFKA_UNREACHABLE" });
  expect(fake.connections()).toBe(0);
});

test.each([
  ["nobody listens", "127.0.0.1", undefined, "ECONNREFUSED"],
  ["the name is unknown", "nobody.invalid", 1, "nobody.invalid"],
  ["the port is none", "127.0.0.1", 70_000, "70000"],
])("%s: told at once, with no timer left", async (_what, host, given, reason) => {
  const [address = ""] = await unreachableBrokers();
  const port = given ?? Number(address.split(":")[1]);
  const opening = transportOf(["a:1"]).open({ host, port }, { signal: never });
  await expect(opening).rejects.toMatchObject({ code: "KAFKA_UNREACHABLE", message: expect.stringContaining(reason) as unknown });
  await waitFor(() => longTimers() === 0);
});

test("a port that accepts and never answers is unreachable within the deadline, and nothing stays behind", async () => {
  const fake = await fakeBroker((socket) => socket.resume());
  const kafka = createKafka({ driver: platformatic({ brokers: [`127.0.0.1:${fake.port}`], connectionTimeoutMs: 300 }) });
  const startedAt = performance.now();
  await expect(kafka.admin().listTopics()).rejects.toMatchObject({ code: "KAFKA_UNREACHABLE" });
  expect(performance.now() - startedAt).toBeLessThan(1_500);
  await kafka.close();
  await waitFor(() => fake.sockets.size === 0 && longTimers() === 0);
});

test("closing rejects what waits, and leaves neither socket nor timer", async () => {
  const broker = await embedded();
  const before = sockets();
  const connection = await opened(broker);
  const told = expect(connection.exchange(longFetch)).rejects.toMatchObject(lost);
  connection.close();
  connection.close();
  expect(connection.isOpen).toBe(false);
  await told;
  await waitFor(() => sockets() <= before && longTimers() === 0);
});

test("what was written without an answer to come still leaves when the connection closes", async () => {
  const broker = await startEmbeddedKafka({ topics: [{ name: "t" }] });
  cleanUp.push(() => broker.close());
  const kafka = createKafka({ driver: platformatic({ brokers: broker.brokers }) });
  const producer = kafka.producer({ acks: 0, idempotent: false });
  const value = Buffer.alloc(900_000, "x");
  for (let index = 0; index < 5; index += 1) await producer.sendRaw({ topic: "t", key: null, value, partition: 0 });
  await kafka.close();
  await waitFor(() => broker.records("t").length === 5);
});

test("with a peer that was unplugged, closing ends all the same", async () => {
  const broker = await embedded();
  const proxy = await startTcpProxy({ target: broker });
  cleanUp.push(() => proxy.close());
  const connection = await opened(proxy);
  await connection.exchange(metadata);
  proxy.halfOpen();
  const told = expect(connection.exchange(metadata)).rejects.toMatchObject(lost);
  connection.close();
  await told;
  await waitFor(() => longTimers() === 0);
});

test("beside a client of the user's own, nothing that was acknowledged is lost when connections break, and none is left open", async () => {
  const broker = await embedded();
  const proxied = await startTcpProxy({ target: broker });
  cleanUp.push(() => proxied.close());
  const own = new Producer({ clientId: "own", bootstrapBrokers: broker.brokers });
  cleanUp.push(() => own.close());
  const before = sockets();
  const kafka = createKafka({ driver: platformatic({ client: own }), clock: systemClock });
  const producer = kafka.producer({ idempotent: true });
  const values: string[] = [];
  await kafka.consumer({ group: "breaks", reset: "earliest" }).consume(["t"], {
    onBatch: ({ records }) => void values.push(...records.map(({ value }) => String(value))),
  });
  const expected: string[] = [];
  for (let index = 0; index < 30; index += 1) {
    if (index % 10 === 5) broker.faults.drop(["Produce", "Fetch"], { times: 2, at: index === 15 ? "before" : "after" });
    await producer.sendRaw({ topic: "t", key: null, value: Buffer.from(`${index}`), partition: 0 });
    expected.push(`${index}`);
  }
  await waitFor(() => values.length >= expected.length, { timeoutMs: 15_000 });
  expect(values).toEqual(expected);
  await kafka.close();
  await waitFor(() => sockets() <= before && longTimers() === 0);
  // It is still its owner's to use.
  const admin = new Admin({ clientId: "own", bootstrapBrokers: broker.brokers });
  cleanUp.push(() => admin.close());
  expect(await admin.listTopics()).toContain("t");
});
