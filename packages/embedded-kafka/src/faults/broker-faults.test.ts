import { errorCodes } from "@millrace/protocol";
import { createVirtualClock, seededRandom, type VirtualClock } from "@millrace/testing";
import { afterEach, beforeEach, expect, test } from "vitest";
import { batchOf } from "../../test/support/batch.ts";
import { type EngineCall, engineClient } from "../../test/support/engine-client.ts";
import { type BrokerEngine, createBrokerEngine } from "../index.ts";

let clock: VirtualClock;
let engine: BrokerEngine;
let call: EngineCall;

beforeEach(() => {
  clock = createVirtualClock();
  engine = createBrokerEngine({ clock, random: seededRandom(7), topics: [{ name: "t", partitions: 2 }, { name: "u" }] });
  call = engineClient(engine);
});
afterEach(() => {
  engine.close();
  expect(clock.pending).toBe(0);
});

function produceBody(partitions: readonly number[], topics: readonly string[] = ["t"], value = "v") {
  return {
    acks: -1,
    topicData: topics.map((name) => ({ name, partitionData: partitions.map((index) => ({ index, records: batchOf([value]) })) })),
  };
}
/** The error of each partition, `t-0` first. */
async function produce(partitions: readonly number[] = [0], topics?: readonly string[], options: { readonly clientId?: string } = {}) {
  const answer = await call("Produce", produceBody(partitions, topics), { version: 9, ...options });
  return Object.fromEntries(
    answer!.responses.flatMap(({ name, partitionResponses }) =>
      partitionResponses.map(({ index, errorCode }) => [`${name}-${index}`, errorCode]),
    ),
  );
}
const refused = { code: "REQUEST_REFUSED" };
const { NOT_LEADER_OR_FOLLOWER, REQUEST_TIMED_OUT, NOT_COORDINATOR, COORDINATOR_NOT_AVAILABLE, LEADER_NOT_AVAILABLE } = errorCodes;

test("an error comes as often as it was asked for, after as many as were to be let pass", async () => {
  const fault = engine.faults.error("Produce", "NOT_LEADER_OR_FOLLOWER", { times: 2, skip: 1 });
  const seen = [];
  for (let index = 0; index < 4; index++) seen.push((await produce())["t-0"]);
  expect(seen).toEqual([0, NOT_LEADER_OR_FOLLOWER, NOT_LEADER_OR_FOLLOWER, 0]);
  expect(fault).toMatchObject({ kind: "error", hits: 2, active: false });
  expect(engine.records("t")).toHaveLength(2);
});

test("an error after the effect only hides it", async () => {
  engine.faults.error("Produce", "REQUEST_TIMED_OUT", { at: "after", times: 1 });
  expect(await produce()).toEqual({ "t-0": REQUEST_TIMED_OUT });
  expect(engine.records("t")).toHaveLength(1);
});

test.each(["before", "after"] as const)("an error %s the effect for one partition leaves the rest of the request alone", async (at) => {
  const fault = engine.faults.error("Produce", "REQUEST_TIMED_OUT", { topic: "t", partition: 1, at });
  expect(await produce([0, 1], ["t"])).toEqual({ "t-0": 0, "t-1": REQUEST_TIMED_OUT });
  expect(await produce([0], ["t", "u"])).toEqual({ "t-0": 0, "u-0": 0 });
  expect(fault.hits).toBe(1);
  expect(engine.records("t", { partition: 1 })).toHaveLength(at === "before" ? 0 : 1);
  fault.undo();
  expect(await produce([0, 1], ["t"])).toEqual({ "t-0": 0, "t-1": 0 });
});

