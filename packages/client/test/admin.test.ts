import { type EmbeddedKafka, startEmbeddedKafka } from "@millrace/embedded-kafka";
import type { DriverAdmin } from "@millrace/kafka";
import type { ApiName, ErrorName } from "@millrace/protocol";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { describeAdmin } from "./support/admin-behaviour.ts";
import { createHarness, type Harness, uniqueName } from "./support/client-harness.ts";
import { walkGroupStates } from "./support/walk-group-states.ts";

let single: EmbeddedKafka;
let broker: EmbeddedKafka;
let harness: Harness;
let admin: DriverAdmin;
beforeAll(async () => {
  [single, broker] = await Promise.all([startEmbeddedKafka(), startEmbeddedKafka({ nodes: 3 })]);
});
beforeEach(async () => {
  harness = createHarness(broker.brokers, { requestTimeoutMs: 5_000 });
  admin = await harness.admin();
});
afterEach(async () => {
  broker.faults.clear();
  await harness.close();
});
afterAll(async () => {
  await Promise.all([single.close(), broker.close()]);
});

describeAdmin({ brokers: () => single.brokers });

test("[004-11] a group is preparing_rebalance, completing_rebalance, stable, empty and dead in its time", async () => {
  await walkGroupStates(single.brokers);
});

/** A change, and what shows that it was made. */
interface Change {
  readonly api: ApiName;
  readonly passing: ErrorName;
  readonly refusal: ErrorName;
  /** What has to be there before; gives what changes it, and what shows that it was changed. */
  readonly prepare: () => Promise<{ readonly change: () => Promise<unknown>; readonly seen: () => Promise<unknown>; readonly as: unknown }>;
}

const topicOf = async (partitions = 1): Promise<string> => await harness.topic(partitions);

async function groupOn(topic: string): Promise<string> {
  const group = uniqueName("group");
  await admin.setGroupOffsets(group, [{ topic, partition: 0, offset: 0, metadata: null }]);
  return group;
}

const changes: readonly Change[] = [
  {
    api: "CreateTopics",
    passing: "NOT_CONTROLLER",
    refusal: "POLICY_VIOLATION",
    prepare: async () => {
      const names = [uniqueName("a"), uniqueName("b")];
      return {
        change: () => admin.createTopics(names.map((name) => ({ name, partitions: 1 }))),
        seen: async () => (await admin.describeTopics(names)).length,
        as: 2,
      };
    },
  },
  {
    api: "DeleteTopics",
    passing: "NOT_CONTROLLER",
    refusal: "TOPIC_DELETION_DISABLED",
    prepare: async () => {
      const names = [await topicOf(), await topicOf()];
      return { change: () => admin.deleteTopics(names), seen: async () => (await admin.describeTopics(names)).length, as: 0 };
    },
  },
  {
    api: "CreatePartitions",
    passing: "NOT_CONTROLLER",
    refusal: "POLICY_VIOLATION",
    prepare: async () => {
      const topic = await topicOf(2);
      return {
        change: () => admin.createPartitions(topic, 4),
        seen: async () => (await admin.describeTopics([topic]))[0]?.partitionCount,
        as: 4,
      };
    },
  },
  {
    api: "DeleteRecords",
    passing: "NOT_LEADER_OR_FOLLOWER",
    refusal: "TOPIC_AUTHORIZATION_FAILED",
    prepare: async () => {
      const topic = await topicOf(3);
      const places = [0, 1, 2].map((partition) => ({ topic, partition }));
      return {
        change: () => admin.deleteRecords(places.map((place) => ({ ...place, offset: 0 }))),
        seen: async () => (await admin.offsets(places, "earliest")).map(({ offset }) => offset),
        as: [0, 0, 0],
      };
    },
  },
  {
    api: "IncrementalAlterConfigs",
    passing: "NOT_CONTROLLER",
    refusal: "POLICY_VIOLATION",
    prepare: async () => {
      const names = [await topicOf(), await topicOf()];
      return {
        change: () => admin.alterConfigs(names.map((name) => ({ type: "topic", name, set: { "retention.ms": "77" } }))),
        seen: async () =>
          (
            await admin.describeConfigs(
              names.map((name) => ({ type: "topic", name })),
              { names: ["retention.ms"] },
            )
          ).map(({ configs }) => configs[0]?.value),
        as: ["77", "77"],
      };
    },
  },
  {
    api: "DeleteGroups",
    passing: "NOT_COORDINATOR",
    refusal: "GROUP_AUTHORIZATION_FAILED",
    prepare: async () => {
      const topic = await topicOf();
      const groups = await Promise.all([groupOn(topic), groupOn(topic), groupOn(topic)]);
      return {
        change: () => admin.deleteGroups(groups),
        seen: async () => (await admin.describeGroups(groups)).map(({ state }) => state),
        as: ["dead", "dead", "dead"],
      };
    },
  },
  {
    api: "OffsetCommit",
    passing: "COORDINATOR_LOAD_IN_PROGRESS",
    refusal: "GROUP_AUTHORIZATION_FAILED",
    prepare: async () => {
      const topic = await topicOf();
      const group = await groupOn(topic);
      const wanted = [{ topic, partition: 0, offset: 7, metadata: "m" }];
      return { change: () => admin.setGroupOffsets(group, wanted), seen: () => admin.groupOffsets(group), as: wanted };
    },
  },
  {
    api: "OffsetDelete",
    passing: "COORDINATOR_NOT_AVAILABLE",
    refusal: "GROUP_AUTHORIZATION_FAILED",
    prepare: async () => {
      const topic = await topicOf();
      const [group, other] = [await groupOn(topic), uniqueName("stays")];
      await admin.setGroupOffsets(group, [{ topic, partition: 0, offset: 1, metadata: null }]);
      await admin.setGroupOffsets(other, [{ topic, partition: 0, offset: 1, metadata: null }]);
      return {
        change: () => admin.deleteGroupOffsets(group, [{ topic, partition: 0 }]),
        seen: async () => [await admin.groupOffsets(group), (await admin.groupOffsets(other)).length],
        as: [[], 1],
      };
    },
  },
];

