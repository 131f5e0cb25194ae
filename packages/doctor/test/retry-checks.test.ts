import { string } from "@millrace/serdes";
import { defineTopic, type Topic, type TopicOptions } from "@millrace/topics";
import { expect, test } from "vitest";
import { type Clinic, openClinic } from "./support/clinic.ts";

function topic(name: string, more: Partial<TopicOptions<string, string>> = {}): Topic<string, string> {
  return defineTopic({ name, key: string(), value: string(), ...more });
}

const groups = ["billing"];

/** The login may do so much with that topic: describe it, and what is given. */
function allow({ broker }: Clinic, name: string, operations: readonly number[]): void {
  const bits = operations.reduce((set, operation) => set | (1 << operation), 1 << 8);
  broker.faults.clear();
  broker.intercept("Metadata", async (request, next) => {
    const answer = await next(request);
    const topics = answer?.topics?.map((told) => (told.name === name ? { ...told, topicAuthorizedOperations: bits } : told));
    return { ...answer, topics };
  });
}
const [read, write] = [3, 4];

test("finds retry-partitions-differ: too few is an error, too many a warning", async () => {
  const { examine } = await openClinic({
    topics: [
      { name: "orders", partitions: 6 },
      { name: "orders.retry.billing", partitions: 4 },
      { name: "refunds", partitions: 2 },
      { name: "refunds.retry.billing", partitions: 4 },
    ],
  });
  const { findings } = await examine({ topics: [topic("orders"), topic("refunds")], groups: [...groups, "other"] });
  expect(findings).toMatchObject([
    {
      problem: "retry-partitions-differ",
      severity: "error",
      subject: "topic orders.retry.billing",
      evidence: { found: 4, source: "orders", sourcePartitions: 6 },
      fix: expect.stringContaining('createPartitions("orders.retry.billing", 6)') as unknown,
    },
    {
      problem: "retry-partitions-differ",
      severity: "warning",
      subject: "topic refunds.retry.billing",
      evidence: { found: 4, sourcePartitions: 2 },
    },
  ]);
});

test("finds compaction-instead-of-deletion of a retry topic", async () => {
  const { findings } = await openClinic({
    topics: [{ name: "orders" }, { name: "orders.retry.billing", configs: { "cleanup.policy": "compact" } }],
  });
  expect(await findings({ topics: [topic("orders")], groups })).toEqual(["compaction-instead-of-deletion of topic orders.retry.billing"]);
});

test("finds retention-below-retry-delay of sources and of retry topics, and nothing where age does not count", async () => {
  const { examine, findings } = await openClinic({
    topics: [
      { name: "brief", configs: { "retention.ms": "5000" } },
      { name: "orders" },
      { name: "orders.retry.billing", configs: { "retention.ms": "9999" } },
      { name: "endless", configs: { "retention.ms": "-1" } },
      { name: "bytes", configs: { "retention.ms": "-1", "retention.bytes": "1000" } },
      { name: "latest", configs: { "cleanup.policy": "compact", "retention.ms": "5000" } },
    ],
  });
  const topics = ["brief", "orders", "endless", "bytes", "latest"].map((name) => topic(name));
  const retry = { attempts: 5, initialMs: 10_000, maxMs: 10_000 };
  const { findings: found } = await examine({ topics, groups, config: { retry } });
  expect(found).toMatchObject([
    {
      problem: "retention-below-retry-delay",
      severity: "error",
      subject: "topic brief",
      evidence: { retentionMs: 5_000, longestDelayMs: 10_000 },
    },
    { problem: "retention-below-retry-delay", subject: "topic orders.retry.billing", evidence: { retentionMs: 9_999 } },
  ]);
  // Rounds that outlive the process wait in retry topics, and nowhere else.
  const later = { retry: { initialMs: 1, later: { initialMs: 9_999, maxMs: 10_000 } } };
  expect(await findings({ topics, groups, config: later })).toEqual(["retention-below-retry-delay of topic orders.retry.billing"]);
  const brief = ["retention-below-retry-delay of topic brief"];
  const only = { topics: [topic("brief")] };
  for (const [policy, expected] of [
    [{ initialMs: 100 }, []],
    [{ initialMs: 100, attempts: Number.POSITIVE_INFINITY }, brief],
    [{ initialMs: 4_000, multiplier: 1, attempts: Number.POSITIVE_INFINITY }, []],
    [{ initialMs: 10_000, attempts: 1 }, []],
    [{ initialMs: 10_000, maxElapsedMs: 5_000 }, []],
    [{}, []],
  ] as const) {
    expect(await findings({ ...only, config: { retry: policy } }), JSON.stringify(policy)).toEqual(expected);
  }
  expect(await findings({ topics: [topic("declared", { retentionMs: 1 })], config: { retry }, kafka: undefined })).toEqual([
    "retention-below-retry-delay of topic declared",
  ]);
  expect(await findings({ topics: [topic("forever", { retentionMs: -1 })], config: { retry }, kafka: undefined })).toEqual([]);
});

