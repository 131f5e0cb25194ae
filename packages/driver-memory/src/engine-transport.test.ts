import { type BrokerEngine, createBrokerEngine, type EngineRequest } from "@millrace/embedded-kafka";
import { createVirtualClock } from "@millrace/testing";
import { expect, test } from "vitest";
import { createEngineTransport } from "./engine-transport.ts";

const { signal } = new AbortController();

/** A connection to an engine whose answers pass through the test's hands. */
async function watched(change: (request: EngineRequest, answer: unknown) => unknown = (_request, answer) => answer) {
  const clock = createVirtualClock();
  const engine = createBrokerEngine({ clock, topics: [{ name: "t" }] });
  const requests: EngineRequest[] = [];
  const closed: unknown[] = [];
  let connections = 0;
  const wrapped = {
    ...engine,
    handle(request: EngineRequest) {
      requests.push(request);
      return change(request, engine.handle(request));
    },
    connectionClosed(id: number | string) {
      closed.push(id);
      engine.connectionClosed(id);
    },
  } as BrokerEngine;
  const nextConnectionId = (): string => `memory-${++connections}`;
  const transport = createEngineTransport({ engine: wrapped, clientId: "app", clock, nextConnectionId });
  const [address] = await transport.bootstrap();
  const connection = await transport.open(address ?? { host: "nowhere", port: 1 }, { signal });
  return { clock, engine, requests, closed, transport, address, connection };
}

const metadata = { api: "Metadata", version: 12, body: { topics: null }, expectAnswer: true } as const;
const fetchForever = {
  api: "Fetch",
  version: 12,
  body: {
    maxWaitMs: 60_000,
    minBytes: 1,
    topics: [{ topic: "t", partitions: [{ partition: 0, fetchOffset: 0, partitionMaxBytes: 1_000 }] }],
  },
  expectAnswer: true,
} as const;

test("the addresses to start with are those of the engine's nodes that run, and each connection leads to its own", async () => {
  const { transport, engine, address, connection, requests } = await watched();
  expect(address).toMatchObject({ host: engine.nodes[0]?.host, port: engine.nodes[0]?.port });
  await connection.exchange(metadata);
  expect(requests[0]).toMatchObject({ clientId: "app", nodeId: engine.nodes[0]?.id, connection: { id: "memory-1" } });
  const other = await transport.open({ host: "elsewhere", port: 1 }, { signal });
  await other.exchange(metadata);
  expect(requests[1]).toMatchObject({ connection: { id: "memory-2" } });
  expect(requests[1]?.nodeId).toBe(undefined);
});

test("as on a socket, a request is looked at when the one before has been answered", async () => {
  const { connection, requests, clock } = await watched();
  const waiting = connection.exchange(fetchForever);
  const next = connection.exchange(metadata);
  await clock.advance(59_000);
  expect(requests.map(({ api }) => api)).toEqual(["Fetch"]);
  await clock.advance(2_000);
  await Promise.all([waiting, next]);
  expect(requests.map(({ api }) => api)).toEqual(["Fetch", "Metadata"]);
});

test("closing ends the requests that wait, on both sides, and refuses later ones", async () => {
  const { connection, clock, closed } = await watched();
  const waiting = connection.exchange(fetchForever);
  await clock.advance(0);
  const before = clock.pending;
  expect(connection.isOpen).toBe(true);
  connection.close();
  connection.close();
  await expect(waiting).rejects.toMatchObject({ code: "KAFKA_DISCONNECTED", retryable: true });
  expect(clock.pending).toBeLessThan(before);
  expect([closed, connection.isOpen]).toEqual([["memory-1"], false]);
  await expect(connection.exchange(metadata)).rejects.toMatchObject({ code: "KAFKA_DISCONNECTED" });
});

test("an engine that refuses a request, at once or later, is gone for good", async () => {
  const { connection, engine } = await watched();
  await connection.exchange(metadata);
  engine.close();
  await expect(connection.exchange(metadata)).rejects.toMatchObject({
    code: "KAFKA_DISCONNECTED",
    retryable: false,
    message: expect.stringContaining("the broker is closed"),
  });
  const late = await watched(() => Promise.reject(new Error("refused late")));
  await expect(late.connection.exchange(metadata)).rejects.toMatchObject({ code: "KAFKA_DISCONNECTED", retryable: false });
  expect(late.connection.isOpen).toBe(false);
});

test("an engine that hangs up instead of answering is a lost connection, which may pass", async () => {
  const { connection } = await watched(() => undefined);
  await connection.exchange({ ...metadata, expectAnswer: false });
  expect(connection.isOpen).toBe(true);
  await expect(connection.exchange(metadata)).rejects.toMatchObject({ code: "KAFKA_DISCONNECTED", retryable: true });
  expect(connection.isOpen).toBe(false);
});

test("a connection that a fault drops is a lost one, and the next one is answered", async () => {
  const { connection, transport, engine, address } = await watched();
  engine.faults.drop(["Metadata"], { times: 1 });
  await expect(connection.exchange(metadata)).rejects.toMatchObject({ code: "KAFKA_DISCONNECTED", retryable: true });
  const next = await transport.open(address!, { signal });
  expect((await next.exchange(metadata)).topics).toHaveLength(1);
});

test("client and engine share no bytes: each sees its own copy", async () => {
  const sent = Buffer.from("consumer metadata");
  const { connection, requests } = await watched();
  const protocols = [{ name: "range", metadata: sent }];
  const body = { groupId: "g", sessionTimeoutMs: 6_000, memberId: "", protocolType: "consumer", protocols };
  await connection.exchange({ api: "JoinGroup", version: 9, body, expectAnswer: true });
  const seen = (requests.at(-1) as EngineRequest<"JoinGroup">).body.protocols[0]?.metadata;
  expect(seen).toEqual(sent);
  sent.fill(0);
  expect(String(seen)).toBe("consumer metadata");
});

test("a request that cannot be encoded is told so, and the connection stays", async () => {
  const { connection } = await watched();
  const body = { topics: [{ name: "x".repeat(40_000) }] };
  await expect(connection.exchange({ ...metadata, version: 4, body })).rejects.toMatchObject({ name: "ProtocolError" });
  expect((await connection.exchange(metadata)).topics).toHaveLength(1);
});