test("an error for a topic finds it by its id, too, and in Metadata, where no topic is made", async () => {
  const topicId = (await call("Metadata", { topics: [{ name: "t" }] }))!.topics[0]!.topicId;
  engine.faults.error(["Produce", "Metadata"], "REQUEST_TIMED_OUT", { topic: "t" });
  const body = { acks: -1, topicData: [{ topicId, partitionData: [{ index: 0, records: batchOf(["v"]) }] }] };
  expect((await call("Produce", body))!.responses).toMatchObject([{ topicId, partitionResponses: [{ errorCode: REQUEST_TIMED_OUT }] }]);
  const metadata = await call("Metadata", { topics: [{ name: "t" }, { name: "u" }] });
  expect(metadata!.topics.map(({ errorCode }) => errorCode)).toEqual([REQUEST_TIMED_OUT, 0]);
});

test("with acks 0 an error closes the connection", async () => {
  engine.faults.error("Produce", "NOT_LEADER_OR_FOLLOWER");
  await expect(call("Produce", { ...produceBody([0]), acks: 0 }, { version: 9 })).rejects.toMatchObject(refused);
});

test("a scope narrows by client, node, connection, group, transaction and predicate", async () => {
  const { faults } = engine;
  const scopes = [
    faults.drop("Produce", { clientId: "other" }),
    faults.drop("*", { nodeId: 2 }),
    faults.drop("*", { connectionId: "elsewhere" }),
    faults.drop(["Heartbeat", "FindCoordinator", "DescribeGroups"], { groupId: "g" }),
    faults.drop("*", { transactionalId: "tx" }),
    faults.drop("Fetch", { when: ({ body }) => body.maxWaitMs === 7 }),
  ];
  const [client, node, connection, group, transaction, predicate] = scopes;
  expect(await produce()).toEqual({ "t-0": 0 });
  await expect(produce([0], ["t"], { clientId: "other" })).rejects.toMatchObject(refused);
  expect(client!.hits).toBe(1);
  await expect(call("ListGroups", {}, { nodeId: 2 })).rejects.toMatchObject(refused);
  expect(node!.hits).toBe(1);
  await expect(call("ListGroups", {}, { connection: { id: "elsewhere" } })).rejects.toMatchObject(refused);
  expect(connection!.hits).toBe(1);
  await call("Heartbeat", { groupId: "h" });
  await expect(call("Heartbeat", { groupId: "g" })).rejects.toMatchObject(refused);
  await expect(call("DescribeGroups", { groups: ["h", "g"] })).rejects.toMatchObject(refused);
  await call("FindCoordinator", { keyType: 1, coordinatorKeys: ["g"] });
  await expect(call("FindCoordinator", { keyType: 0, coordinatorKeys: ["g"] })).rejects.toMatchObject(refused);
  expect(group!.hits).toBe(3);
  await call("DescribeTransactions", { transactionalIds: ["ty"] });
  await expect(call("DescribeTransactions", { transactionalIds: ["tx"] })).rejects.toMatchObject(refused);
  await expect(call("InitProducerId", { transactionalId: "tx" })).rejects.toMatchObject(refused);
  await expect(call("FindCoordinator", { keyType: 1, coordinatorKeys: ["tx"] })).rejects.toMatchObject(refused);
  expect(transaction!.hits).toBe(3);
  await call("Fetch", { maxWaitMs: 0, topics: [] });
  await expect(call("Fetch", { maxWaitMs: 7, topics: [] })).rejects.toMatchObject(refused);
  expect(predicate!.hits).toBe(1);
  expect(faults.active).toEqual(scopes);
  faults.clear();
  expect(faults.active).toEqual([]);
});

test("a fault ends by itself when its time is over, and meets as many as chance says, the same with the same seed", async () => {
  const fault = engine.faults.error("Produce", "NOT_LEADER_OR_FOLLOWER", { forMs: 100, probability: 0.5 });
  for (let index = 0; index < 40; index++) await produce();
  expect(fault.hits).toBeGreaterThan(10);
  expect(fault.hits).toBeLessThan(30);
  await clock.advance(100);
  expect(fault.active).toBe(false);
  expect(await produce()).toEqual({ "t-0": 0 });
});