const byApi = changes.map((change) => [change.api, change] as const);

test.each(byApi)("%s is repeated after an answer that may pass, and done once it does", async (api, { passing, prepare }) => {
  const { change, seen, as } = await prepare();
  const fault = broker.faults.error(api, passing, { times: 2 });
  await change();
  expect(fault.hits).toBe(2);
  expect(await seen()).toEqual(as);
});

test.each(byApi)("%s is done although its answer is lost, and the repetition finds it done", async (api, { prepare }) => {
  const { change, seen, as } = await prepare();
  const fault = broker.faults.drop(api, { times: 1, at: "after" });
  // A repeated deletion finds nothing: not an error.
  await change();
  expect(fault.hits).toBe(1);
  expect(await seen()).toEqual(as);
});

test.each(byApi)("%s tells what it is refused for, at once", async (api, { refusal, prepare }) => {
  const { change } = await prepare();
  broker.faults.error(api, refusal);
  await expect(change()).rejects.toMatchObject({ name: "KafkaError", kafkaError: refusal });
});

test.each([
  ["DescribeConfigs", "COORDINATOR_LOAD_IN_PROGRESS", () => admin.describeConfigs([{ type: "topic", name: "t" }], { timeoutMs: 300 })],
  ["DescribeGroups", "COORDINATOR_LOAD_IN_PROGRESS", () => admin.describeGroups(["a", "b"], { timeoutMs: 300 })],
  ["CreateTopics", "NOT_CONTROLLER", () => admin.createTopics([{ name: "a" }, { name: "b" }], { timeoutMs: 300 })],
] as const)("what does not pass in time is told when the call's own time is up: %s", async (api, error, call) => {
  broker.faults.error(api, error);
  const startedAt = performance.now();
  await expect(call()).rejects.toMatchObject({ kafkaError: error, retryable: true });
  expect(performance.now() - startedAt).toBeLessThan(3_000);
});

test("a call whose signal aborts rejects at once", async () => {
  broker.faults.stall("CreateTopics");
  const controller = new AbortController();
  const creating = admin.createTopics([{ name: uniqueName("aborted") }], { signal: controller.signal });
  controller.abort(new Error("enough"));
  await expect(creating).rejects.toMatchObject({ code: "ABORTED" });
});

