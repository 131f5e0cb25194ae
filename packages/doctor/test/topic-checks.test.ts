import { errorCodes } from "@millrace/protocol";
import { string } from "@millrace/serdes";
import { defineTopic, type Topic, type TopicOptions } from "@millrace/topics";
import { expect, test } from "vitest";
import { openClinic } from "./support/clinic.ts";

function topic(name: string, more: Partial<TopicOptions<string, string>> = {}): Topic<string, string> {
  return defineTopic({ name, key: string(), value: string(), ...more });
}

const words = (text: string): unknown => expect.stringContaining(text);

test("finds topic-missing, and does not make the topic by asking", async () => {
  const { kafka, examine } = await openClinic({ topics: [{ name: "there" }] });
  const { is_healthy, findings } = await examine({ topics: [topic("there"), topic("orders", { partitions: 3 })] });
  expect(is_healthy).toBe(false);
  expect(findings).toEqual([
    {
      problem: "topic-missing",
      severity: "error",
      subject: "topic orders",
      message: words('"orders" is declared'),
      evidence: { declaredPartitions: 3, declaredReplicationFactor: null },
      fix: words("ensureTopics"),
    },
  ]);
  expect(await kafka.admin().listTopics()).toEqual(["there"]);
});

test("finds topic-access-denied beside what it finds of other topics", async () => {
  const { broker, findings } = await openClinic();
  broker.faults.error("Metadata", "TOPIC_AUTHORIZATION_FAILED", { topic: "secret" });
  expect(await findings({ topics: [topic("absent"), topic("secret")] })).toEqual([
    "topic-missing of topic absent",
    "topic-access-denied of topic secret",
  ]);
});

test("finds partition-count-differs, and says what can be done: partitions can be added, not taken away", async () => {
  const { examine } = await openClinic({ topics: [{ name: "orders", partitions: 3 }] });
  for (const [declared, fix] of [
    [6, 'mode: "alter"'],
    [2, "Declare 3 partitions"],
  ] as const) {
    const { is_healthy, findings } = await examine({ topics: [topic("orders", { partitions: declared })] });
    expect(is_healthy).toBe(true);
    expect(findings).toMatchObject([
      {
        problem: "partition-count-differs",
        severity: "warning",
        subject: "topic orders",
        evidence: { found: 3, declared },
        fix: words(fix),
      },
    ]);
  }
});

test("finds replication-below-declared, also where the cluster has too few brokers for it; more replicas are no problem", async () => {
  const { examine, findings } = await openClinic({
    nodes: 2,
    topics: [
      { name: "single", replicationFactor: 1 },
      { name: "double", replicationFactor: 2 },
    ],
  });
  const { findings: found } = await examine({
    topics: [topic("single", { replicationFactor: 2 }), topic("double", { replicationFactor: 3 })],
  });
  expect(found).toMatchObject([
    { problem: "replication-below-declared", severity: "warning", subject: "topic single", evidence: { found: 1, declared: 2 } },
    { problem: "replication-below-declared", severity: "warning", subject: "topic double", evidence: { found: 2, declared: 3 } },
  ]);
  expect(await findings({ topics: [topic("double", { replicationFactor: 1 })] })).toEqual([]);
});

test("finds min-isr-above-replication of topics and of declarations, which stops whoever waits for all replicas", async () => {
  const { examine, findings } = await openClinic({
    nodes: 3,
    topics: [{ name: "orders", replicationFactor: 2, configs: { "min.insync.replicas": "3" } }],
  });
  const topics = [topic("orders")];
  expect((await examine({ topics })).findings).toMatchObject([
    {
      problem: "min-isr-above-replication",
      severity: "error",
      subject: "topic orders",
      evidence: { minInSyncReplicas: 3, replicas: 2, acks: "all" },
    },
  ]);
  expect((await examine({ topics, config: { producer: { acks: 1 } } })).findings).toMatchObject([{ severity: "warning" }]);
  const declared = topic("other", { replicationFactor: 2, configs: { "min.insync.replicas": "3" } });
  expect(await findings({ topics: [declared], kafka: undefined })).toEqual(["min-isr-above-replication of topic other"]);
  expect(await findings({ topics: [topic("open", { configs: { "min.insync.replicas": "3" } })], kafka: undefined })).toEqual([]);
});

