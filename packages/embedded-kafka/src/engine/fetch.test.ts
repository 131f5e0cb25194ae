import { batchesIn, errorCodes, type RequestTypes } from "@millrace/protocol";
import { createVirtualClock } from "@millrace/testing";
import { expect, test } from "vitest";
import { batchOf } from "../../test/support/batch.ts";
import { engineClient } from "../../test/support/engine-client.ts";
import { createBrokerEngine } from "./broker-engine.ts";

type FetchPartition = RequestTypes["Fetch"]["topics"][number]["partitions"][number];

function setUp() {
  const clock = createVirtualClock();
  const engine = createBrokerEngine({ clock, topics: [{ name: "t", partitions: 2 }, { name: "u" }] });
  const call = engineClient(engine);
  const produce = (value: string, index = 0, name = "t") =>
    call("Produce", { acks: 1, topicData: [{ name, partitionData: [{ index, records: batchOf([value]) }] }] }, { version: 9 });
  const fetch = (partition: Partial<FetchPartition> = {}, body: Partial<RequestTypes["Fetch"]> = {}, options = {}) =>
    call(
      "Fetch",
      {
        maxWaitMs: 1_000,
        minBytes: 1,
        maxBytes: 1_000_000,
        topics: [{ topic: "t", partitions: [{ partition: 0, fetchOffset: 0, partitionMaxBytes: 1_000_000, ...partition }] }],
        ...body,
      },
      { version: 12, ...options },
    );
  const partitionOf = (answer: Awaited<ReturnType<typeof fetch>>) => answer!.responses[0]!.partitions[0]!;
  return { clock, engine, call, produce, fetch, partitionOf };
}

const offsetsIn = (records: Buffer | null): number[] => [...batchesIn(records ?? Buffer.alloc(0))].map((header) => header.baseOffset);

test("a fetch with nothing to read waits for an append and no longer than it says", async () => {
  const { clock, fetch, produce, partitionOf } = setUp();
  const woken = fetch();
  await clock.advance(500);
  await produce("value");
  expect(offsetsIn(partitionOf(await woken).records)).toEqual([0]);
  const pendingBefore = clock.pending;
  const patient = fetch({ fetchOffset: 1 });
  const answer = await clock.runUntil(patient);
  expect(partitionOf(answer)).toMatchObject({ errorCode: 0, highWatermark: 1, lastStableOffset: 1, logStartOffset: 0 });
  expect(partitionOf(answer).records).toHaveLength(0);
  expect(clock.now() - Date.UTC(2026, 0, 1)).toBe(1_500);
  expect(clock.pending).toBe(pendingBefore);
});

test("a fetch that wants more bytes sleeps through small appends, and appends elsewhere do not wake it", async () => {
  const { clock, fetch, produce, partitionOf } = setUp();
  const size = batchOf(["value"]).length;
  let answered = false;
  const waiting = fetch({}, { minBytes: size * 2 }).finally(() => {
    answered = true;
  });
  await produce("value");
  await produce("value", 1);
  await produce("value", 0, "u");
  await clock.advance(1);
  expect(answered).toBe(false);
  await produce("value");
  expect(offsetsIn(partitionOf(await waiting).records)).toEqual([0, 1]);
});

test("one produce request to several partitions wakes a fetch once it is all there", async () => {
  const { call, clock } = setUp();
  const waiting = call(
    "Fetch",
    {
      maxWaitMs: 1_000,
      minBytes: 1,
      maxBytes: 1_000_000,
      topics: [{ topic: "t", partitions: [0, 1].map((partition) => ({ partition, partitionMaxBytes: 1_000_000 })) }],
    },
    { version: 12 },
  );
  await clock.advance(1);
  await call(
    "Produce",
    { acks: 1, topicData: [{ name: "t", partitionData: [0, 1].map((index) => ({ index, records: batchOf(["v"]) })) }] },
    { version: 9 },
  );
  expect((await waiting)!.responses[0]!.partitions.map(({ records }) => offsetsIn(records))).toEqual([[0], [0]]);
});

