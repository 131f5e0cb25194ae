import type { ApiName, ErrorName } from "@millrace/protocol";
import { waitFor } from "@millrace/testing";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createHarness, type Harness, record, uniqueName } from "./support/client-harness.ts";
import { type FaultyBroker, startFaultyBroker } from "./support/faulty-broker.ts";

const patience = { timeoutMs: 10_000 };
let faulty: FaultyBroker;
let harness: Harness;

beforeEach(async () => {
  faulty = await startFaultyBroker({ autoCreateTopics: false });
  harness = createHarness(faulty.broker.brokers, { requestTimeoutMs: 2_000 });
});
afterEach(async () => {
  await harness.close();
  await faulty.broker.close();
});

const refuse = (api: ApiName, error: ErrorName, times = 1): void => faulty.next(api, { kind: "refuse", error, times });
const stored = (topic: string, partition?: number): string[] =>
  faulty.broker.records(topic, partition === undefined ? {} : { partition }).map(({ value }) => String(value));

async function producerOf(topic: string, settings: Parameters<Harness["producer"]>[0] = {}) {
  const producer = await harness.producer({ requestTimeoutMs: 3_000, ...settings });
  await producer.partitionCount(topic);
  const send = async (value: string, partition = 0) => (await producer.send([{ topic, partition, records: [record(value)] }]))[0];
  return { producer, send };
}

test.each(["NOT_LEADER_OR_FOLLOWER", "NOT_ENOUGH_REPLICAS", "LEADER_NOT_AVAILABLE"] as const)(
  "a send that %s refuses is repeated and stored once",
  async (error) => {
    const topic = await harness.topic();
    const { send } = await producerOf(topic);
    refuse("Produce", error, 3);
    expect(await send("a")).toMatchObject({ ok: true, baseOffset: 0 });
    expect(stored(topic)).toEqual(["a"]);
  },
);

test("a batch that was stored although the answer says time-out is stored once with idempotence", async () => {
  const topic = await harness.topic();
  const { send } = await producerOf(topic);
  await send("before");
  faulty.next("Produce", { kind: "fail-after", error: "REQUEST_TIMED_OUT", times: 2 });
  expect(await send("a")).toMatchObject({ ok: true, baseOffset: 1 });
  expect(await send("b")).toMatchObject({ ok: true, baseOffset: 2 });
  expect(stored(topic)).toEqual(["before", "a", "b"]);
});

test("a batch without any answer fails at its deadline, and the partition goes on under new numbers", async () => {
  const topic = await harness.topic(2);
  const { send } = await producerOf(topic, { requestTimeoutMs: 300 });
  await Promise.all([send("a", 0), send("b", 1)]);
  faulty.next("Produce", { kind: "swallow", times: 1 });
  const startedAt = performance.now();
  expect(await send("lost answer", 0)).toMatchObject({
    ok: false,
    error: { code: "KAFKA_TIMED_OUT", retryable: true, topic, partition: 0 },
  });
  expect(performance.now() - startedAt).toBeLessThan(600);
  expect(await send("c", 0)).toMatchObject({ ok: true, baseOffset: 2 });
  expect(await send("d", 1)).toMatchObject({ ok: true, baseOffset: 1 });
  expect(stored(topic, 0)).toEqual(["a", "lost answer", "c"]);
  expect(faulty.count("InitProducerId")).toBe(2);
});

test("a request that is not answered in time is sent again on another connection, and stored once", async () => {
  const topic = await harness.topic();
  const { send } = await producerOf(topic, { requestTimeoutMs: 200, deliveryTimeoutMs: 5_000 });
  await send("a");
  faulty.next("Produce", { kind: "swallow", times: 2 });
  expect(await send("late")).toMatchObject({ ok: true, baseOffset: 1 });
  expect(await send("b")).toMatchObject({ ok: true, baseOffset: 2 });
  expect(stored(topic)).toEqual(["a", "late", "b"]);
  expect(faulty.count("InitProducerId")).toBe(1);
});

test("a batch that was appended long ago has only what is left of its time", async () => {
  const topic = await harness.topic();
  const { producer, send } = await producerOf(topic, { requestTimeoutMs: 2_000 });
  await send("a");
  refuse("Produce", "NOT_ENOUGH_REPLICAS", 1_000);
  const startedAt = performance.now();
  const [outcome] = await producer.send([{ topic, partition: 0, records: [record("late")], appendedAtMs: startedAt - 1_800 }]);
  expect(outcome).toMatchObject({ ok: false, error: { kafkaError: "NOT_ENOUGH_REPLICAS" } });
  expect(performance.now() - startedAt).toBeLessThan(1_500);
});

