import { encodeRequest } from "@millrace/protocol";
import { seededRandom } from "@millrace/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type EmbeddedKafka, startEmbeddedKafka } from "../src/index.ts";
import { batchOf } from "./support/batch.ts";
import { framed } from "./support/mutated-requests.ts";
import { openRawClient } from "./support/raw-client.ts";
import { sendBytes } from "./support/send-bytes.ts";

let broker: EmbeddedKafka;

beforeAll(async () => {
  broker = await startEmbeddedKafka({ topics: [{ name: "t" }] });
});
afterAll(() => broker.close());

async function expectAlive(): Promise<void> {
  const client = await openRawClient(broker);
  expect((await client.call("ApiVersions", 0, {})).errorCode).toBe(0);
  client.close();
}

test("a length of two gigabytes closes the connection without taking memory", async () => {
  const before = process.memoryUsage();
  const client = await openRawClient(broker);
  client.socket.write(Buffer.from([0x7f, 0xff, 0xff, 0xff, 1, 2, 3]));
  await client.closed;
  const after = process.memoryUsage();
  expect(after.arrayBuffers + after.external - before.arrayBuffers - before.external).toBeLessThan(50_000_000);
  await expectAlive();
});

test("an array of more elements than a cluster has partitions closes the connection at once", async () => {
  const request = Buffer.concat([
    encodeRequest({ api: "Metadata", version: 1, correlationId: 1, clientId: "c", body: { topics: [] } }).subarray(0, -4),
    Buffer.from([0, 0x98, 0x96, 0x80]),
    // Ten million topics without a name.
    Buffer.alloc(20_000_000),
  ]);
  const client = await openRawClient(broker);
  client.socket.write(framed(request));
  const answered = client.receive();
  await expect(answered).rejects.toThrow("the connection was closed");
  await expectAlive();
});

test("a negative length closes the connection", async () => {
  const client = await openRawClient(broker);
  client.socket.write(Buffer.from([0xff, 0xff, 0xff, 0xff]));
  await client.closed;
  await expectAlive();
});

test("an HTTP request closes the connection", async () => {
  const client = await openRawClient(broker);
  client.socket.write("GET / HTTP/1.1\r\nhost: localhost\r\n\r\n");
  await client.closed;
  await expectAlive();
});

test("random bytes, torn requests and requests with flipped bits neither crash nor wedge it", async () => {
  const random = seededRandom(20_261_121);
  const below = (limit: number): number => Math.floor(random() * limit);
  const good = [
    encodeRequest({ api: "Metadata", version: 12, correlationId: 1, clientId: "c", body: { topics: [{ name: "t" }] } }),
    encodeRequest({
      api: "Produce",
      version: 9,
      correlationId: 2,
      clientId: "c",
      body: { acks: 1, topicData: [{ name: "t", partitionData: [{ index: 0, records: batchOf(["x", "y"]) }] }] },
    }),
    encodeRequest({
      api: "JoinGroup",
      version: 7,
      correlationId: 3,
      clientId: "c",
      body: { groupId: "g", sessionTimeoutMs: 10_000, protocolType: "consumer", protocols: [{ name: "range", metadata: Buffer.alloc(8) }] },
    }),
    encodeRequest({
      api: "OffsetCommit",
      version: 8,
      correlationId: 4,
      clientId: "c",
      body: { groupId: "g", topics: [{ name: "t", partitions: [{ partitionIndex: 0, committedOffset: 1 }] }] },
    }),
  ];
  const attacks: Buffer[] = [];
  for (let attempt = 0; attempt < 300; attempt++) {
    const frame = Buffer.from(good[below(good.length)]!);
    const kind = below(4);
    if (kind === 0) attacks.push(Buffer.from(Array.from({ length: below(200) }, () => below(256))));
    else if (kind === 1) attacks.push(framed(frame).subarray(0, below(frame.length)));
    else if (kind === 2) attacks.push(framed(frame.subarray(0, below(frame.length))));
    else {
      for (let flips = 1 + below(6); flips > 0; flips--) {
        const at = 8 + below(frame.length - 8);
        frame[at] = frame[at]! ^ (1 << below(8));
      }
      attacks.push(framed(frame));
    }
  }
  for (let index = 0; index < attacks.length; index += 20)
    await Promise.all(attacks.slice(index, index + 20).map((bytes) => sendBytes(broker, bytes)));
  await expectAlive();
  expect(broker.records("t")).toBeInstanceOf(Array);
});

test("a request that comes byte by byte is served like any other, and one that never ends holds up nobody", async () => {
  const slow = await openRawClient(broker);
  const bytes = framed(encodeRequest({ api: "ApiVersions", version: 0, correlationId: 9, clientId: "slow", body: {} }));
  slow.socket.setNoDelay(true);
  for (const byte of bytes.subarray(0, bytes.length - 1)) {
    slow.socket.write(Buffer.from([byte]));
    await new Promise((resolve) => setImmediate(resolve));
  }
  await expectAlive();
  slow.socket.write(bytes.subarray(bytes.length - 1));
  expect((await slow.receive()).readInt32BE(0)).toBe(9);
  slow.close();
});

test("a client that asks and does not read is not served without bound", async () => {
  const producer = await openRawClient(broker);
  const records = batchOf(["v".repeat(900_000)]);
  await producer.call("Produce", 7, { acks: 1, topicData: [{ name: "t", partitionData: [{ index: 0, records }] }] });
  const { offset } = broker.records("t").at(-1)!;
  const greedy = await openRawClient(broker);
  greedy.socket.pause();
  const before = process.memoryUsage().arrayBuffers;
  for (let request = 0; request < 300; request++) {
    greedy.send("Fetch", 11, {
      maxWaitMs: 0,
      maxBytes: 2_000_000,
      topics: [{ topic: "t", partitions: [{ partition: 0, fetchOffset: offset, partitionMaxBytes: 2_000_000 }] }],
    });
  }
  await expectAlive();
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(100_000_000);
  greedy.close();
  producer.close();
});