test("a delay waits on the broker's clock, before or after the effect, and several add up", async () => {
  engine.faults.delay("Produce", 30, { at: "after" });
  engine.faults.delay("Produce", [10, 20]);
  const answer = produce();
  await clock.advance(9);
  expect(engine.records("t")).toHaveLength(0);
  await clock.advance(11);
  expect(engine.records("t")).toHaveLength(1);
  let isAnswered = false;
  void answer.then(() => (isAnswered = true));
  await clock.advance(19);
  expect(isAnswered).toBe(false);
  await clock.advance(11);
  expect(await answer).toEqual({ "t-0": 0 });
});

test("a dropped connection has had its effect or not, as was asked for", async () => {
  engine.faults.drop("Produce", { times: 1 });
  await expect(produce()).rejects.toMatchObject(refused);
  expect(engine.records("t")).toHaveLength(0);
  engine.faults.drop("Produce", { times: 1, at: "after" });
  await expect(produce()).rejects.toMatchObject(refused);
  expect(engine.records("t")).toHaveLength(1);
});

test("an answer that comes when the stall that would hold it is over is sent at once", async () => {
  for (const end of ["undo", "clear"] as const) {
    const stall = engine.faults.stall("Produce", { times: 1, at: "after" });
    engine.faults.delay("Produce", 50, { times: 1 });
    const answer = call("Produce", produceBody([0]), { version: 9 });
    if (end === "undo") stall.undo();
    else engine.faults.clear();
    await clock.advance(50);
    expect(await answer).toMatchObject({ responses: [{ partitionResponses: [{ errorCode: 0 }] }] });
  }
});

test("a stalled request goes on when the fault is undone, and is given up when its client goes", async () => {
  const fault = engine.faults.stall("Produce", { times: 2 });
  const [patient, impatient] = [produce(), call("Produce", produceBody([0]), { version: 9, connection: { id: "impatient" } })];
  await clock.advance(60_000);
  expect(engine.records("t")).toHaveLength(0);
  engine.connectionClosed("impatient");
  expect(await impatient).toBeUndefined();
  fault.undo();
  expect(await patient).toEqual({ "t-0": 0 });
  expect(engine.records("t")).toHaveLength(1);
});

test("a produce that is delivered twice is stored twice, and once when it is idempotent", async () => {
  engine.faults.duplicate("Produce");
  await produce();
  expect(engine.records("t").map(({ offset }) => offset)).toEqual([0, 1]);
  const records = batchOf(["once"], { producerId: 5, producerEpoch: 0, baseSequence: 0 });
  const answer = await call("Produce", { acks: -1, topicData: [{ name: "u", partitionData: [{ index: 0, records }] }] }, { version: 9 });
  expect(answer!.responses[0]!.partitionResponses[0]).toMatchObject({ errorCode: 0, baseOffset: 0 });
  expect(engine.records("u")).toHaveLength(1);
});

test("without a socket a cut answer is a lost one, and a trickle is none", async () => {
  engine.faults.cut("Produce", { times: 1 });
  engine.faults.trickle("Produce");
  await expect(produce()).rejects.toMatchObject(refused);
  expect(await produce()).toEqual({ "t-0": 0 });
  expect(engine.records("t")).toHaveLength(2);
});

test("while a coordinator is lost nobody knows it, for groups, transactions, one of them or all", async () => {
  const { faults } = engine;
  const find = async (keyType: number, key: string) =>
    (await call("FindCoordinator", { keyType, coordinatorKeys: [key] }))!.coordinators[0]!.errorCode;
  const heartbeat = async (groupId: string) => (await call("Heartbeat", { groupId, memberId: "m" }))!.errorCode;
  const init = async (transactionalId: string | null) =>
    (await call("InitProducerId", { transactionalId, transactionTimeoutMs: 1_000 }))!.errorCode;

  const one = faults.coordinatorLoss({ groupId: "g" });
  expect([await find(0, "g"), await find(0, "h"), await find(1, "g")]).toEqual([COORDINATOR_NOT_AVAILABLE, 0, 0]);
  expect([await heartbeat("g"), await heartbeat("h")]).toEqual([NOT_COORDINATOR, errorCodes.UNKNOWN_MEMBER_ID]);
  one.undo();
  faults.coordinatorLoss({ of: "transactions", forMs: 500 });
  expect([await find(0, "g"), await find(1, "g")]).toEqual([0, COORDINATOR_NOT_AVAILABLE]);
  expect([await init("tx"), await init(null), await heartbeat("g")]).toEqual([NOT_COORDINATOR, 0, errorCodes.UNKNOWN_MEMBER_ID]);
  await clock.advance(500);
  expect(await init("tx")).toBe(0);
  faults.coordinatorLoss();
  expect([await init("tx"), await heartbeat("g")]).toEqual([NOT_COORDINATOR, NOT_COORDINATOR]);
});

