import { createLogger, type LogEntry } from "@millrace/core";
import { string } from "@millrace/serdes";
import { defineCatalogue, defineTopic } from "@millrace/topics";
import { expect, test } from "vitest";
import { ScriptedDriver } from "../../test/support/scripted-driver.ts";
import { createKafka } from "../index.ts";

const declared = defineTopic({ name: "orders", key: string(), value: string(), partitions: 3, replicationFactor: 1, retentionMs: 60_000 });
const plain = defineTopic({ name: "plain", key: string(), value: string() });
const nothing = { differences: [], changes: [], warnings: [] };

function setUp() {
  const driver = new ScriptedDriver();
  const entries: LogEntry[] = [];
  const kafka = createKafka({ driver, logger: createLogger({ level: "warn", write: (entry) => entries.push(entry) }) });
  return { driver, kafka, admin: kafka.admin(), entries };
}

test("missing topics are created as declared, the broker's defaults standing for the rest", async () => {
  const { driver, kafka, admin } = setUp();
  expect(await admin.ensureTopics(defineCatalogue([declared, plain]))).toEqual([
    { topic: "orders", action: "created", ...nothing },
    { topic: "plain", action: "created", ...nothing },
  ]);
  expect(driver.admin.created).toEqual([
    { name: "orders", partitions: 3, replicationFactor: 1, configs: { "retention.ms": "60000" } },
    { name: "plain", partitions: -1, replicationFactor: -1, configs: {} },
  ]);
  expect(admin.statistics()).toMatchObject({ topicsCreated: 2, failures: 0, lastError: undefined });
  await kafka.close();
});

test("values that brokers write in their own way are no difference", async () => {
  const { driver, kafka, admin } = setUp();
  driver.partitions.set("orders", 1);
  const found = { "min.cleanable.dirty.ratio": "0.5", "unclean.leader.election.enable": "true", "retention.bytes": "9007199254740993" };
  driver.admin.configs.set("orders", found);
  const configs = { "min.cleanable.dirty.ratio": "0.50", "unclean.leader.election.enable": "TRUE", "retention.bytes": "9007199254740992" };
  const [report] = await admin.ensureTopics([defineTopic({ name: "orders", key: string(), value: string(), configs })]);
  expect(report?.differences).toEqual(["retention.bytes is 9007199254740993, 9007199254740992 is declared"]);
  await kafka.close();
});

test("verify changes nothing and names every difference; lists of policies compare in any order", async () => {
  const { driver, kafka, admin } = setUp();
  driver.partitions.set("orders", 2);
  driver.partitions.set("states", 1);
  driver.admin.configs.set("orders", { "retention.ms": "5" });
  driver.admin.configs.set("states", { "cleanup.policy": "delete, compact", "min.insync.replicas": null });
  const replicated = defineTopic({ ...declared, replicationFactor: 3 });
  const states = defineTopic({ name: "states", key: string(), value: string(), cleanup: "compact,delete" });
  const strict = defineTopic({ ...states, configs: { "min.insync.replicas": "2" } });
  expect(await admin.ensureTopics([replicated, states, plain], { mode: "verify" })).toEqual([
    {
      ...nothing,
      topic: "orders",
      action: "differs",
      differences: [
        "it has 2 partitions, 3 are declared",
        "its replication factor is 1, 3 is declared",
        "retention.ms is 5, 60000 is declared",
      ],
    },
    { ...nothing, topic: "states", action: "verified" },
    { ...nothing, topic: "plain", action: "missing", differences: ["it does not exist"] },
  ]);
  expect((await admin.ensureTopics([strict]))[0]!.differences).toEqual(["min.insync.replicas is not set, 2 is declared"]);
  expect([driver.admin.created, driver.admin.altered]).toEqual([[], []]);
  await kafka.close();
});