test("retries bounds how often a batch is sent again", async () => {
  const topic = await harness.topic();
  const { send } = await producerOf(topic, { retries: 2, retryBackoffMs: 1 });
  refuse("Produce", "NOT_ENOUGH_REPLICAS", 3);
  expect(await send("a")).toMatchObject({ ok: false, error: { kafkaError: "NOT_ENOUGH_REPLICAS" } });
  refuse("Produce", "NOT_ENOUGH_REPLICAS", 2);
  expect(await send("b")).toMatchObject({ ok: true, baseOffset: 0 });
  expect(faulty.count("Produce")).toBe(6);
});

test("a broker has no more requests under way than maxInFlightRequests, and what waits for that is sent together", async () => {
  const topic = await harness.topic(6);
  const producer = await harness.producer({ maxInFlightRequests: 2 });
  await producer.partitionCount(topic);
  const stall = faulty.broker.faults.stall("Produce");
  const sends = [0, 1, 2, 3, 4, 5].map((partition) => producer.send([{ topic, partition, records: [record(`${partition}`)] }]));
  await waitFor(() => stall.hits > 0, patience);
  stall.undo();
  for (const [outcome] of await Promise.all(sends)) expect(outcome).toMatchObject({ ok: true, baseOffset: 0 });
  expect(faulty.count("Produce")).toBe(3);
});

test("a batch whose time is up while it waits to be sent again tells which it is, and what may have become of it", async () => {
  const topic = await harness.topic();
  const { send } = await producerOf(topic, {
    requestTimeoutMs: 200,
    deliveryTimeoutMs: 300,
    retryBackoffMs: 5_000,
    retryBackoffMaxMs: 5_000,
  });
  await send("a");
  faulty.next("Produce", { kind: "swallow", times: 1 });
  const message = expect.stringContaining("whether the broker stored it is unknown");
  expect(await send("lost answer")).toMatchObject({ ok: false, error: { code: "KAFKA_TIMED_OUT", topic, partition: 0, message } });
});

test("when batches that stand in line time out together, what comes later is stored once all the same", async () => {
  const topic = await harness.topic();
  const { send } = await producerOf(topic, { requestTimeoutMs: 300 });
  await send("a");
  faulty.next("Produce", { kind: "swallow", times: 1 });
  const lost = await Promise.all([send("lost answer"), send("in line"), send("in line too")]);
  const fates = lost.map((outcome) => (outcome?.ok === false ? outcome.error.message.split("; ")[1] : "stored"));
  expect(fates).toEqual(["whether the broker stored it is unknown.", "it was not stored.", "it was not stored."]);
  for (const value of ["b", "c", "d"]) expect(await send(value)).toMatchObject({ ok: true });
  expect(stored(topic)).toEqual(["a", "lost answer", "b", "c", "d"]);
});

test.each([2, 4, 9, 40])(
  "answers that break off after %i bytes are asked for again: all is stored once and read once",
  async (afterBytes) => {
    const topic = await harness.topic();
    const { send } = await producerOf(topic);
    const member = await harness.join({ group: uniqueName("cut"), topics: [topic] });
    const values = Array.from({ length: 12 }, (_, index) => `${index}`);
    for (const [index, value] of values.entries()) {
      if (index % 3 === 1) faulty.broker.faults.cut(["Produce", "Fetch", "Heartbeat"], { times: 2, afterBytes });
      expect(await send(value)).toMatchObject({ ok: true, baseOffset: index });
    }
    await waitFor(() => member.values().length >= values.length, patience);
    expect(member.values()).toEqual(values);
    expect(stored(topic)).toEqual(values);
    expect(member.failures).toEqual([]);
  },
);

test.each(["OUT_OF_ORDER_SEQUENCE_NUMBER", "UNKNOWN_PRODUCER_ID", "INVALID_PRODUCER_EPOCH"] as const)(
  "when the broker lost our numbers (%s) the batch is stored under new ones",
  async (error) => {
    const topic = await harness.topic();
    const { send } = await producerOf(topic);
    await send("a");
    refuse("Produce", error);
    expect(await send("b")).toMatchObject({ ok: true, baseOffset: 1 });
    expect(stored(topic)).toEqual(["a", "b"]);
  },
);

test("a batch that the broker knows already counts as stored, its offset unknown", async () => {
  const topic = await harness.topic();
  const { send } = await producerOf(topic);
  refuse("Produce", "DUPLICATE_SEQUENCE_NUMBER");
  expect(await send("a")).toEqual({ ok: true, baseOffset: -1, logAppendTimestamp: -1 });
});