test("a change of leader begins an epoch, and until it is over nobody leads", async () => {
  await produce([0]);
  const fault = engine.faults.leaderChange("t", 0, { at: "after" });
  expect(await produce([0, 1])).toEqual({ "t-0": NOT_LEADER_OR_FOLLOWER, "t-1": 0 });
  expect(engine.records("t", { partition: 0 })).toHaveLength(2);
  const describe = async () => (await call("Metadata", { topics: [{ name: "t" }] }))!.topics[0]!.partitions;
  expect(await describe()).toMatchObject([
    { errorCode: LEADER_NOT_AVAILABLE, leaderId: -1 },
    { errorCode: 0, leaderId: 1 },
  ]);
  fault.undo();
  expect(await describe()).toMatchObject([{ errorCode: 0, leaderId: 1, leaderEpoch: 1 }, { leaderEpoch: 0 }]);
  const ends = await call("OffsetForLeaderEpoch", {
    topics: [{ topic: "t", partitions: [{ partition: 0, currentLeaderEpoch: -1, leaderEpoch: 0 }] }],
  });
  expect(ends!.topics[0]!.partitions[0]).toMatchObject({ leaderEpoch: 0, endOffset: 1 });
});

test.each([0, -1])(
  "a fetch that waits with leader epoch %i hears at once that the leader has gone, and gets what else there is",
  async (epoch) => {
    const partitions = [0, 1].map((partition) => ({ partition, currentLeaderEpoch: epoch, fetchOffset: 0, partitionMaxBytes: 100 }));
    const body = { maxWaitMs: 10_000, minBytes: 10_000, maxBytes: 10_000, topics: [{ topic: "t", partitions }] };
    const waiting = call("Fetch", body, { version: 12 });
    await produce([1]);
    await clock.advance(0);
    const before = clock.now();
    const fault = engine.faults.leaderChange("t", 0);
    const answer = await waiting;
    const errors = Object.fromEntries(answer!.responses[0]!.partitions.map(({ partitionIndex, errorCode }) => [partitionIndex, errorCode]));
    expect(errors).toEqual({ 0: NOT_LEADER_OR_FOLLOWER, 1: 0 });
    expect(answer!.responses[0]!.partitions.find(({ partitionIndex }) => partitionIndex === 1)!.records!.length).toBeGreaterThan(0);
    expect(clock.now()).toBe(before);
    expect(fault.hits).toBe(1);
    engine.connectionClosed("test");
  },
);

test("a member that waits for the others hears at once that the coordinator is lost", async () => {
  const join = (memberId: string, id: string) =>
    call(
      "JoinGroup",
      {
        groupId: "g",
        memberId,
        sessionTimeoutMs: 10_000,
        rebalanceTimeoutMs: 10_000,
        protocolType: "consumer",
        protocols: [{ name: "range" }],
      },
      { version: 3, connection: { id } },
    );
  const first = await join("", "one");
  const waiting = join("", "two");
  await clock.advance(0);
  const fault = engine.faults.coordinatorLoss({ groupId: "g", times: 1 });
  expect((await waiting)!.errorCode).toBe(NOT_COORDINATOR);
  expect(fault).toMatchObject({ hits: 1, active: false });
  expect(first!.errorCode).toBe(0);
});

