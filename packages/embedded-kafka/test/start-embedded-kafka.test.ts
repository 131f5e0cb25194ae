import { createVirtualClock, waitFor } from "@millrace/testing";
import { expect, test } from "vitest";
import { startEmbeddedKafka } from "../src/index.ts";
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
