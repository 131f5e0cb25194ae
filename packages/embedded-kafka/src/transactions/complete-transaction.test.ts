import { decodeRecordBatch, readControlRecord } from "@millrace/protocol";
import { createVirtualClock, seededRandom } from "@millrace/testing";
import { expect, test } from "vitest";
import { batchOf } from "../../test/support/batch.ts";
import { engineClient } from "../../test/support/engine-client.ts";
import { createBrokerEngine } from "../engine/broker-engine.ts";
import type { BrokerEngineOptions } from "../engine/broker-engine-options.ts";

async function setUp(configs: Readonly<Record<string, string>> = {}, options: BrokerEngineOptions = {}) {
  const clock = createVirtualClock();
  const engine = createBrokerEngine({ clock, random: seededRandom(1), topics: [{ name: "t", configs }], ...options });
  const call = engineClient(engine);
  const transactionalId = "tx";
  const { producerId, producerEpoch } = (await call("InitProducerId", {
    transactionalId,
    transactionTimeoutMs: 60_000,
    producerId: -1,
    producerEpoch: -1,
  }))!;
  const produce = async (values: readonly string[], sequence?: number): Promise<number> => {
    const identity = sequence === undefined ? {} : { producerId, producerEpoch, baseSequence: sequence, isTransactional: true };
    const records = batchOf(values, identity);
    const body = { transactionalId, acks: -1, timeoutMs: 1_000, topicData: [{ name: "t", partitionData: [{ index: 0, records }] }] };
    return (await call("Produce", body, { version: 12 }))!.responses[0]!.partitionResponses[0]!.errorCode;
  };
  const end = (committed: boolean) => call("EndTxn", { transactionalId, producerId, producerEpoch, committed }, { version: 5 });
  const fetch = async (isolationLevel: number, fetchOffset = 0, maxWaitMs = 0) => {
    const topics = [{ topic: "t", partitions: [{ partition: 0, fetchOffset, partitionMaxBytes: 100_000 }] }];
    const answer = await call("Fetch", { maxWaitMs, minBytes: 1, maxBytes: 100_000, isolationLevel, topics }, { version: 11 });
    return answer!.responses[0]!.partitions[0]!;
  };
  return { clock, engine, call, produce, end, fetch };
}

test("a marker says how the transaction ended, at the broker's time", async () => {
  const { clock, produce, end, fetch, engine } = await setUp({ "message.timestamp.type": "LogAppendTime" });
  await produce(["a"], 0);
  await clock.advance(500);
  await end(false);
  const { header, records } = decodeRecordBatch((await fetch(0, 1)).records!, 0);
  expect(header).toMatchObject({
    isControl: true,
    isTransactional: true,
    timestampType: "LogAppendTime",
    maxTimestamp: clock.now(),
    producerEpoch: 1,
  });
  expect(readControlRecord(records[0]!)).toEqual({ type: "abort", coordinatorEpoch: 0 });
  expect(engine.records("t").map(({ value }) => String(value))).toEqual(["a"]);
});

test("records given up below an open transaction move what is stable, and what is left of an aborted one is still named", async () => {
  const { call, produce, end, fetch } = await setUp();
  await produce(["a", "b"], 0);
  await produce(["plain"]);
  const cut = (offset: number) => call("DeleteRecords", { topics: [{ name: "t", partitions: [{ partitionIndex: 0, offset }] }] });
  await cut(1);
  expect(await fetch(1, 1)).toMatchObject({ lastStableOffset: 1, logStartOffset: 1, highWatermark: 3 });
  await end(false);
  expect(await fetch(1, 1)).toMatchObject({ lastStableOffset: 4, abortedTransactions: [{ firstOffset: 0 }] });
  await cut(-1);
  expect(await fetch(1, 4)).toMatchObject({ errorCode: 0, abortedTransactions: [] });
});

test("a reader of committed records that waits is woken by the marker, and the time-out wakes it too", async () => {
  const { clock, produce, fetch } = await setUp();
  await produce(["a"], 0);
  const waiting = fetch(1, 0, 300_000);
  await clock.advance(59_999);
  await clock.advance(1);
  expect(await waiting).toMatchObject({ lastStableOffset: 2, abortedTransactions: [{ firstOffset: 0 }] });
});

test("a topic that is made again under the same name gets the marker of the transaction that wrote to the old one", async () => {
  const { call, produce, end, fetch } = await setUp();
  await produce(["a"], 0);
  await call("DeleteTopics", { topicNames: ["t"], timeoutMs: 1_000 }, { version: 5 });
  await call("CreateTopics", { timeoutMs: 1_000, topics: [{ name: "t", numPartitions: 1, replicationFactor: 1 }] });
  expect((await end(true))!.errorCode).toBe(0);
  expect(await fetch(1)).toMatchObject({ highWatermark: 1, lastStableOffset: 1, abortedTransactions: [] });
});

test("where memory has run out a transaction with records still ends, and one without leaves no marker", async () => {
  const { call, produce, end, fetch } = await setUp({ "retention.ms": "-1" }, { maxLogBytes: 20_000 });
  await produce(["x".repeat(16_000)], 0);
  expect(await produce(["y".repeat(16_000)], 1)).not.toBe(0);
  await end(true);
  const { highWatermark } = await fetch(1);
  expect(highWatermark).toBe(2);
  const transactionalId = "other";
  const other = (await call("InitProducerId", { transactionalId, transactionTimeoutMs: 60_000, producerId: -1, producerEpoch: -1 }))!;
  const { producerId, producerEpoch } = other;
  const identity = { v3AndBelowTransactionalId: transactionalId, v3AndBelowProducerId: producerId, v3AndBelowProducerEpoch: producerEpoch };
  for (let round = 0; round < 1_000; round++) {
    await call("AddPartitionsToTxn", { ...identity, v3AndBelowTopics: [{ name: "t", partitions: [0] }] }, { version: 3 });
    expect((await call("EndTxn", { transactionalId, producerId, producerEpoch, committed: true }, { version: 4 }))!.errorCode).toBe(0);
  }
  // Only the piece of memory that the marker with records had to take was there to be filled.
  expect((await fetch(1)).highWatermark).toBeLessThan(900);
});
