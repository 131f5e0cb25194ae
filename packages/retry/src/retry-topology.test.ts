import { topicConfigs } from "@millrace/topics";
import { expect, test } from "vitest";
import { encodeDeadLetter } from "./dead-letter-record.ts";
import { retryTopology } from "./retry-topology.ts";

test("a group's topics are named after source and group; the retry topic has the source's partitions, the audit topic is compacted", () => {
  const { deadLetters, retry, audit } = retryTopology({ topic: "orders", group: "team a", partitions: 6, replicationFactor: 3 });
  expect([deadLetters.name, audit.name]).toEqual(["dlq.orders", "dlq.orders.audit"]);
  expect(retry.name).toMatch(/^orders\.retry\.team.*a$/);
  expect([deadLetters.partitions, retry.partitions, audit.partitions]).toEqual([6, 6, 1]);
  expect([deadLetters, retry, audit].map(({ replicationFactor }) => replicationFactor)).toEqual([3, 3, 3]);
  expect(topicConfigs(deadLetters)).toMatchObject({ "cleanup.policy": "delete", "retention.ms": String(30 * 86_400_000) });
  expect(topicConfigs(audit)).toMatchObject({ "cleanup.policy": "compact" });
  expect(retryTopology({ topic: "orders", group: "g", partitions: 1, naming: "suffix", retentionMs: 5 }).deadLetters).toMatchObject({
    name: "orders.dead-letter",
    retentionMs: 5,
  });
});

test("each wait of a tiered retry has a topic like the retry topic", () => {
  const { tiers, retry } = retryTopology({ topic: "orders", group: "g", partitions: 6, tierCount: 2 });
  expect(tiers.map(({ name }) => name)).toEqual(["orders.retry.g.1", "orders.retry.g.2"]);
  for (const tier of tiers) expect({ ...tier, name: retry.name }).toEqual(retry);
  expect(retryTopology({ topic: "orders", group: "g", partitions: 6 }).tiers).toEqual([]);
});

test("the largest record that the source takes fits as a dead letter and as a redriven record, however its bytes grow", () => {
  const maxMessageBytes = 50_000;
  const { deadLetters, retry } = retryTopology({ topic: "orders", group: "g", partitions: 1, maxMessageBytes });
  const origin = { topic: "orders", partition: 0, offset: 0, timestamp: 0 };
  const worst = "\u0001";
  const sizes = [
    { key: Buffer.alloc(maxMessageBytes, 0xff), value: null, headers: [] },
    { key: null, value: Buffer.alloc(maxMessageBytes, 1), headers: [] },
    // A header of no bytes takes three on the wire.
    { key: null, value: null, headers: Array.from({ length: Math.floor(maxMessageBytes / 4) }, () => [worst, null] as const) },
    { key: null, value: null, headers: [[worst.repeat(maxMessageBytes), null] as const] },
  ].map((original) => {
    const failure = { type: "E".repeat(256), message: worst.repeat(4_096), code: worst.repeat(256), stack: worst.repeat(8_192) };
    const story = { attempts: 1, redrives: 0, failedAt: 0, consumerId: "c", disposition: "undecodable" } as const;
    const { key, value } = encodeDeadLetter("dlq.orders", { id: "i", origin, group: "g", failure, ...story, ...original });
    return (key?.length ?? 0) + value!.length;
  });
  for (const size of sizes) expect(size).toBeLessThan(deadLetters.maxMessageBytes! - 1_000);
  expect(retry.maxMessageBytes).toBeGreaterThan(maxMessageBytes + 1_000);
});

test("sizes stay within what Kafka can hold", () => {
  const { deadLetters, retry } = retryTopology({ topic: "orders", group: "g", partitions: 1, maxMessageBytes: 2 ** 31 - 1 });
  expect([deadLetters.maxMessageBytes, retry.maxMessageBytes]).toEqual([2 ** 31 - 1, 2 ** 31 - 1]);
});
