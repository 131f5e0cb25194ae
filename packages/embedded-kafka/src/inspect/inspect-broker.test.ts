import { gzipSync } from "node:zlib";
import { encodeRecordBatch, type RecordBatchInput } from "@millrace/protocol";
import { createVirtualClock } from "@millrace/testing";
import { expect, test } from "vitest";
import { batchOf } from "../../test/support/batch.ts";
import { engineClient } from "../../test/support/engine-client.ts";
import { createBrokerEngine } from "../index.ts";

function setUp() {
  const engine = createBrokerEngine({ clock: createVirtualClock(), topics: [{ name: "t", partitions: 2 }] });
  const call = engineClient(engine);
  const produce = async (records: Buffer, index = 0, transactionalId: string | null = null) => {
    const topicData = [{ name: "t", partitionData: [{ index, records }] }];
    const answer = await call("Produce", { acks: -1, timeoutMs: 1, transactionalId, topicData }, { version: 12 });
    expect(answer!.responses[0]!.partitionResponses[0]!.errorCode).toBe(0);
  };
  return { engine, call, produce };
}

test("records are those that a consumer of the asked isolation would read", async () => {
  const { engine, call, produce } = setUp();
  const transaction = async (transactionalId: string, value: string, committed?: boolean) => {
    const { producerId, producerEpoch } = (await call("InitProducerId", { transactionalId, transactionTimeoutMs: 60_000 }))!;
    const producer = { producerId, producerEpoch };
    await produce(batchOf([value], { ...producer, baseSequence: 0, isTransactional: true }), 0, transactionalId);
    if (committed !== undefined) await call("EndTxn", { transactionalId, ...producer, committed });
  };
  await transaction("a", "aborted", false);
  await transaction("b", "committed", true);
  await produce(batchOf(["plain"]));
  await transaction("c", "open");
  await produce(batchOf(["behind"]));
  await produce(batchOf(["elsewhere"]), 1);
  const values = (selection: Parameters<typeof engine.records>[1]) => engine.records("t", selection).map(({ value }) => value!.toString());
  expect(values({ partition: 0 })).toEqual(["aborted", "committed", "plain", "open", "behind"]);
  expect(values({ isolation: "read_committed" })).toEqual(["committed", "plain", "elsewhere"]);
  expect(values({ isolation: "read_committed", partition: 1 })).toEqual(["elsewhere"]);
  expect(engine.records("t", { partition: 0 }).map(({ offset }) => offset)).toEqual([0, 2, 4, 5, 6]);
  engine.close();
});

test("compressed records are unpacked, headers and nulls come as they are, and what was deleted does not", async () => {
  const { engine, call, produce } = setUp();
  const gzip: Pick<RecordBatchInput, "compression" | "compress"> = { compression: "gzip", compress: (data) => gzipSync(data) };
  const record = { timestamp: 7, key: null, value: null, headers: [["h", null] as const] };
  await produce(encodeRecordBatch({ ...gzip, records: [record, { ...record, timestamp: 8, value: Buffer.from("v") }] }));
  await call("DeleteRecords", { topics: [{ name: "t", partitions: [{ partitionIndex: 0, offset: 1 }] }], timeoutMs: 1 });
  expect(engine.records("t")).toMatchObject([{ topic: "t", partition: 0, offset: 1, timestamp: 8, key: null, value: Buffer.from("v") }]);
  expect(engine.records("t")[0]!.headers).toEqual([["h", null]]);
  expect(engine.records("absent")).toEqual([]);
  engine.close();
});
