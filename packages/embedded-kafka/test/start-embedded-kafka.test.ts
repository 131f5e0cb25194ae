import { InvalidOptionsError } from "@millrace/core";
import { createVirtualClock, waitFor } from "@millrace/testing";
import { expect, test } from "vitest";
import { type EmbeddedKafkaOptions, startEmbeddedKafka } from "../src/index.ts";
import { openRawClient } from "./support/raw-client.ts";

test("it is ready when it says so, on a port of its own, and many can run side by side", async () => {
  const brokers = await Promise.all([
    startEmbeddedKafka(),
    startEmbeddedKafka({ host: "localhost" }),
    startEmbeddedKafka({ topics: [{ name: "t" }] }),
  ]);
  expect(new Set(brokers.map(({ port }) => port)).size).toBe(3);
  for (const broker of brokers) {
    const client = await openRawClient(broker);
    const metadata = await client.call("Metadata", 1, { topics: null });
    expect(metadata.brokers).toMatchObject([{ nodeId: 1, host: broker.host, port: broker.port }]);
    expect(broker.brokers).toEqual([`${broker.host}:${broker.port}`]);
    client.close();
  }
  await Promise.all(brokers.map((broker) => broker.close()));
});

test("addresses that others could reach are refused, with every other problem", async () => {
  const start = startEmbeddedKafka({ host: "0.0.0.0", port: 70_000, maxRequestBytes: 0, connectionIdleMs: -1 });
  await expect(start).rejects.toMatchObject({ code: "INVALID_OPTIONS", problems: { length: 4 } });
  await expect(startEmbeddedKafka({ host: "example.com" })).rejects.toMatchObject({ code: "INVALID_OPTIONS" });
  await expect(startEmbeddedKafka({ defaultPartitions: 0 })).rejects.toMatchObject({ code: "INVALID_OPTIONS" });
});

/** What is wrong with options that a program without types may give. */
async function problemsOf(options: unknown): Promise<readonly string[]> {
  const error: unknown = await startEmbeddedKafka(options as EmbeddedKafkaOptions).then(
    (broker) => broker.close(),
    (reason: unknown) => reason,
  );
  return InvalidOptionsError.is(error) ? error.problems : [String(error)];
}

test("options that are misspelt, of another type or out of range are named, those of sockets, engine and topics together", async () => {
  expect(await problemsOf(null)).toEqual(["the options must be an object such as { port: 9092 }, not null"]);
  expect(
    await problemsOf({ port: "9092", autoCreateTopic: false, groups: { maxSize: 0, size: 1 }, transactions: { maxTimeoutMs: 0.5 } }),
  ).toEqual([
    'port must be a number, not "9092"',
    "autoCreateTopic is not an option; perhaps autoCreateTopics is meant",
    "groups.size is not an option",
    "groups.maxSize must be a whole number of at least 1, not 0",
    "transactions.maxTimeoutMs must be a whole number of at least 1, not 0.5",
  ]);
});

test("topics of the options are looked at as closely as those that clients make", async () => {
  const configs = { "retention.ms": "soon", "segment.bites": "1" };
  expect(await problemsOf({ topics: ["orders", {}, { name: "a.b" }, { name: "a_b" }, { name: "t", configs }, { name: "t" }] })).toEqual([
    'topics[0] must be an object, not "orders"',
    "topics[1]: the topic name is empty",
    "topics[4]: invalid value soon for configuration retention.ms: not a number of type long",
    "topics[4]: unknown topic config name: segment.bites",
    'topics[3]: "a_b" collides with "a.b"',
    'topics[5]: "t" is there twice',
  ]);
  expect(await problemsOf({ maxPartitions: 4, topics: [{ name: "t", partitions: 5 }] })).toEqual([
    "topics must not have more than 4 partitions together (maxPartitions), not 5",
  ]);
});

test("a port that is taken is an error that names it", async () => {
  const first = await startEmbeddedKafka();
  await expect(startEmbeddedKafka({ port: first.port })).rejects.toMatchObject({ code: "LISTEN_FAILED", port: first.port });
  await first.close();
});

const longFetch = {
  maxWaitMs: 60_000,
  minBytes: 1,
  maxBytes: 10,
  topics: [{ topic: "t", partitions: [{ partition: 0, fetchOffset: 0, partitionMaxBytes: 1 }] }],
};

test("closing drops connections and what waits on them, and may be done again", async () => {
  const clock = createVirtualClock();
  const broker = await startEmbeddedKafka({ clock, topics: [{ name: "t" }] });
  const client = await openRawClient(broker);
  client.send("Fetch", 4, longFetch);
  await waitFor(() => clock.pending === 1);
  await Promise.all([broker.close(), broker.close()]);
  await broker[Symbol.asyncDispose]();
  await client.closed;
  expect(clock.pending).toBe(0);
  await expect(openRawClient(broker)).rejects.toMatchObject({ code: "ECONNREFUSED" });
});

test("a fetch that waits does not outlive its connection", async () => {
  const clock = createVirtualClock();
  const broker = await startEmbeddedKafka({ clock, topics: [{ name: "t" }] });
  const client = await openRawClient(broker);
  client.send("Fetch", 4, longFetch);
  await waitFor(() => clock.pending === 1);
  client.close();
  await waitFor(() => clock.pending === 0);
  await broker.close();
});

test("a connection that says nothing for too long is closed, one that waits for its answer is not", async () => {
  const broker = await startEmbeddedKafka({ connectionIdleMs: 50, topics: [{ name: "t" }] });
  const waiting = await openRawClient(broker);
  const answer = waiting.call("Fetch", 4, { ...longFetch, maxWaitMs: 400 });
  const silent = await openRawClient(broker);
  await silent.closed;
  expect((await answer).responses[0]!.partitions[0]!.errorCode).toBe(0);
  waiting.close();
  await broker.close();
});