test("deleting its topic, losing its connection and closing the broker end a wait", async () => {
  const { clock, engine, fetch, call, partitionOf } = setUp();
  const deleted = fetch();
  const dropped = fetch({ partition: 1 }, {}, { connection: { id: "dropped" } });
  const kept = fetch({}, { topics: [{ topic: "u", partitions: [{ partition: 0, partitionMaxBytes: 1 } as FetchPartition] } as never] });
  await clock.advance(1);
  engine.connectionClosed("dropped");
  expect(await dropped).toBeUndefined();
  await call("DeleteTopics", { topicNames: ["t"] }, { version: 1 });
  expect(partitionOf(await deleted).errorCode).toBe(errorCodes.UNKNOWN_TOPIC_OR_PARTITION);
  engine.close();
  expect(partitionOf(await kept).errorCode).toBe(0);
  expect(clock.pending).toBe(0);
  await expect(fetch()).rejects.toMatchObject({ code: "REQUEST_REFUSED" });
});

test("limits hold for the whole answer in the order of the request, but one batch always comes", async () => {
  const { call, produce } = setUp();
  const value = "v".repeat(1_000);
  for (const index of [0, 0, 1]) await produce(value, index);
  const size = batchOf([value]).length;
  const read = async (maxBytes: number, partitionMaxBytes: number) => {
    const partitions = [1, 0].map((partition) => ({ partition, partitionMaxBytes }));
    const answer = await call("Fetch", { maxWaitMs: 0, minBytes: 1, maxBytes, topics: [{ topic: "t", partitions }] }, { version: 12 });
    return answer!.responses[0]!.partitions.map(({ partitionIndex, records }) => [partitionIndex, offsetsIn(records).length]);
  };
  expect(await read(1, 1)).toEqual([
    [1, 1],
    [0, 0],
  ]);
  expect(await read(size * 2, size * 9)).toEqual([
    [1, 1],
    [0, 1],
  ]);
  expect(await read(size * 9, size)).toEqual([
    [1, 1],
    [0, 1],
  ]);
  expect(await read(size * 9, size * 9)).toEqual([
    [1, 1],
    [0, 2],
  ]);
});

test("more than enough may come in several answers, but never less than was asked for at least", async () => {
  const { fetch, produce, partitionOf } = setUp();
  for (let batch = 0; batch < 30; batch++) await produce("v".repeat(10_000));
  const large = { partitionMaxBytes: 1_000_000 };
  const read: number[] = [];
  let answers = 0;
  while (read.length < 30) {
    read.push(...offsetsIn(partitionOf(await fetch({ ...large, fetchOffset: read.length })).records));
    answers++;
  }
  expect(read).toEqual(Array.from({ length: 30 }, (_, offset) => offset));
  expect(answers).toBeGreaterThan(1);
  const whole = partitionOf(await fetch(large, { minBytes: 300_000 })).records;
  expect(offsetsIn(whole)).toEqual(read);
});

test("offsets outside the log, unknown partitions and wrong leader epochs are errors at once", async () => {
  const { call, fetch, produce, partitionOf } = setUp();
  await produce("a");
  await produce("b");
  await call("DeleteRecords", { topics: [{ name: "t", partitions: [{ partitionIndex: 0, offset: 1 }] }] });
  const errorOf = async (partition: Partial<FetchPartition>) => partitionOf(await fetch(partition)).errorCode;
  expect(await errorOf({ fetchOffset: 0 })).toBe(errorCodes.OFFSET_OUT_OF_RANGE);
  expect(await errorOf({ fetchOffset: 3 })).toBe(errorCodes.OFFSET_OUT_OF_RANGE);
  expect(await errorOf({ partition: 9 })).toBe(errorCodes.UNKNOWN_TOPIC_OR_PARTITION);
  expect(await errorOf({ fetchOffset: 1, currentLeaderEpoch: 1 })).toBe(errorCodes.UNKNOWN_LEADER_EPOCH);
  expect(await errorOf({ fetchOffset: 1, lastFetchedEpoch: 5 })).toBe(errorCodes.OFFSET_OUT_OF_RANGE);
  expect(await errorOf({ fetchOffset: 1, currentLeaderEpoch: 0, lastFetchedEpoch: 0 })).toBe(0);
});