test("what the broker refuses for good fails at once, and the next batch is stored", async () => {
  const topic = await harness.topic();
  const { send } = await producerOf(topic);
  refuse("Produce", "TOPIC_AUTHORIZATION_FAILED");
  expect(await send("a")).toMatchObject({ ok: false, error: { kafkaError: "TOPIC_AUTHORIZATION_FAILED", retryable: false } });
  expect(await send("b")).toMatchObject({ ok: true, baseOffset: 0 });
});

test("what never passes fails at the deadline with the broker's error", async () => {
  const topic = await harness.topic();
  const { send } = await producerOf(topic, { requestTimeoutMs: 300 });
  refuse("Produce", "NOT_ENOUGH_REPLICAS", 1_000);
  const outcome = await send("a");
  expect(outcome).toMatchObject({ ok: false, error: { retryable: true, topic, partition: 0 } });
});

test("a producer id is asked for until the broker gives one", async () => {
  const topic = await harness.topic();
  refuse("InitProducerId", "COORDINATOR_LOAD_IN_PROGRESS", 2);
  const { send } = await producerOf(topic);
  expect(await send("a")).toMatchObject({ ok: true });
  expect(faulty.count("InitProducerId")).toBe(3);
});

test("a topic that does not exist is told by name within the deadline", async () => {
  const producer = await harness.producer({ requestTimeoutMs: 200 });
  await expect(producer.partitionCount("missing")).rejects.toMatchObject({ code: "KAFKA_UNKNOWN_TOPIC", topic: "missing" });
});

test("what is not sent when the producer closes is told so", async () => {
  const topic = await harness.topic();
  const { producer, send } = await producerOf(topic);
  refuse("Produce", "NOT_ENOUGH_REPLICAS", 1_000);
  const waiting = send("a");
  await waitFor(() => faulty.count("Produce") > 1, patience);
  await producer.close();
  expect(await waiting).toMatchObject({ ok: false, error: { code: "KAFKA_DISCONNECTED" } });
  expect(await send("late")).toMatchObject({ ok: false, error: { code: "KAFKA_DISCONNECTED" } });
});

test.each(["UNKNOWN_MEMBER_ID", "ILLEGAL_GENERATION"] as const)(
  "a heartbeat that says %s loses the partitions and joins again",
  async (error) => {
    const topic = await harness.topic();
    const member = await harness.join({ group: uniqueName("group"), topics: [topic], heartbeatIntervalMs: 30, sessionTimeoutMs: 300 });
    await waitFor(() => member.held().length === 1, patience);
    const before = member.membership();
    refuse("Heartbeat", error);
    await waitFor(
      () => member.membership().generationId !== before.generationId || member.membership().memberId !== before.memberId,
      patience,
    );
    expect(member.revocations).toEqual([{ reason: "lost", partitions: [{ topic, partition: 0 }] }]);
    const { send } = await producerOf(topic);
    await send("after");
    await waitFor(() => member.values().includes("after"), patience);
  },
);

test("a coordinator that moved is looked for again, and the member keeps what it holds", async () => {
  const topic = await harness.topic();
  const member = await harness.join({ group: uniqueName("group"), topics: [topic], heartbeatIntervalMs: 30 });
  await waitFor(() => member.held().length === 1, patience);
  const before = faulty.count("Heartbeat");
  refuse("Heartbeat", "NOT_COORDINATOR", 2);
  await waitFor(() => faulty.count("Heartbeat") > before + 4, patience);
  expect(member.revocations).toEqual([]);
});

test("a coordinator that never answers costs the session, and the member comes back", async () => {
  const topic = await harness.topic();
  const member = await harness.join({ group: uniqueName("group"), topics: [topic], heartbeatIntervalMs: 30, sessionTimeoutMs: 300 });
  await waitFor(() => member.held().length === 1, patience);
  faulty.next("Heartbeat", { kind: "swallow", times: 3 });
  await waitFor(() => member.revocations.length === 1 && member.held().length === 1, patience);
  expect(member.revocations[0]?.reason).toBe("lost");
});

test("joining goes on through everything that passes", async () => {
  const topic = await harness.topic();
  refuse("FindCoordinator", "COORDINATOR_NOT_AVAILABLE", 2);
  refuse("JoinGroup", "COORDINATOR_LOAD_IN_PROGRESS");
  refuse("JoinGroup", "UNKNOWN_MEMBER_ID");
  refuse("JoinGroup", "REBALANCE_IN_PROGRESS");
  refuse("SyncGroup", "REBALANCE_IN_PROGRESS");
  refuse("SyncGroup", "NOT_COORDINATOR");
  const member = await harness.join({ group: uniqueName("group"), topics: [topic] });
  await waitFor(() => member.held().length === 1, patience);
  expect(member.failures).toEqual([]);
});

