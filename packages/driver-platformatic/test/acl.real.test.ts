import { randomBytes } from "node:crypto";
import { type RunningSecuredKafka, startSecuredKafka } from "@millrace/cluster";
import { kafkajs } from "@millrace/driver-kafkajs";
import { type Acl, type Admin, createKafka, type KafkaDriver } from "@millrace/kafka";
import { waitFor } from "@millrace/testing";
import { beforeAll, expect, onTestFinished, test } from "vitest";
import { platformatic } from "../src/index.ts";

let secured: RunningSecuredKafka;
beforeAll(async () => {
  secured = await startSecuredKafka();
});

const patience = { timeoutMs: 20_000 };

const drivers = [
  ["kafkajs", kafkajs],
  ["platformatic", platformatic],
] as const;

function adminBy(driver: KafkaDriver): Admin {
  const kafka = createKafka({ driver });
  onTestFinished(() => kafka.close());
  return kafka.admin();
}

/** The administrator, and somebody who may do what the rules say. */
function setUp(make: typeof kafkajs | typeof platformatic) {
  const admin = adminBy(make({ brokers: [secured.listeners.plaintext] }));
  const sasl = { mechanism: "SCRAM-SHA-256", ...secured.users.bob } as const;
  const bob = adminBy(make({ brokers: [secured.listeners.sasl], sasl }));
  const prefix = `acl-${randomBytes(6).toString("hex")}`;
  onTestFinished(async () => {
    await admin.deleteAcls([{ principal: "User:bob", resourceName: prefix, patternType: "match" }]).catch(() => []);
  });
  const rule: Acl = {
    resourceType: "topic",
    resourceName: `${prefix}.`,
    patternType: "prefixed",
    principal: "User:bob",
    host: "*",
    operation: "create",
    permission: "allow",
  };
  return { admin, bob, prefix, rule };
}

test.each(drivers)("%s: rules are created once, chosen by any of their parts, and deleted", async (_, make) => {
  const { admin, prefix, rule } = setUp(make);
  const literal: Acl = { ...rule, resourceName: `${prefix}.orders`, patternType: "literal", operation: "describe-configs" };
  const group: Acl = { ...rule, resourceType: "group", resourceName: prefix, patternType: "literal", operation: "read", host: "127.0.0.1" };
  const denied: Acl = { ...rule, resourceType: "transactional-id", operation: "two-phase-commit", permission: "deny" };
  const rules = [rule, literal, group, denied];
  await admin.createAcls(rules);
  // Rules that are there already are no error.
  await admin.createAcls([rule]);
  const sorted = (acls: readonly Acl[]): readonly string[] => acls.map((acl) => JSON.stringify(acl, Object.keys(rule))).sort();
  const own = async (): Promise<readonly Acl[]> =>
    (await admin.describeAcls({ principal: "User:bob" })).filter(({ resourceName }) => resourceName.startsWith(prefix));
  await waitFor(async () => (await own()).length === rules.length, patience);
  expect(sorted(await own())).toEqual(sorted(rules));
  expect(await admin.describeAcls({ resourceType: "group", resourceName: prefix })).toEqual([group]);
  expect(await admin.describeAcls({ resourceName: `${prefix}.`, permission: "deny" })).toEqual([denied]);
  expect(await admin.describeAcls({ resourceName: `${prefix}.orders`, patternType: "literal" })).toEqual([literal]);
  // What counts for a name: by its beginning too.
  const counting = await admin.describeAcls({ resourceType: "topic", resourceName: `${prefix}.orders`, patternType: "match" });
  expect(sorted(counting.filter(({ principal }) => principal === "User:bob"))).toEqual(sorted([rule, literal]));
  const deleted = await admin.deleteAcls([
    { resourceName: `${prefix}.`, principal: "User:bob" },
    { resourceName: `${prefix}.`, permission: "deny" },
    { resourceName: `${prefix}.orders`, principal: "User:bob" },
  ]);
  expect(sorted(deleted)).toEqual(sorted([rule, literal, denied]));
  await waitFor(async () => (await own()).length === 1, patience);
  expect(await admin.deleteAcls([group])).toEqual([group]);
  await waitFor(async () => (await own()).length === 0, patience);
});

test.each(drivers)("%s: what a rule allows is allowed, and what none does is refused by name", async (_, make) => {
  const { admin, bob, prefix, rule } = setUp(make);
  const topic = { name: `${prefix}.orders`, partitions: 1, replicationFactor: 1 };
  const refused = { code: "KAFKA_BROKER_ERROR", kafkaError: "TOPIC_AUTHORIZATION_FAILED", topic: topic.name };
  await expect(bob.createTopics([topic])).rejects.toMatchObject(refused);
  await expect(bob.describeAcls()).rejects.toMatchObject({ kafkaError: "CLUSTER_AUTHORIZATION_FAILED" });
  await admin.createAcls([rule]);
  const created = async (): Promise<boolean> =>
    await bob.createTopics([topic]).then(
      () => true,
      () => false,
    );
  await waitFor(created, patience);
  onTestFinished(async () => void (await admin.deleteTopics([topic.name])));
  await expect(bob.deleteTopics([topic.name])).rejects.toMatchObject({ kafkaError: "TOPIC_AUTHORIZATION_FAILED" });
  await expect(bob.alterConfigs([{ type: "topic", name: topic.name, set: { "retention.ms": "5" } }])).rejects.toMatchObject({
    kafkaError: "TOPIC_AUTHORIZATION_FAILED",
  });
  await admin.deleteAcls([rule]);
  await waitFor(async () => (await admin.describeAcls(rule)).length === 0, patience);
});

test.each(drivers)("%s: what the rules allow with a topic is told to whom they are about", async (_, make) => {
  const { admin, bob, prefix, rule } = setUp(make);
  const topic = `${prefix}.told`;
  await admin.createTopics([{ name: topic, partitions: 1, replicationFactor: 1 }]);
  onTestFinished(async () => void (await admin.deleteTopics([topic])));
  const asked = { includeAuthorizedOperations: true };
  await expect(bob.describeTopics([topic], asked)).rejects.toMatchObject({ kafkaError: "TOPIC_AUTHORIZATION_FAILED" });
  await admin.createAcls([{ ...rule, operation: "read" }]);
  const told = async () => {
    const described = await bob.describeTopics([topic], asked).catch(() => []);
    return described[0]?.authorizedOperations?.toSorted();
  };
  await waitFor(async () => (await told()) !== undefined, patience);
  // Who may read may look.
  expect(await told()).toEqual(["describe", "read"]);
  expect((await bob.describeTopics([topic]))[0]?.authorizedOperations).toBeNull();
});

test("passwords among a broker's configs are not told", async () => {
  const admin = adminBy(kafkajs({ brokers: [secured.listeners.plaintext] }));
  const { brokers } = await admin.describeCluster();
  const [described] = await admin.describeConfigs([{ type: "broker", name: String(brokers[0]?.id) }], { includeSynonyms: true });
  const jaas = described?.configs.filter(({ name }) => name.endsWith("jaas.config")) ?? [];
  expect(jaas.length).toBeGreaterThan(1);
  expect(jaas.every(({ value, isSensitive }) => isSensitive && value === null)).toBe(true);
  expect(JSON.stringify(described)).not.toContain(secured.users.bob.password);
});