test("an interceptor sees typed bodies, may answer, pass on, ask twice or change the answer, and meets faults in order", async () => {
  const names: string[] = [];
  const watch = engine.intercept("Produce", (request, next) => {
    names.push(...request.body.topicData.map(({ name }) => name));
    return next(request);
  });
  engine.intercept("ListGroups", () => ({ errorCode: 0, groups: [{ groupId: "made up", protocolType: "" }] }), { times: 1 });
  engine.faults.error("Produce", "REQUEST_TIMED_OUT");
  expect(await produce([0], ["u"])).toEqual({ "u-0": REQUEST_TIMED_OUT });
  expect(names).toEqual(["u"]);
  expect(watch).toMatchObject({ kind: "intercept", hits: 1, active: true });
  expect((await call("ListGroups", {}))!.groups).toMatchObject([{ groupId: "made up" }]);
  expect((await call("ListGroups", {}))!.groups).toEqual([]);
  engine.intercept("Heartbeat", () => {
    throw new Error("a bug in a test");
  });
  expect((await call("Heartbeat", { groupId: "g" }))!.errorCode).toBe(errorCodes.UNKNOWN_SERVER_ERROR);
});

test("faults that can never strike are refused with every reason", () => {
  const { faults } = engine;
  const problemsOf = (put: () => unknown): number => {
    try {
      put();
    } catch (error) {
      return (error as { problems: string[] }).problems.length;
    }
    return 0;
  };
  expect(problemsOf(() => faults.error("Produce", "NONE", { times: 0, skip: -1, forMs: -1, probability: 2, partition: 1 }))).toBe(6);
  expect(problemsOf(() => faults.drop([]))).toBe(1);
  expect(problemsOf(() => faults.drop("Vote" as "Fetch"))).toBe(1);
  expect(problemsOf(() => faults.drop("Heartbeat", { topic: "t" }))).toBe(1);
  expect(problemsOf(() => faults.delay("Produce", [5, 1]))).toBe(1);
  expect(problemsOf(() => faults.cut("Produce", { afterBytes: -1 }))).toBe(1);
  expect(problemsOf(() => faults.trickle("Produce", { bytes: 0, everyMs: -1 }))).toBe(2);
  expect(problemsOf(() => faults.leaderChange("t", 9))).toBe(1);
  expect(faults.active).toEqual([]);
});

test("after a reset the cluster is what it was at its start", async () => {
  await produce();
  await call("Metadata", { topics: [{ name: "made" }] });
  await call("InitProducerId", { transactionalId: "tx", transactionTimeoutMs: 1_000 });
  const commit = {
    groupId: "g",
    generationIdOrMemberEpoch: -1,
    topics: [{ name: "t", partitions: [{ partitionIndex: 0, committedOffset: 1 }] }],
  };
  await call("OffsetCommit", commit, { version: 9 });
  const joining = call(
    "JoinGroup",
    { groupId: "h", sessionTimeoutMs: 10_000, protocolType: "consumer", protocols: [{ name: "range" }] },
    { version: 3 },
  );
  engine.faults.stall("Produce");
  const stalled = call("Produce", produceBody([0]), { version: 9 });
  engine.faults.delay("ListGroups", 1_000, { forMs: 60_000 });
  const late = call("ListGroups", {});
  await clock.advance(0);
  const before = await call("Metadata", { topics: null });
  engine.reset();
  expect([await stalled, await late]).toEqual([undefined, undefined]);
  await joining;
  expect(clock.pending).toBe(0);
  expect(engine.faults.active).toEqual([]);
  const after = await call("Metadata", { topics: null });
  expect(after!.topics.map(({ name }) => name)).toEqual(["t", "u"]);
  expect(after!.topics[0]!.topicId).not.toBe(before!.topics[0]!.topicId);
  expect([after!.clusterId, after!.brokers]).toEqual([before!.clusterId, before!.brokers]);
  expect([engine.records("t"), engine.groups(), engine.offsets("g"), engine.transactions()]).toEqual([[], [], [], []]);
  expect((await call("InitProducerId", { transactionalId: null }))!.producerId).toBe(0);
  expect(await produce()).toEqual({ "t-0": 0 });
});
