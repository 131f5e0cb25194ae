import { string } from "@millrace/serdes";
import { defineTopic } from "@millrace/topics";
import { expect, test } from "vitest";
import { ScriptedDriver } from "../../test/support/scripted-driver.ts";
import { createKafka } from "../index.ts";

const declared = defineTopic({ name: "orders", key: string(), value: string(), partitions: 3, replicationFactor: 1, retentionMs: 60_000 });
const plain = defineTopic({ name: "plain", key: string(), value: string() });

test("missing topics are created as declared, the broker's defaults standing for the rest", async () => {
  const driver = new ScriptedDriver();
  const kafka = createKafka({ driver });
  expect(await kafka.admin().ensureTopics([declared, plain])).toEqual([
    { topic: "orders", action: "created", differences: [] },
    { topic: "plain", action: "created", differences: [] },
  ]);
  expect(driver.admin.created).toEqual([
    { name: "orders", partitions: 3, replicationFactor: 1, configs: { "retention.ms": "60000" } },
    { name: "plain", partitions: -1, replicationFactor: -1, configs: {} },
  ]);
  await kafka.close();
});

test("verify changes nothing and names every difference; lists of policies compare in any order", async () => {
  const driver = new ScriptedDriver();
  driver.partitions.set("orders", 2);
  driver.partitions.set("states", 1);
  driver.admin.configs.set("orders", { "retention.ms": "5" });
  driver.admin.configs.set("states", { "cleanup.policy": "delete, compact", "min.insync.replicas": null });
  const replicated = defineTopic({ ...declared, replicationFactor: 3 });
  const states = defineTopic({ name: "states", key: string(), value: string(), cleanup: "compact,delete" });
  const strict = defineTopic({ ...states, configs: { "min.insync.replicas": "2" } });
  const kafka = createKafka({ driver });
  const admin = kafka.admin();
  expect(await admin.ensureTopics([replicated, states, plain], { mode: "verify" })).toEqual([
    {
      topic: "orders",
      action: "differs",
      differences: [
        "it has 2 partitions, 3 are declared",
        "its replication factor is 1, 3 is declared",
        "retention.ms is 5, 60000 is declared",
      ],
    },
    { topic: "states", action: "verified", differences: [] },
    { topic: "plain", action: "missing", differences: ["it does not exist"] },
  ]);
  expect((await admin.ensureTopics([strict]))[0]!.differences).toEqual(["min.insync.replicas is not set, 2 is declared"]);
  expect(driver.admin.created).toEqual([]);
  await kafka.close();
});

test("a topic that somebody else creates in between is compared, not claimed", async () => {
  const driver = new ScriptedDriver();
  driver.admin.createTopics = async () => {
    driver.partitions.set("orders", 1);
    return [];
  };
  const kafka = createKafka({ driver });
  expect(await kafka.admin().ensureTopics([declared])).toMatchObject([{ topic: "orders", action: "differs" }]);
  await kafka.close();
});

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
  const kafka = createKafka({ driver: new ScriptedDriver() });
  const admin = kafka.admin();
  const options = { validateOnly: false, timeoutMs: 1 };
  await admin.createTopics([], options);
  await admin.deleteTopics([], options);
  await admin.createPartitions("t", 2);
  await admin.describeTopicConfigs([]);
  expect(await admin.listGroups()).toEqual([]);
  expect(await admin.describeGroups([])).toEqual([]);
  await admin.deleteGroups([]);
  expect(await admin.groupOffsets("g", [])).toEqual([]);
  await admin.setGroupOffsets("g", []);
  await admin.deleteRecords([]);
  await kafka.close();
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
