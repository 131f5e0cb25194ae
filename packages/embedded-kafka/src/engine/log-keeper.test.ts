import { errorCodes } from "@millrace/protocol";
import { createVirtualClock } from "@millrace/testing";
import { expect, test } from "vitest";
import { batchOf } from "../../test/support/batch.ts";
import { engineClient } from "../../test/support/engine-client.ts";
import { createBrokerEngine } from "./broker-engine.ts";
import type { BrokerEngineOptions } from "./broker-engine-options.ts";

function setUp(options: BrokerEngineOptions) {
  const clock = createVirtualClock();
  const engine = createBrokerEngine({ clock, ...options });
  const call = engineClient(engine);
  const produce = async (bytes: number, topic = "t") => {
    const records = batchOf(["v".repeat(bytes)], { timestamp: clock.now() });
    const topicData = [{ name: topic, partitionData: [{ index: 0, records }] }];
    const answer = await call("Produce", { acks: -1, timeoutMs: 1_000, topicData }, { version: 9 });
    return answer!.responses[0]!.partitionResponses[0]!;
  };
  return { clock, engine, call, produce };
}

test("records go when their time is over, at the next check, and nothing waits once all are gone", async () => {
  const { clock, engine, produce } = setUp({ topics: [{ name: "t", configs: { "retention.ms": "60000" } }], logCheckIntervalMs: 10_000 });
  await produce(10);
  await clock.advance(59_000);
  expect(engine.records("t")).toHaveLength(1);
  await clock.advance(12_000);
  expect(engine.records("t")).toHaveLength(0);
  await clock.advance(20_000);
  expect(clock.pending).toBe(0);
  expect((await produce(10)).baseOffset).toBe(1);
  engine.close();
  expect(clock.pending).toBe(0);
});

test("retention can be applied at once, by what the topic's configs say now", async () => {
  const { engine, call, produce } = setUp({ topics: [{ name: "t" }] });
  await produce(10);
  engine.applyRetention();
  expect(engine.records("t")).toHaveLength(1);
  const configs = [{ name: "retention.bytes", configOperation: 0, value: "0" }];
  await call("IncrementalAlterConfigs", { resources: [{ resourceType: 2, resourceName: "t", configs }] });
  engine.applyRetention();
  expect(engine.records("t")).toHaveLength(0);
});

test("when memory runs out, what retention allows goes, and where nothing may go the producer hears why", async () => {
  const { clock, engine, call, produce } = setUp({
    maxLogBytes: 150_000,
    topics: [{ name: "t" }, { name: "short", configs: { "retention.ms": "1000" } }],
  });
  for (let count = 0; count < 3; count++) expect((await produce(25_000, "short")).errorCode).toBe(0);
  await clock.advance(2_000);
  // What has expired makes way although no check is due.
  let accepted = 0;
  let answer = await produce(25_000);
  for (; answer.errorCode === 0; answer = await produce(25_000)) accepted++;
  expect(engine.records("short")).toHaveLength(0);
  expect(answer).toMatchObject({ errorCode: errorCodes.POLICY_VIOLATION, baseOffset: -1 });
  expect(answer.errorMessage).toMatch(/maxLogBytes \(150000\)/);
  expect(accepted).toBeGreaterThan(3);
  expect(engine.records("t")).toHaveLength(accepted);
  await call("DeleteTopics", { topicNames: ["t"] }, { version: 5 });
  expect((await produce(25_000, "short")).errorCode).toBe(0);
});

test("compacted topics are compacted at the next check or at once, the newest segment only when it is told to end", async () => {
  const configs = { "cleanup.policy": "compact" };
  const { engine, produce } = setUp({ topics: [{ name: "t", configs }, { name: "kept" }] });
  for (let count = 0; count < 3; count++) {
    await produce(count);
    await produce(count, "kept");
  }
  engine.compact();
  expect(engine.records("t")).toHaveLength(3);
  engine.compact({ rollFirst: true });
  expect(engine.records("t").map(({ offset, value }) => [offset, value?.length])).toEqual([[2, 2]]);
  expect(engine.records("kept")).toHaveLength(3);
  expect((await produce(9)).baseOffset).toBe(3);
});

test("compaction is looked after every 15 seconds as by Kafka's cleaner, and as often as the broker's configs say", async () => {
  const configs = { "cleanup.policy": "compact", "segment.bytes": "1048576", "min.cleanable.dirty.ratio": "0" };
  const { clock, engine, call, produce } = setUp({ topics: [{ name: "t", configs }] });
  for (let count = 0; count < 3; count++) await produce(600_000);
  await clock.advance(14_000);
  expect(engine.records("t")).toHaveLength(3);
  await clock.advance(2_000);
  expect(engine.records("t").map(({ offset }) => offset)).toEqual([1, 2]);
  const change = [{ name: "log.cleaner.backoff.ms", configOperation: 0, value: "0" }];
  await call("IncrementalAlterConfigs", { resources: [{ resourceType: 4, resourceName: "1", configs: change }] });
  await produce(600_000);
  await clock.advance(15_000);
  await produce(600_000);
  await clock.advance(5);
  expect(engine.records("t").map(({ offset }) => offset)).toEqual([3, 4]);
  engine.close();
  expect(clock.pending).toBe(0);
});

test("without being asked, compaction waits until enough has been written anew", async () => {
  const configs = { "cleanup.policy": "compact", "segment.bytes": "1048576", "min.cleanable.dirty.ratio": "0.9" };
  const { clock, engine, produce } = setUp({ topics: [{ name: "t", configs }], logCheckIntervalMs: 1_000 });
  const offsets = () => engine.records("t").map(({ offset }) => offset);
  for (let count = 0; count < 3; count++) await produce(700_000);
  await clock.advance(1_500);
  // The newest segment has the last one.
  expect(offsets()).toEqual([1, 2]);
  await produce(700_000);
  await clock.advance(1_500);
  expect(offsets()).toEqual([1, 2, 3]);
  engine.compact();
  expect(offsets()).toEqual([2, 3]);
});