test("alter adds partitions and sets configs, tells each change, and says what it leaves as it is", async () => {
  const { driver, kafka, admin } = setUp();
  driver.partitions.set("grows", 2);
  driver.partitions.set("shrinks", 5);
  driver.admin.configs.set("grows", { "retention.ms": "5", "max.message.bytes": "7" });
  driver.admin.configs.set("shrinks", { "retention.ms": "60000" });
  const grows = defineTopic({ ...declared, name: "grows" });
  const shrinks = defineTopic({ ...declared, name: "shrinks", replicationFactor: 3 });
  expect(await admin.ensureTopics([grows, shrinks, plain], { mode: "alter" })).toEqual([
    {
      ...nothing,
      topic: "grows",
      action: "altered",
      changes: ["partitions was 2 and is 3 now", "retention.ms was 5 and is 60000 now"],
    },
    {
      ...nothing,
      topic: "shrinks",
      action: "differs",
      differences: [
        "it has 5 partitions, 3 are declared; partitions are never taken away",
        "its replication factor is 1, 3 is declared; replicas are not moved",
      ],
    },
    { ...nothing, topic: "plain", action: "created" },
  ]);
  expect(driver.partitions).toEqual(
    new Map([
      ["grows", 3],
      ["shrinks", 5],
      ["plain", 1],
    ]),
  );
  // What is not declared stays as it is.
  expect(driver.admin.altered).toEqual([{ type: "topic", name: "grows", set: { "retention.ms": "60000" } }]);
  expect(await admin.ensureTopics([grows], { mode: "alter" })).toEqual([{ ...nothing, topic: "grows", action: "verified" }]);
  await kafka.close();
});

test("alter tries everything before it tells a failure", async () => {
  const { driver, kafka, admin } = setUp();
  driver.partitions.set("orders", 1);
  const refused = new Error("refused");
  driver.admin.createPartitions = () => Promise.reject(refused);
  await expect(admin.ensureTopics([declared], { mode: "alter" })).rejects.toBe(refused);
  expect(driver.admin.altered).toHaveLength(1);
  expect(admin.statistics()).toMatchObject({ failures: 1, lastError: refused });
  await kafka.close();
});

test("[000-23] too many replicas are lowered to the brokers there are, with a warning; without brokers it fails; what exists is fine; an empty list warns", async () => {
  const { driver, kafka, admin, entries } = setUp();
  driver.admin.brokers = driver.admin.brokers.slice(0, 2);
  driver.admin.replicas = 2;
  const configs = { "min.insync.replicas": "3" };
  const replicated = defineTopic({ name: "replicated", key: string(), value: string(), replicationFactor: 3, cleanup: "compact", configs });
  const shortLived = defineTopic({ name: "short-lived", key: string(), value: string(), replicationFactor: 2, cleanup: "delete" });
  const warnings = [
    "a replication factor of 3 is declared, the cluster has 2 broker(s): 2 is used",
    'min.insync.replicas is 3, more than there are brokers: with acks "all" nothing can be written',
  ];
  expect(await admin.ensureTopics([replicated, shortLived])).toEqual([
    { ...nothing, topic: "replicated", action: "created", warnings },
    { ...nothing, topic: "short-lived", action: "created" },
  ]);
  expect(driver.admin.created).toMatchObject([
    { replicationFactor: 2, configs: { "cleanup.policy": "compact", "min.insync.replicas": "3" } },
    { replicationFactor: 2, configs: { "cleanup.policy": "delete" } },
  ]);
  expect(entries.splice(0).map(({ level, fields }) => [level, fields["topic"], fields["warning"]])).toEqual(
    warnings.map((warning) => ["warn", "replicated", warning]),
  );
  driver.admin.configs.set("replicated", { "cleanup.policy": "compact", "min.insync.replicas": "3" });
  expect(await admin.ensureTopics([replicated])).toMatchObject([{ action: "verified", differences: [] }]);
  entries.length = 0;

  expect(await admin.ensureTopics([])).toEqual([]);
  expect(entries.map(({ level, message }) => [level, message])).toEqual([["warn", "no topics to ensure: the list is empty"]]);
  driver.admin.brokers = [];
  await expect(admin.ensureTopics([replicated])).rejects.toMatchObject({
    code: "KAFKA_UNREACHABLE",
    message: expect.stringContaining("No Kafka brokers found in cluster") as unknown,
  });
  await kafka.close();
});

test("a topic that somebody else creates in between is compared, not claimed", async () => {
  const { driver, kafka, admin } = setUp();
  driver.admin.createTopics = async () => {
    driver.partitions.set("orders", 1);
    return [];
  };
  expect(await admin.ensureTopics([declared])).toMatchObject([{ topic: "orders", action: "differs" }]);
  await kafka.close();
});