test("finds min-isr-above-replication that all brokers are set to", async () => {
  const { kafka, findings } = await openClinic({ topics: [{ name: "orders" }] });
  await kafka.admin().alterConfigs([{ type: "broker", name: "", set: { "min.insync.replicas": "2" } }]);
  expect(await findings({ topics: [topic("orders")] })).toEqual(["min-isr-above-replication of topic orders"]);
});

test("finds compaction-instead-of-deletion where deletion is declared, and other settings that differ by their names", async () => {
  const { examine, findings } = await openClinic({
    topics: [
      { name: "compacted", configs: { "cleanup.policy": "compact" } },
      { name: "both", configs: { "cleanup.policy": "compact,delete" } },
      { name: "deleted" },
    ],
  });
  const deleting = { cleanup: "delete" } as const;
  expect(
    (await examine({ topics: [topic("compacted", deleting), topic("both", deleting), topic("deleted", deleting)] })).findings,
  ).toMatchObject([
    {
      problem: "compaction-instead-of-deletion",
      severity: "error",
      subject: "topic compacted",
      evidence: { found: "compact", declared: "delete" },
    },
    { problem: "compaction-instead-of-deletion", subject: "topic both", evidence: { found: "compact,delete" } },
  ]);
  expect(
    await findings({
      topics: [
        topic("compacted"),
        topic("both", { cleanup: "compact,delete" }),
        topic("both", { configs: { "cleanup.policy": "delete , compact" } }),
      ],
    }),
  ).toEqual(["topic-names-collide of declared topics"]);
  expect((await examine({ topics: [topic("deleted", { cleanup: "compact", retentionMs: 1_000 })] })).findings).toMatchObject([
    {
      problem: "topic-setting-differs",
      severity: "warning",
      subject: "topic deleted, cleanup.policy",
      evidence: { found: "delete", declared: "compact" },
    },
    { problem: "topic-setting-differs", subject: "topic deleted, retention.ms", evidence: { found: "604800000", declared: "1000" } },
  ]);
});

test("finds message-limit-below-producer of topics and of declarations, where something is produced", async () => {
  const { examine, findings } = await openClinic({
    topics: [{ name: "small", configs: { "max.message.bytes": "1000" } }, { name: "orders" }],
  });
  const topics = [topic("small"), topic("orders")];
  expect((await examine({ topics, config: { producer: {} } })).findings).toMatchObject([
    {
      problem: "message-limit-below-producer",
      severity: "warning",
      subject: "topic small",
      evidence: { topicLimit: 1_000, producerLimit: 1_048_576 },
    },
  ]);
  expect(await findings({ topics, config: { producer: { maxMessageBytes: 1_000 } } })).toEqual([]);
  expect(await findings({ topics, config: { producer: { maxMessageBytes: 2_000_000 } } })).toEqual([
    "message-limit-below-producer of topic small",
    "message-limit-below-producer of topic orders",
  ]);
  expect(await findings({ topics })).toEqual([]);
  const declared = [topic("tiny", { maxMessageBytes: 500 })];
  expect(await findings({ topics: declared, config: { producer: {} }, kafka: undefined })).toEqual([
    "message-limit-below-producer of topic tiny",
  ]);
});

test("a topic that is deleted meanwhile is none that differs", async () => {
  const { broker, examine } = await openClinic({
    topics: [{ name: "going" }, { name: "small", configs: { "max.message.bytes": "1000" } }],
  });
  const errorCode = errorCodes.UNKNOWN_TOPIC_OR_PARTITION;
  broker.intercept("DescribeConfigs", async (request, next) => {
    const answer = await next(request);
    return { ...answer, results: answer?.results?.map((told) => (told.resourceName === "going" ? { ...told, errorCode } : told)) };
  });
  const topics = [topic("going", { retentionMs: 5 }), topic("small")];
  const { findings, checks } = await examine({ topics, config: { producer: {} } });
  expect(findings).toMatchObject([{ problem: "message-limit-below-producer", subject: "topic small" }]);
  expect(checks.find(({ problem }) => problem === "topic-setting-differs")).toMatchObject({ outcome: "passed" });
});

test("finds topic-names-collide: declared twice, or equal but for dots and underscores; the same declaration twice is one", async () => {
  const { findings } = await openClinic();
  const one = topic("orders");
  expect(await findings({ topics: [one, one, topic("shop.orders")], kafka: undefined })).toEqual([]);
  expect(await findings({ topics: [topic("shop.orders"), topic("shop_orders")], kafka: undefined })).toEqual([
    "topic-names-collide of declared topics",
  ]);
});
