import { type BrokerEngine, createBrokerEngine, type EngineRequest } from "@millrace/embedded-kafka";
import { createVirtualClock } from "@millrace/testing";
import { expect, test } from "vitest";
import { createEngineClient } from "./engine-client.ts";

/** An engine whose answers pass through the test's hands. */
function watched(change: (request: EngineRequest, answer: unknown) => unknown = (_request, answer) => answer) {
  const clock = createVirtualClock();
  const engine = createBrokerEngine({ clock });
  const requests: EngineRequest[] = [];
  const closed: unknown[] = [];
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
  return { clock, engine, requests, closed, client: createEngineClient(wrapped, "app", "memory-1") };
}

const fetchForever = {
  maxWaitMs: 60_000,
  minBytes: 1,
  topics: [{ topic: "t", partitions: [{ partition: 0, fetchOffset: 0, partitionMaxBytes: 1_000 }] }],
};

test("versions are asked for once, and each request goes out in the newest one that both know", async () => {
  const { client, requests } = watched();
  await Promise.all([client.call("Metadata", { topics: null }), client.call("ListGroups", {}), client.call("Metadata", { topics: null })]);
  expect(requests.map(({ api }) => api)).toEqual(["ApiVersions", "Metadata", "ListGroups", "Metadata"]);
  expect(requests[1]).toMatchObject({ clientId: "app", connection: { id: "memory-1" } });
  expect(requests[1]!.version).toBeGreaterThanOrEqual(12);
  // Later versions name topics by id.
  await client.call("Fetch", { ...fetchForever, maxWaitMs: 0 });
  expect(requests.at(-1)?.version).toBe(12);
});

test("an API that the engine does not serve is a clear error", async () => {
  const { client } = watched();
  await expect(client.call("AlterUserScramCredentials", {})).rejects.toMatchObject({
    code: "KAFKA_BROKER_ERROR",
    kafkaError: "UNSUPPORTED_VERSION",
    message: "the in-memory broker does not serve AlterUserScramCredentials",
  });
});

test("hanging up ends the requests that wait, on both sides, and refuses later ones", async () => {
  const { client, clock, closed } = watched();
  await client.call("Metadata", { topics: [{ name: "t" }], allowAutoTopicCreation: true });
  const waiting = client.call("Fetch", fetchForever);
  await clock.advance(0);
  const before = clock.pending;
  client.close();
  client.close();
  await expect(waiting).rejects.toMatchObject({ code: "KAFKA_DISCONNECTED", retryable: true });
  expect(clock.pending).toBeLessThan(before);
  expect(closed).toEqual(["memory-1"]);
  await expect(client.call("Metadata", { topics: null })).rejects.toMatchObject({ code: "KAFKA_DISCONNECTED" });
});

test("an engine that refuses a request, at once or later, is gone for good", async () => {
  const { client, engine } = watched();
  await client.call("Metadata", { topics: null });
  engine.close();
  await expect(client.call("Metadata", { topics: null })).rejects.toMatchObject({
    code: "KAFKA_DISCONNECTED",
    retryable: false,
    message: expect.stringContaining("the broker is closed"),
  });
  const late = watched(({ api }, answer) => (api === "Metadata" ? Promise.reject(new Error("refused late")) : answer));
  await expect(late.client.call("Metadata", { topics: null })).rejects.toMatchObject({ code: "KAFKA_DISCONNECTED", retryable: false });
});

test("an engine that hangs up instead of answering is a lost connection, which may pass", async () => {
  const { client } = watched(({ api }, answer) => (api === "Metadata" ? undefined : answer));
  await expect(client.call("Metadata", { topics: null })).rejects.toMatchObject({ code: "KAFKA_DISCONNECTED", retryable: true });
  await client.callWithoutAnswer("Metadata", { topics: null });
});

test("client and engine share no bytes: each sees its own copy", async () => {
  const sent = Buffer.from("consumer metadata");
  const { client, requests } = watched();
  const protocols = [{ name: "range", metadata: sent }];
  await client.call("JoinGroup", { groupId: "g", sessionTimeoutMs: 6_000, memberId: "", protocolType: "consumer", protocols });
  const { body } = requests.at(-1) as EngineRequest<"JoinGroup">;
  expect(body.protocols[0]?.metadata).toEqual(sent);
  sent.fill(0);
  expect(String(body.protocols[0]?.metadata)).toBe("consumer metadata");
});

test("a connection that a fault drops is a lost one, and the next request is answered", async () => {
  const { client, engine } = watched();
  engine.faults.drop(["ApiVersions", "Metadata"], { times: 2 });
  const lost = { code: "KAFKA_DISCONNECTED", retryable: true };
  await expect(client.call("Metadata", { topics: null })).rejects.toMatchObject(lost);
  await expect(client.call("Metadata", { topics: null })).rejects.toMatchObject(lost);
  expect((await client.call("Metadata", { topics: null })).topics).toEqual([]);
});