test("topics and partitions that are not there are told soon, however long the call may take", async () => {
  const startedAt = performance.now();
  const absent = uniqueName("absent");
  const unknown = { code: "KAFKA_UNKNOWN_TOPIC" };
  await expect(admin.describeConfigs([{ type: "topic", name: absent }], { timeoutMs: 60_000 })).rejects.toMatchObject(unknown);
  await expect(admin.createPartitions(absent, 3, { timeoutMs: 60_000 })).rejects.toMatchObject(unknown);
  await expect(admin.offsets([{ topic: absent, partition: 0 }], "latest", { timeoutMs: 60_000 })).rejects.toMatchObject(unknown);
  await expect(admin.deleteRecords([{ topic: absent, partition: 0, offset: 0 }], { timeoutMs: 60_000 })).rejects.toMatchObject(unknown);
  const offset = { topic: absent, partition: 0, offset: 0, metadata: null };
  await expect(admin.setGroupOffsets(uniqueName("group"), [offset], { timeoutMs: 60_000 })).rejects.toMatchObject(unknown);
  const topic = await topicOf();
  await expect(admin.offsets([{ topic, partition: 1 }], "latest", { timeoutMs: 60_000 })).rejects.toMatchObject({
    ...unknown,
    partition: 1,
  });
  const beyond = { topic, partition: 1, offset: 0, metadata: null };
  await expect(admin.setGroupOffsets(uniqueName("group"), [beyond], { timeoutMs: 60_000 })).rejects.toMatchObject(unknown);
  expect(performance.now() - startedAt).toBeLessThan(15_000);
});

test("each partition's records are deleted at its own leader, and one that moves is followed", async () => {
  const topic = await topicOf(3);
  for (const partition of [0, 1, 2]) broker.moveLeader(topic, partition, partition + 1);
  const places = [0, 1, 2].map((partition) => ({ topic, partition, offset: -1 }));
  const asked = new Set<number>();
  broker.intercept("DeleteRecords", (request, next) => {
    asked.add(request.nodeId ?? 0);
    return next(request);
  });
  expect(await admin.deleteRecords(places)).toEqual(places.map((place) => ({ ...place, offset: 0 })));
  expect(asked).toEqual(new Set([1, 2, 3]));
  broker.moveLeader(topic, 0, 3);
  expect(await admin.deleteRecords(places)).toHaveLength(3);
  const failure = await admin.deleteRecords([...places, { topic, partition: 9, offset: 0 }]).catch((error: unknown) => error);
  expect(failure).toMatchObject({ code: "KAFKA_UNKNOWN_TOPIC", topic, partition: 9, failures: undefined });
});

test("groups of all brokers are listed and described at theirs, and found again when their coordinator stops", async () => {
  const topic = await topicOf();
  const groups = (await Promise.all(Array.from({ length: 9 }, () => groupOn(topic)))).sort();
  const nodes = new Set((await admin.describeGroups(groups)).map(({ coordinator }) => coordinator.port));
  expect(nodes.size).toBeGreaterThan(1);
  const listed = async () => (await admin.listGroups()).map(({ group }) => group).filter((group) => groups.includes(group));
  expect(await listed()).toEqual(groups);
  await broker.stopNode(2);
  try {
    expect((await admin.describeGroups(groups)).map(({ state }) => state)).toEqual(groups.map(() => "empty"));
    expect(await listed()).toEqual(groups);
    expect((await admin.describeCluster()).brokers.map(({ id }) => id)).toEqual([1, 3]);
    expect(await admin.createTopics([{ name: uniqueName("without-two"), partitions: 2 }])).toHaveLength(1);
  } finally {
    await broker.startNode(2);
  }
});

test("what may be done with a topic is told as the broker says, without operations that only it knows; nothing is asked to be created", async () => {
  const topic = await topicOf();
  const asked: boolean[] = [];
  broker.intercept("Metadata", async (request, next) => {
    asked.push(request.body.includeTopicAuthorizedOperations, request.body.allowAutoTopicCreation);
    const answer = await next(request);
    // Read, describe, and what a broker of tomorrow may know.
    const topics = answer?.topics?.map((told) => ({ ...told, topicAuthorizedOperations: (1 << 3) | (1 << 8) | (1 << 30) }));
    return { ...answer, topics };
  });
  const described = await admin.describeTopics([topic, uniqueName("absent")], { includeAuthorizedOperations: true });
  expect(described.map(({ authorizedOperations }) => authorizedOperations)).toEqual([["read", "describe"]]);
  expect(asked).toEqual([true, false]);
});