test.each([
  ["JoinGroup", "GROUP_AUTHORIZATION_FAILED"],
  ["SyncGroup", "GROUP_AUTHORIZATION_FAILED"],
  ["FindCoordinator", "GROUP_AUTHORIZATION_FAILED"],
  ["JoinGroup", "INCONSISTENT_GROUP_PROTOCOL"],
  ["Fetch", "TOPIC_AUTHORIZATION_FAILED"],
] as const)("when %s says %s the consumer stops with that error", async (api, error) => {
  const topic = await harness.topic();
  refuse(api, error);
  const member = await harness.join({ group: uniqueName("group"), topics: [topic] });
  await waitFor(() => member.failures.length === 1, patience);
  expect(member.failures[0]).toMatchObject({ code: "KAFKA_BROKER_ERROR", kafkaError: error });
  await member.consumer.close();
});

test("a topic that may not be read stops the consumer", async () => {
  const topic = await harness.topic();
  const group = uniqueName("group");
  const other = createHarness(faulty.broker.brokers);
  try {
    // The first question names no topic; the second is the consumer's.
    refuse("Metadata", "TOPIC_AUTHORIZATION_FAILED", 2);
    const member = await other.join({ group, topics: [topic] });
    await waitFor(() => member.failures.length === 1, patience);
    expect(member.failures[0]).toMatchObject({ kafkaError: "TOPIC_AUTHORIZATION_FAILED", topic });
  } finally {
    await other.close();
  }
});

test("a fetch that finds no leader looks again, and loses nothing", async () => {
  const topic = await harness.topic();
  const { send } = await producerOf(topic);
  await send("a");
  refuse("Fetch", "NOT_LEADER_OR_FOLLOWER", 2);
  const member = await harness.join({ group: uniqueName("group"), topics: [topic] });
  await waitFor(() => member.values().length === 1, patience);
  expect(member.values()).toEqual(["a"]);
});

test("a commit finds a coordinator that moved, and tells what is refused for good", async () => {
  const topic = await harness.topic();
  const member = await harness.join({ group: uniqueName("group"), topics: [topic] });
  await waitFor(() => member.held().length === 1, patience);
  const commit = (metadata: string) => member.consumer.commit([{ topic, partition: 0, offset: 0, metadata }], member.membership());
  refuse("OffsetCommit", "NOT_COORDINATOR", 2);
  await commit("moved");
  refuse("OffsetFetch", "NOT_COORDINATOR", 1);
  expect(await member.consumer.committed([{ topic, partition: 0 }])).toMatchObject([{ offset: 0, metadata: "moved" }]);
  refuse("OffsetCommit", "GROUP_AUTHORIZATION_FAILED");
  await expect(commit("forbidden")).rejects.toMatchObject({ code: "KAFKA_BROKER_ERROR", kafkaError: "GROUP_AUTHORIZATION_FAILED" });
  refuse("OffsetCommit", "REBALANCE_IN_PROGRESS");
  await expect(commit("late")).rejects.toMatchObject({ code: "COMMIT_STALE", kafkaError: "REBALANCE_IN_PROGRESS" });
});

test("a member that is closed while it asks where to start does not go on asking", async () => {
  const topic = await harness.topic();
  refuse("OffsetFetch", "NOT_COORDINATOR", 1_000);
  const member = await harness.join({ group: uniqueName("group"), topics: [topic] });
  await waitFor(() => faulty.count("OffsetFetch") > 1, patience);
  const startedAt = performance.now();
  await member.consumer.close();
  expect(performance.now() - startedAt).toBeLessThan(1_000);
  expect(member.failures).toEqual([]);
});

test("partitions that are not given back in time are lost, and the group goes on", async () => {
  const topic = await harness.topic();
  const group = uniqueName("group");
  const settings = { group, topics: [topic], heartbeatIntervalMs: 30, rebalanceTimeoutMs: 300 };
  const slow = await harness.join(settings, {
    revoked: (_partitions, reason) => (reason === "rebalance" ? new Promise(() => {}) : Promise.resolve()),
  });
  await waitFor(() => slow.held().length === 1, patience);
  const next = await harness.join(settings);
  await waitFor(() => slow.revocations.length >= 2, patience);
  expect(slow.revocations.map(({ reason }) => reason).slice(0, 2)).toEqual(["rebalance", "lost"]);
  await waitFor(() => slow.held().length + next.held().length === 1, patience);
});