test("a client that has read past the end of its epoch is told where to go back to", async () => {
  const { fetch, produce, partitionOf } = setUp();
  await produce("a");
  const answer = partitionOf(await fetch({ fetchOffset: 1_000, lastFetchedEpoch: 0 }));
  expect(answer).toMatchObject({ errorCode: 0, divergingEpoch: { epoch: 0, endOffset: 1 } });
});

test("topics go by id from version 13 on, and a topic made again has another one", async () => {
  const { call } = setUp();
  const idOf = async () => (await call("Metadata", { topics: [{ name: "t" }] }, { version: 12 }))!.topics[0]!.topicId;
  const fetchById = async (topicId: string) => {
    const partitions = [{ partition: 0, partitionMaxBytes: 100 }];
    const answer = await call("Fetch", { maxWaitMs: 0, maxBytes: 100, topics: [{ topicId, partitions }] }, { version: 13 });
    return answer!.responses[0]!;
  };
  const first = await idOf();
  expect(await fetchById(first)).toMatchObject({ topicId: first, partitions: [{ errorCode: 0 }] });
  await call("DeleteTopics", { topics: [{ topicId: first }] }, { version: 6 });
  await call("CreateTopics", { topics: [{ name: "t", numPartitions: 1, replicationFactor: 1 }] }, { version: 7 });
  expect(await idOf()).not.toBe(first);
  expect((await fetchById(first)).partitions[0]!.errorCode).toBe(errorCodes.UNKNOWN_TOPIC_ID);
});

test("a session is opened when it is asked for, and one that a client only believes in is unknown", async () => {
  const { fetch } = setUp();
  const { sessionId } = (await fetch({}, { sessionId: 0, sessionEpoch: 0, maxWaitMs: 0 }))!;
  expect(sessionId).toBeGreaterThan(0);
  expect(await fetch({}, { sessionId, sessionEpoch: 2 })).toMatchObject({
    errorCode: errorCodes.INVALID_FETCH_SESSION_EPOCH,
    sessionId: 0,
  });
  expect(await fetch({}, { sessionId: sessionId + 1, sessionEpoch: 3 })).toMatchObject({
    errorCode: errorCodes.FETCH_SESSION_ID_NOT_FOUND,
    sessionId: 0,
  });
});

test("a broker that does not lead the partition says who does", async () => {
  const clock = createVirtualClock();
  const nodes = [1, 2].map((id) => ({ id, host: "127.0.0.1", port: 9_090 + id }));
  const engine = createBrokerEngine({ clock, nodes, topics: [{ name: "t", partitions: 2, replicationFactor: 1 }] });
  const call = engineClient(engine);
  const metadata = await call("Metadata", { topics: null });
  expect(metadata!.topics[0]!.partitions.map(({ leaderId }) => leaderId)).toEqual([1, 2]);
  const partitions = [{ partition: 1, partitionMaxBytes: 100 }];
  const { topicId } = metadata!.topics[0]!;
  const wrong = await call("Fetch", { maxWaitMs: 0, topics: [{ topicId, partitions }] }, { version: 16, nodeId: 1 });
  expect(wrong!.nodeEndpoints).toEqual([{ nodeId: 2, host: "127.0.0.1", port: 9_092, rack: null }]);
  expect(wrong!.responses[0]!.partitions[0]).toMatchObject({
    errorCode: errorCodes.NOT_LEADER_OR_FOLLOWER,
    currentLeader: { leaderId: 2, leaderEpoch: 0 },
  });
  const records = batchOf(["v"]);
  const produced = await call(
    "Produce",
    { acks: 1, topicData: [{ name: "t", partitionData: [{ index: 1, records }] }] },
    { version: 10, nodeId: 1 },
  );
  expect(produced!.responses[0]!.partitionResponses[0]).toMatchObject({
    errorCode: errorCodes.NOT_LEADER_OR_FOLLOWER,
    currentLeader: { leaderId: 2 },
  });
});