test("the quorum is told with its times, asked again where its controller has changed, and told of where it cannot be asked", async () => {
  const changed = broker.faults.error("DescribeQuorum", "NOT_LEADER_OR_FOLLOWER", { times: 2 });
  const before = Date.now();
  const { leaderId, voters, observers } = await admin.describeQuorum();
  expect(changed.hits).toBe(2);
  expect([leaderId, voters.map(({ id }) => id), observers]).toEqual([1, [1, 2, 3], []]);
  for (const { lastCaughtUpAt } of voters) expect(lastCaughtUpAt).toBeGreaterThanOrEqual(before);
  broker.faults.error("DescribeQuorum", "CLUSTER_AUTHORIZATION_FAILED");
  await expect(admin.describeQuorum()).rejects.toMatchObject({ kafkaError: "CLUSTER_AUTHORIZATION_FAILED", retryable: false });
  broker.faults.clear();
  broker.intercept("DescribeQuorum", () => ({ topics: [] }));
  await expect(admin.describeQuorum()).rejects.toThrow("its answer names no quorum");
});

test("configs of a broker are asked of that broker, and changed there", async () => {
  const asked: number[] = [];
  broker.intercept(["DescribeConfigs", "IncrementalAlterConfigs"], (request, next) => {
    asked.push(request.nodeId ?? 0);
    return next(request);
  });
  const described = await admin.describeConfigs(
    [1, 2, 3].map((id) => ({ type: "broker", name: String(id) })),
    { names: ["node.id"] },
  );
  expect(described.map(({ configs }) => configs[0]?.value)).toEqual(["1", "2", "3"]);
  await admin.alterConfigs([{ type: "broker", name: "2", set: { "log.cleaner.backoff.ms": "15000" } }]);
  expect(asked.toSorted((a, b) => a - b)).toEqual([1, 2, 2, 3]);
  await expect(admin.describeConfigs([{ type: "broker", name: "77" }])).rejects.toMatchObject({ kafkaError: "INVALID_REQUEST" });
});

test("an answer that leaves an item out is an error, not silence", async () => {
  broker.intercept("CreateTopics", async (request, next) => ({ ...(await next(request)), topics: [] }));
  await expect(admin.createTopics([{ name: uniqueName("left-out") }])).rejects.toMatchObject({ kafkaError: "UNKNOWN_SERVER_ERROR" });
  broker.intercept("CreateAcls", async (request, next) => ({ ...(await next(request)), results: [] }));
  const rule = { resourceType: "topic", resourceName: "t", patternType: "literal", principal: "User:a", host: "*" } as const;
  await expect(admin.createAcls([{ ...rule, operation: "read", permission: "allow" }])).rejects.toMatchObject({
    code: "KAFKA_CLIENT_ERROR",
  });
});

test("an unknown word in a rule is refused before the wire", async () => {
  await expect(admin.describeAcls({ operation: "peek" as "read" })).rejects.toMatchObject({
    code: "KAFKA_CLIENT_ERROR",
    message: expect.stringContaining('"peek" is no part of an access rule') as unknown,
  });
});

test("rules are told in words; one that two filters choose is told once, and a number that nobody knows is an error", async () => {
  const codes = { resourceType: 2, resourceName: "orders.", patternType: 4 };
  const told = { principal: "User:bob", host: "*", operation: 3, permissionType: 3 };
  broker.intercept("DescribeAcls", () => ({ errorCode: 0, resources: [{ ...codes, acls: [told, { ...told, operation: 99 }] }] }));
  await expect(admin.describeAcls({ resourceType: "topic" })).rejects.toMatchObject({
    code: "KAFKA_CLIENT_ERROR",
    message: expect.stringContaining("does not know: 99") as unknown,
  });
  const rule = {
    resourceType: "topic",
    resourceName: "orders.",
    patternType: "prefixed",
    principal: "User:bob",
    host: "*",
    operation: "read",
    permission: "allow",
  } as const;
  broker.intercept("DeleteAcls", ({ body }) => ({
    filterResults: body.filters.map(() => ({ errorCode: 0, matchingAcls: [{ errorCode: 0, ...codes, ...told }] })),
  }));
  expect(await admin.deleteAcls([rule, { principal: "User:bob" }])).toEqual([rule]);
});