test("closing waits for partitions to be given back, but not for ever", async () => {
  const topic = await harness.topic();
  const group = uniqueName("group");
  const settings = { group, topics: [topic], rebalanceTimeoutMs: 200, heartbeatIntervalMs: 30 };
  const member = await harness.join(settings, { revoked: () => new Promise(() => {}) });
  await waitFor(() => member.held().length === 1, patience);
  const startedAt = performance.now();
  await member.consumer.close();
  expect(performance.now() - startedAt).toBeGreaterThan(190);
  expect(performance.now() - startedAt).toBeLessThan(1_000);
  expect(member.revocations.map(({ reason }) => reason)).toEqual(["close"]);
  expect((await (await harness.admin()).describeGroups([group]))[0]?.members).toEqual([]);
});

test("closing does not wait for a join that waits", async () => {
  const topic = await harness.topic();
  faulty.next("JoinGroup", { kind: "swallow", times: 2 });
  const member = await harness.join({ group: uniqueName("group"), topics: [topic] });
  await waitFor(() => faulty.count("JoinGroup") > 0, patience);
  const startedAt = performance.now();
  await member.consumer.close();
  expect(performance.now() - startedAt).toBeLessThan(1_000);
  expect(member.failures).toEqual([]);
});

test("a consumer reads on after the broker was away", async () => {
  const topic = await harness.topic();
  const member = await harness.join({ group: uniqueName("group"), topics: [topic], heartbeatIntervalMs: 200, sessionTimeoutMs: 2_000 });
  await waitFor(() => member.held().length === 1, patience);
  const { port } = faulty.broker;
  await faulty.broker.close();
  await waitFor(() => member.revocations.length === 1, patience);
  const again = await startFaultyBroker({ port, topics: [{ name: topic }] });
  faulty = again;
  await waitFor(() => member.held().length === 1, patience);
  const { send } = await producerOf(topic);
  await send("back");
  await waitFor(() => member.values().includes("back"), patience);
});

test.each([
  ["CreateTopics", "NOT_CONTROLLER", (to: Harness) => to.topic()],
  ["ListGroups", "COORDINATOR_LOAD_IN_PROGRESS", async (to: Harness) => await (await to.admin()).listGroups()],
  ["DescribeGroups", "NOT_COORDINATOR", async (to: Harness) => await (await to.admin()).describeGroups(["g"])],
] as const)("admin: %s is repeated when the answer is %s", async (api, error, call) => {
  refuse(api, error);
  await call(harness);
  expect(faulty.count(api)).toBe(2);
});

test.each([
  ["CreateTopics", "POLICY_VIOLATION", async (to: Harness) => await to.topic()],
  ["DeleteTopics", "TOPIC_DELETION_DISABLED", async (to: Harness) => await (await to.admin()).deleteTopics(["t"], { timeoutMs: 500 })],
  ["CreatePartitions", "INVALID_PARTITIONS", async (to: Harness) => await (await to.admin()).createPartitions("t", 2)],
  [
    "DescribeConfigs",
    "TOPIC_AUTHORIZATION_FAILED",
    async (to: Harness) => await (await to.admin()).describeConfigs([{ type: "topic", name: "t" }]),
  ],
  ["DescribeGroups", "GROUP_AUTHORIZATION_FAILED", async (to: Harness) => await (await to.admin()).describeGroups(["g"])],
  ["DeleteGroups", "NON_EMPTY_GROUP", async (to: Harness) => await (await to.admin()).deleteGroups(["g"])],
  ["ListGroups", "CLUSTER_AUTHORIZATION_FAILED", async (to: Harness) => await (await to.admin()).listGroups()],
] as const)("admin: %s tells %s by name", async (api, error, call) => {
  refuse(api, error);
  await expect(call(harness)).rejects.toMatchObject({ name: "KafkaError", kafkaError: error });
});

test("admin: offsets and deletions of partitions find a leader that moved, and tell what is refused", async () => {
  const topic = await harness.topic();
  const admin = await harness.admin();
  refuse("ListOffsets", "NOT_LEADER_OR_FOLLOWER");
  expect(await admin.offsets([{ topic, partition: 0 }], "latest")).toEqual([{ topic, partition: 0, offset: 0 }]);
  refuse("DeleteRecords", "TOPIC_AUTHORIZATION_FAILED");
  await expect(admin.deleteRecords([{ topic, partition: 0, offset: 0 }])).rejects.toMatchObject({
    kafkaError: "TOPIC_AUTHORIZATION_FAILED",
  });
  await expect(admin.offsets([{ topic, partition: 7 }], "latest")).rejects.toMatchObject({
    code: "KAFKA_UNKNOWN_TOPIC",
    topic,
    partition: 7,
  });
});
