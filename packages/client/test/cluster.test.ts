import { silentLogger } from "@millrace/core";
import { errorCodes } from "@millrace/protocol";
import { createVirtualClock, type VirtualClock } from "@millrace/testing";
import { expect, test } from "vitest";
import { Cluster } from "../src/cluster/cluster.ts";
import type { BrokerAddress } from "../src/index.ts";
import { createScriptedTransport, everyVersion, type ScriptedBroker, type ScriptedTransport } from "./support/scripted-transport.ts";

const at = (host: string): BrokerAddress => ({ host, port: 1 });

/** A cluster of made-up brokers, each of which names those of `nodes`; `change` spoils single answers. */
function setUp(options: {
  readonly bootstrap: readonly string[];
  readonly nodes: readonly string[];
  readonly brokers: Readonly<Record<string, Partial<ScriptedBroker>>>;
  readonly connectTimeoutMs?: number;
}): { readonly clock: VirtualClock; readonly cluster: Cluster; readonly transport: ScriptedTransport } {
  const clock = createVirtualClock();
  const metadata = () => ({
    brokers: options.nodes.map((host, index) => ({ nodeId: index + 1, host, port: 1 })),
    controllerId: 1,
    topics: [],
  });
  const sound = (own: Partial<ScriptedBroker>): ScriptedBroker => ({
    answer: (api) => (api === "ApiVersions" ? everyVersion : api === "Metadata" ? metadata() : undefined),
    ...own,
  });
  const transport = createScriptedTransport(
    options.bootstrap.map(at),
    Object.fromEntries(Object.entries(options.brokers).map(([host, own]) => [`${host}:1`, sound(own)])),
  );
  const cluster = new Cluster({
    transport,
    clock,
    logger: silentLogger,
    brokers: options.bootstrap.join(", "),
    allowAutoTopicCreation: false,
    connectTimeoutMs: options.connectTimeoutMs ?? 9_000,
    requestTimeoutMs: 1_000,
    onClosed: () => {},
  });
  return { clock, cluster, transport };
}

test("addresses are tried in their order, one that keeps silent costs its share of the time, and the first that answers will do", async () => {
  const { clock, cluster, transport } = setUp({
    bootstrap: ["a", "b", "c"],
    nodes: ["c"],
    brokers: { a: { opening: "refused" }, b: { opening: "silent" }, c: {} },
  });
  await clock.runUntil(cluster.connect());
  expect(clock.monotonic()).toBe(3_000);
  expect(transport.opened).toEqual(["a:1", "b:1", "c:1"]);
  // The address to start with and the node are one: so is the connection.
  expect((await cluster.broker(1)).isConnected).toBe(true);
  expect([cluster.nodeIds(), transport.openConnections()]).toEqual([[1], 1]);
  cluster.close();
  expect([transport.openConnections(), clock.pending]).toEqual([0, 0]);
});

test("when nobody answers it is one error in time that names the addresses, with nothing left behind", async () => {
  const { clock, cluster, transport } = setUp({
    bootstrap: ["a", "b"],
    nodes: [],
    brokers: { a: { opening: "refused" }, b: { opening: "silent" } },
    connectTimeoutMs: 2_500,
  });
  const connecting = cluster.connect();
  const told = expect(connecting).rejects.toMatchObject({ code: "KAFKA_UNREACHABLE", message: expect.stringContaining("a, b") as unknown });
  await clock.advance(2_500);
  await told;
  cluster.close();
  await clock.advance(0);
  expect([transport.openConnections(), clock.pending]).toEqual([0, 0]);
});

test("a broker that takes the connection and says nothing is left when the time is up", async () => {
  const { clock, cluster, transport } = setUp({ bootstrap: ["a"], nodes: [], brokers: { a: { answer: () => undefined } } });
  const told = expect(cluster.connect()).rejects.toMatchObject({ code: "KAFKA_UNREACHABLE", retryable: true });
  await clock.advance(9_000);
  await told;
  cluster.close();
  await clock.advance(0);
  expect([transport.openConnections(), clock.pending]).toEqual([0, 0]);
});

test("wrong credentials are told at once, not tried elsewhere", async () => {
  const { cluster, transport } = setUp({ bootstrap: ["a", "b"], nodes: [], brokers: { a: { opening: "wrong credentials" }, b: {} } });
  await expect(cluster.connect()).rejects.toMatchObject({ code: "KAFKA_AUTHENTICATION_FAILED" });
  expect(transport.opened).toEqual(["a:1"]);
});

test("an address that only leads to the cluster is left for the nodes themselves, which are connected when they are needed", async () => {
  const { cluster, transport } = setUp({ bootstrap: ["front"], nodes: ["n1", "n2"], brokers: { front: {}, n1: {}, n2: {} } });
  await cluster.connect();
  expect(transport.openConnections()).toBe(0);
  await cluster.broker(2);
  expect(transport.opened).toEqual(["front:1", "n2:1"]);
  // Whoever is connected is asked first.
  await cluster.refresh(["t"]);
  expect(transport.requests.at(-1)).toMatchObject({ broker: "n2:1", api: "Metadata" });
  await expect(cluster.broker(7)).rejects.toMatchObject({ code: "KAFKA_UNREACHABLE", retryable: true });
});

