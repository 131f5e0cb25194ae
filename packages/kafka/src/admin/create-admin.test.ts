import { ClosedError } from "@millrace/core";
import { createVirtualClock } from "@millrace/testing";
import { expect, test } from "vitest";
import { ScriptedDriver } from "../../test/support/scripted-driver.ts";
import { createKafka } from "../index.ts";

test("admin clients share one connection, opened by the first use, closed with the last of them", async () => {
  const driver = new ScriptedDriver();
  const kafka = createKafka({ driver });
  const first = kafka.admin();
  const second = kafka.admin();
  await Promise.all([first.listTopics(), second.describeTopics([]), second.offsets([], "latest")]);
  expect(driver.adminsOpened).toBe(1);
  await Promise.all([first.close(), first[Symbol.asyncDispose]()]);
  expect(driver.admin.closed).toBe(0);
  await expect(first.listTopics()).rejects.toMatchObject({ code: "CLOSED" });
  await kafka.close();
  expect(driver.admin.closed).toBe(1);
  const idle = createKafka({ driver: new ScriptedDriver() });
  await idle.admin().close();
  await idle.close();
});

test("every question reaches the driver", async () => {
  const driver = new ScriptedDriver();
  const kafka = createKafka({ driver });
  const admin = kafka.admin();
  const place = { topic: "t", partition: 0 };
  expect(await admin.describeCluster()).toMatchObject({ clusterId: "scripted", controllerId: 0 });
  expect(await admin.describeQuorum()).toMatchObject({ leaderId: 0 });
  expect(await admin.createTopics([{ name: "t" }])).toEqual(["t"]);
  await admin.createPartitions("t", 2);
  expect(await admin.listTopics()).toEqual(["t"]);
  expect(await admin.describeTopics(["t", "absent"])).toMatchObject([{ name: "t", partitionCount: 2 }]);
  await admin.alterConfigs([{ type: "topic", name: "t", set: { "retention.ms": "5" } }]);
  expect(await admin.describeConfigs([{ type: "topic", name: "t" }])).toMatchObject([{ configs: [{ name: "retention.ms", value: "5" }] }]);
  expect(await admin.deleteRecords([{ ...place, offset: 3 }])).toEqual([{ ...place, offset: 3 }]);
  expect(await admin.offsets([place], "earliest")).toEqual([{ ...place, offset: 0 }]);
  expect(await admin.listGroups()).toEqual([]);
  expect(await admin.describeGroups(["g"])).toEqual([]);
  expect(await admin.removeMembers("g")).toBe(0);
  await admin.setGroupOffsets("g", [{ ...place, offset: 1, metadata: null }]);
  expect(await admin.groupOffsets("g")).toEqual([{ ...place, offset: 1, metadata: null }]);
  await admin.deleteGroupOffsets("g", [place]);
  expect(await admin.groupOffsets("g")).toEqual([]);
  expect(await admin.deleteGroups(["g"])).toEqual([]);
  const rule = { resourceType: "topic", resourceName: "t", patternType: "literal", principal: "User:a", host: "*" } as const;
  await admin.createAcls([{ ...rule, operation: "read", permission: "allow" }]);
  expect(await admin.describeAcls()).toHaveLength(1);
  expect(await admin.deleteAcls([{}])).toHaveLength(1);
  expect(await admin.deleteTopics(["t", "absent"])).toEqual(["t"]);
  await kafka.close();
});

test("[003-13] a topic is told with its partitions, replicas and configs; one that does not exist is null", async () => {
  const driver = new ScriptedDriver();
  driver.partitions.set("orders", 2);
  driver.admin.configs.set("orders", { "retention.ms": "5" });
  driver.admin.replicas = 2;
  const kafka = createKafka({ driver });
  const admin = kafka.admin();
  const partition = { leader: 0, replicas: [0, 1], inSyncReplicas: [0, 1], error: null };
  expect(await admin.describeTopic("orders")).toEqual({
    name: "orders",
    isInternal: false,
    partitionCount: 2,
    replicationFactor: 2,
    error: null,
    authorizedOperations: null,
    partitions: [
      { partition: 0, ...partition },
      { partition: 1, ...partition },
    ],
    configs: { "retention.ms": "5" },
  });
  expect(await admin.describeTopic("absent")).toBeNull();
  await kafka.close();
});

