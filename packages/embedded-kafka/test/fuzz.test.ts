import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { encodeRequest } from "@millrace/protocol";
import { expect, test } from "vitest";
import { batchOf } from "./support/batch.ts";
import { fuzz, startFuzzBroker } from "./support/fuzz-broker.ts";
import { framed } from "./support/mutated-requests.ts";
import { openRawClient } from "./support/raw-client.ts";

/** Any other one by hand. */
const seed = 20_261_121;
const slowConnections = 400;

test("no mutation of any request of any version makes the broker fail, and it serves on", { timeout: 60_000 }, async () => {
  const { broker, failures } = await startFuzzBroker();
  try {
    expect(await fuzz(broker, seed, 4)).toBeGreaterThan(600);
    expect(failures, `seed ${seed}`).toEqual([]);
    await broker.reset();
    const client = await openRawClient(broker);
    const records = batchOf(["still here"]);
    await client.call("Produce", 9, { acks: -1, topicData: [{ name: "t", partitionData: [{ index: 0, records }] }] });
    expect(broker.records("t").map(({ value }) => String(value))).toEqual(["still here"]);
    client.close();
  } finally {
    await broker.close();
  }
});

test("mutated requests leave nothing behind in memory", { timeout: 60_000 }, async () => {
  const script = new URL("./support/run-fuzz-memory.ts", import.meta.url).pathname;
  const nodeOptions = ["--expose-gc", "--conditions=@millrace/source"];
  const { stdout } = await promisify(execFile)(process.execPath, [...nodeOptions, script, String(seed)]);
  const { grownBytes, failures } = JSON.parse(stdout) as { grownBytes: number; failures: string[] };
  expect(failures).toEqual([]);
  expect(grownBytes).toBeLessThan(3_000_000);
});

test("hundreds of connections that stop in the middle of a request, byte after byte, hold up nobody", { timeout: 120_000 }, async () => {
  const { broker } = await startFuzzBroker();
  const bytes = framed(
    encodeRequest({ api: "Metadata", version: 12, correlationId: 7, clientId: "slow", body: { topics: [{ name: "t" }] } }),
  );
  const slow = await Promise.all(Array.from({ length: slowConnections }, () => openRawClient(broker)));
  const healthy = await openRawClient(broker);
  try {
    for (let at = 0; at < bytes.length - 1; at++) {
      for (const [index, client] of slow.entries()) if (at <= index) client.socket.write(bytes.subarray(at, at + 1));
      // Everyone's byte is under way before the next one follows.
      expect((await healthy.call("ApiVersions", 0, {})).errorCode).toBe(0);
    }
    const complete = slow.slice(bytes.length);
    for (const client of complete) client.socket.write(bytes.subarray(bytes.length - 1));
    for (const client of complete) expect((await client.receive()).readInt32BE(0)).toBe(7);
  } finally {
    for (const client of [...slow, healthy]) client.close();
    await broker.close();
  }
});