test("looks at the topics of tiers as at retry topics", async () => {
  const { findings } = await openClinic({
    topics: [
      { name: "orders", partitions: 3 },
      { name: "orders.retry.billing", partitions: 3 },
      { name: "orders.retry.billing.1", partitions: 3, configs: { "retention.ms": "9999" } },
      { name: "orders.retry.billing.2", partitions: 2, configs: { "cleanup.policy": "compact" } },
    ],
  });
  const config = { retry: { initialMs: 1, tiers: [10_000, 60_000] } };
  expect((await findings({ topics: [topic("orders")], groups, config })).toSorted()).toEqual([
    "compaction-instead-of-deletion of topic orders.retry.billing.2",
    "retention-below-retry-delay of topic orders.retry.billing.1",
    "retry-partitions-differ of topic orders.retry.billing.2",
  ]);
  expect(await findings({ topics: [topic("orders")], groups, config: { retry: { initialMs: 1 } } })).toEqual([]);
});

test("finds dead-letter-not-writable where brokers say so, by either naming", async () => {
  const clinic = await openClinic({ topics: [{ name: "orders" }, { name: "dlq.orders" }, { name: "orders.dead-letter" }] });
  const options = { topics: [topic("orders")], config: { retry: {} } };
  expect(await clinic.findings(options)).toEqual([]);
  allow(clinic, "dlq.orders", [read]);
  expect((await clinic.examine(options)).findings).toMatchObject([
    {
      problem: "dead-letter-not-writable",
      severity: "error",
      subject: "topic dlq.orders",
      evidence: { source: "orders", allowed: ["read", "describe"] },
    },
  ]);
  expect(await clinic.findings({ ...options, config: { retry: { naming: "suffix" } } })).toEqual([]);
  expect(await clinic.findings({ ...options, config: {} })).toEqual([]);
  allow(clinic, "dlq.orders", [write]);
  expect(await clinic.findings(options)).toEqual([]);
});

test("finds dead-letter-not-writable where the topic may not even be seen; without a word of the broker it is not known", async () => {
  const { broker, examine, findings } = await openClinic({ topics: [{ name: "orders" }, { name: "dlq.orders" }] });
  const options = { topics: [topic("orders")], config: { retry: {} } };
  const fault = broker.faults.error("Metadata", "TOPIC_AUTHORIZATION_FAILED", { topic: "dlq.orders" });
  expect(await findings(options)).toEqual(["dead-letter-not-writable of topic dlq.orders"]);
  fault.undo();
  broker.intercept("Metadata", async (request, next) => {
    const answer = await next(request);
    return { ...answer, topics: answer?.topics?.map((told) => ({ ...told, topicAuthorizedOperations: -2147483648 })) };
  });
  expect((await examine(options)).checks.find(({ problem }) => problem === "dead-letter-not-writable")).toEqual({
    problem: "dead-letter-not-writable",
    outcome: "not-checked",
    reason: "the brokers do not say what may be done with a topic (Kafka 2.3)",
  });
});

test("finds retry-name-illegal of names that grow too long, and leaves topics of dead letters, retries and audits alone", async () => {
  const { findings } = await openClinic();
  const long = "o".repeat(240);
  const options = { groups, config: { retry: {} }, kafka: undefined };
  expect(await findings({ ...options, topics: [topic(long)] })).toEqual([`retry-name-illegal of topic ${long}`]);
  const source = "o".repeat(230);
  const around = [`dlq.${source}`, `dlq.${source}.audit`, `${source}.retry.billing`, `${source}.dead-letter`];
  expect(await findings({ ...options, topics: [source, ...around].map((name) => topic(name)) })).toEqual([]);
});