test("[003-12] creating what exists and deleting what does not succeed; failures are told, counted and kept; so are topics created, deleted, listed", async () => {
  const driver = new ScriptedDriver();
  const kafka = createKafka({ driver });
  const admin = kafka.admin();
  expect(await admin.createTopics([{ name: "a" }, { name: "b" }])).toEqual(["a", "b"]);
  expect(await admin.createTopics([{ name: "a" }])).toEqual([]);
  expect(await admin.createTopics([{ name: "c" }], { validateOnly: true })).toEqual(["c"]);
  expect(await admin.listTopics()).toEqual(["a", "b"]);
  expect(await admin.deleteTopics(["a", "absent"])).toEqual(["a"]);
  const failure = new Error("refused");
  driver.admin.createTopics = () => Promise.reject(failure);
  await expect(admin.createTopics([{ name: "d" }])).rejects.toBe(failure);
  expect(admin.statistics()).toEqual({ topicsCreated: 2, topicsDeleted: 1, topicsListed: 2, failures: 1, lastError: failure });
  await kafka.close();
});

test("a call has the admin client's time unless it has its own", async () => {
  const driver = new ScriptedDriver();
  const kafka = createKafka({ driver });
  await kafka.admin().listTopics();
  await kafka.admin({ timeoutMs: 5 }).deleteTopics([]);
  const { signal } = new AbortController();
  await kafka.admin({ timeoutMs: 5 }).createTopics([], { timeoutMs: 7, validateOnly: true, signal });
  expect(driver.admin.calls).toEqual([
    ["listTopics", { timeoutMs: 30_000 }],
    ["deleteTopics", { timeoutMs: 5 }],
    ["createTopics", { timeoutMs: 7, validateOnly: true, signal }],
  ]);
  expect(() => kafka.admin({ timeoutMs: 0 })).toThrow("timeoutMs must be a whole number of at least 1");
  await kafka.close();
});

test("connecting keeps to the call's time and signal, and goes on for those who come later", async () => {
  const clock = createVirtualClock();
  const driver = new ScriptedDriver();
  const connection = driver.connect();
  const gate = Promise.withResolvers<void>();
  driver.connect = () => ({ ...connection, createAdmin: async () => await gate.promise.then(() => connection.createAdmin()) });
  const kafka = createKafka({ driver, clock });
  const admin = kafka.admin();
  const late = expect(admin.listTopics({ timeoutMs: 100 })).rejects.toMatchObject({ code: "KAFKA_UNREACHABLE", retryable: true });
  const controller = new AbortController();
  const aborted = expect(admin.listTopics({ signal: controller.signal })).rejects.toMatchObject({ code: "ABORTED" });
  controller.abort();
  await clock.advance(100);
  await Promise.all([late, aborted]);
  gate.resolve();
  expect(await admin.listTopics()).toEqual([]);
  expect(driver.adminsOpened).toBe(1);
  await kafka.close();
  expect(clock.pending).toBe(0);
});

test("closing does not wait for an admin client that still connects", async () => {
  const driver = new ScriptedDriver();
  const connection = driver.connect();
  const gone = Promise.withResolvers<never>();
  const connect = () => ({
    ...connection,
    createAdmin: () => gone.promise,
    close: async () => {
      gone.reject(new ClosedError("the connection"));
      await connection.close();
    },
  });
  driver.connect = connect;
  const kafka = createKafka({ driver });
  const asked = expect(kafka.admin().listTopics()).rejects.toMatchObject({ code: "CLOSED" });
  await kafka.close();
  await asked;
});

test("an admin client that could not connect tries again", async () => {
  const driver = new ScriptedDriver();
  const connection = driver.connect();
  let failures = 1;
  driver.connect = () => ({
    ...connection,
    createAdmin: () => (failures-- > 0 ? Promise.reject(new Error("unreachable")) : connection.createAdmin()),
  });
  const kafka = createKafka({ driver });
  const admin = kafka.admin();
  await expect(admin.listTopics()).rejects.toThrow("unreachable");
  expect(await admin.listTopics()).toEqual([]);
  await kafka.close();
});
