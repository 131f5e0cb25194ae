import { waitFor } from "@millrace/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Crowd, type CrowdedBroker, type CrowdKind, openCrowd, startCrowdedBroker } from "./crowd/crowd.ts";
import { batchOf } from "./support/batch.ts";
import { openRawClient } from "./support/raw-client.ts";

// Broker, crowd and the one client that wants to be served are three processes: none of them waits for another's event loop.

const roundTrips = 50;
/** How long an ordinary client may wait for an answer: mostly, and at worst, on a machine that has much else to do. */
const mostlyMs = 1_000;
const atWorstMs = 5_000;
/** How long a crowd is looked at. */
const lookMs = 1_500;
const timeout = 120_000;

let broker: CrowdedBroker;

beforeAll(async () => {
  broker = await startCrowdedBroker();
});
afterAll(() => broker.close());

/** How long an ordinary client waits that connects and asks one question after another. */
async function waitedMs(): Promise<{ readonly mostly: number; readonly atWorst: number }> {
  const times: number[] = [];
  let startedAt = performance.now();
  const client = await openRawClient(broker);
  for (let trip = 0; trip < roundTrips; trip++) {
    await client.call("Metadata", 8, { topics: [{ name: "t" }] });
    times.push(performance.now() - startedAt);
    startedAt = performance.now();
  }
  client.close();
  times.sort((one, other) => one - other);
  return { mostly: times[roundTrips / 2]!, atWorst: times.at(-1)! };
}

/** What the broker holds once it has so many connections, which is no more than that. */
async function bytesWith(connections: number, mostBytes = Number.POSITIVE_INFINITY): Promise<number> {
  return await waitFor(
    async () => {
      const memory = await broker.memory();
      expect(memory.connections).toBe(connections);
      const bytes = memory.heapBytes + memory.externalBytes;
      expect(bytes).toBeLessThan(mostBytes);
      return bytes;
    },
    { what: `at most ${mostBytes} bytes with ${connections} connections`, timeoutMs: 30_000, intervalMs: 100 },
  );
}

/** Lets a crowd in, looks at the broker meanwhile, and afterwards at what is left of it. `stay`: how many of them the broker keeps. */
async function crowded(kind: CrowdKind, count: number, bytesEach: number, stay = count): Promise<void> {
  // Compiled code and caches come first.
  await waitedMs();
  const before = await bytesWith(0);
  const crowd: Crowd = await openCrowd(broker, kind, count);
  try {
    let most = 0;
    const endsAt = performance.now() + lookMs;
    do {
      const { mostly, atWorst } = await waitedMs();
      expect(mostly).toBeLessThan(mostlyMs);
      expect(atWorst).toBeLessThan(atWorstMs);
      const bytes = await bytesWith(stay, stay === 0 ? before + count * bytesEach : undefined);
      most = Math.max(most, (bytes - before) / count);
      expect(most).toBeLessThan(bytesEach);
    } while (performance.now() < endsAt);
    console.info(`${count} ${kind}: at most ${(most / 1_000).toFixed(1)} kB each`);
    if (stay === count) expect(await crowd.lost()).toBe(0);
  } finally {
    await crowd.leave();
  }
  await bytesWith(0, before + 1_000_000 + count * 100);
}

test("5,000 idle connections are held and let go, and an ordinary client is served meanwhile", { timeout }, () =>
  crowded("idle", 5_000, 20_000),
);

test("half-sent requests of thousands of connections take no memory for what their lengths claim", { timeout }, () =>
  crowded("half-sent", 2_000, 20_000),
);

test("requests of hundreds of connections that come byte by byte hold up nobody", { timeout }, () => crowded("byte-by-byte", 500, 20_000));

test("requests whose answers nobody reads are not answered without bound", { timeout }, () => crowded("unread-answers", 10, 2_000_000));

test("the fetches that wait for connections that go are forgotten", { timeout }, () => crowded("long-poll", 2_000, 20_000));

test("records that nobody reads are not copied for every connection that asks for them", { timeout }, async () => {
  const client = await openRawClient(broker);
  for (let batch = 0; batch < 20; batch++) {
    const records = batchOf(["v".repeat(1_000_000)]);
    await client.call("Produce", 7, { acks: 1, topicData: [{ name: "t", partitionData: [{ index: 0, records }] }] });
  }
  client.close();
  await crowded("unread-records", 50, 200_000);
});

test("connections that do not read, or have sent too much to be listened to, are closed as idle", { timeout }, async () => {
  const patient = broker;
  broker = await startCrowdedBroker({ connectionIdleMs: 1_500 });
  try {
    await crowded("long-poll-and-more", 20, 100_000, 0);
    await crowded("unread-answers", 10, 200_000, 0);
  } finally {
    await broker.close();
    broker = patient;
  }
});