test("nodes that keep silent cost their share of the time, and then the address that only leads to them answers", async () => {
  const { clock, cluster } = setUp({
    bootstrap: ["a"],
    nodes: ["b", "c"],
    brokers: { a: {}, b: { opening: "silent" }, c: { opening: "silent" } },
  });
  await clock.runUntil(cluster.connect());
  expect(clock.monotonic()).toBe(0);
  const answering = await clock.runUntil(cluster.anyBroker());
  expect([answering.address.host, clock.monotonic()]).toEqual(["a", 6_000]);
  cluster.close();
  await clock.advance(0);
  expect(clock.pending).toBe(0);
});

test("a connection that is lost is replaced, by another node or by the addresses to start with where the nodes are gone", async () => {
  const brokers: Record<string, Partial<ScriptedBroker>> = { front: {}, n1: {}, n2: {} };
  const sound = setUp({ bootstrap: ["front"], nodes: ["n1", "n2"], brokers });
  await sound.cluster.connect();
  await sound.cluster.broker(1);
  sound.transport.breakAll();
  await sound.cluster.refresh();
  expect(sound.transport.opened).toEqual(["front:1", "n1:1", "n1:1"]);

  const moved = setUp({ bootstrap: ["front"], nodes: ["gone"], brokers: { front: {} } });
  await moved.cluster.connect();
  await moved.cluster.refresh();
  expect(moved.transport.opened).toEqual(["front:1", "gone:1", "front:1"]);
});

test("an answer that does not come in time ends its connection, and the next request has another", async () => {
  let silent = true;
  const { clock, cluster, transport } = setUp({
    bootstrap: ["a"],
    nodes: ["a"],
    brokers: {
      a: {
        answer: (api) => {
          if (api === "ApiVersions") return everyVersion;
          if (api === "Metadata") return { brokers: [{ nodeId: 1, host: "a", port: 1 }], controllerId: 1, topics: [] };
          return silent ? undefined : { errorCode: errorCodes.NONE, groups: [] };
        },
      },
    },
  });
  await cluster.connect();
  const broker = await cluster.broker(1);
  const late = expect(broker.send("ListGroups", () => ({}))).rejects.toMatchObject({ code: "KAFKA_TIMED_OUT", retryable: true });
  await clock.advance(1_000);
  await late;
  expect(transport.openConnections()).toBe(0);
  silent = false;
  expect((await broker.send("ListGroups", () => ({}))).body.groups).toEqual([]);
  expect([transport.openConnections(), clock.pending]).toEqual([1, 0]);
});

test("requests that find no connection open one together, and the two connections of a broker are separate", async () => {
  const { cluster, transport } = setUp({
    bootstrap: ["a"],
    nodes: ["n"],
    brokers: { a: {}, n: { answer: (api) => (api === "ApiVersions" ? everyVersion : { groups: [] }) } },
  });
  await cluster.connect();
  const broker = await cluster.broker(1);
  broker.drop(0);
  const ask = (connection: 0 | 1) => broker.send("ListGroups", () => ({}), { connection });
  await Promise.all([ask(0), ask(0), ask(1), ask(1)]);
  expect(transport.openConnections()).toBe(2);
  cluster.close();
  await expect(ask(0)).rejects.toMatchObject({ code: "CLOSED" });
  await expect(cluster.anyBroker()).rejects.toMatchObject({ code: "CLOSED" });
  await expect(cluster.connect()).rejects.toMatchObject({ code: "CLOSED" });
});

test("closing while a connection is being opened tells who waits, and leaves nothing", async () => {
  const { clock, cluster, transport } = setUp({ bootstrap: ["a"], nodes: [], brokers: { a: { opening: "silent" } } });
  const told = expect(cluster.connect()).rejects.toMatchObject({ code: "CLOSED" });
  await clock.advance(0);
  cluster.close();
  cluster.close();
  await told;
  expect([transport.openConnections(), clock.pending]).toEqual([0, 0]);
});

test("a broker without versions that this client speaks is told by name", async () => {
  const old = { apiKeys: everyVersion.apiKeys.map(({ apiKey }) => ({ apiKey, minVersion: 0, maxVersion: 0 })) };
  const { cluster } = setUp({ bootstrap: ["a"], nodes: [], brokers: { a: { answer: () => old } } });
  await expect(cluster.connect()).rejects.toMatchObject({
    kafkaError: "UNSUPPORTED_VERSION",
    message: expect.stringContaining("a:1") as unknown,
  });
  const refusing = { errorCode: errorCodes.UNSUPPORTED_VERSION, apiKeys: [] };
  const other = setUp({ bootstrap: ["a"], nodes: [], brokers: { a: { answer: () => refusing } } });
  await expect(other.cluster.connect()).rejects.toMatchObject({ kafkaError: "UNSUPPORTED_VERSION" });
});
