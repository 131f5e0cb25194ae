import { connection, loadConfig, messages } from "@millrace/config";
import { type Check, type Finding, InvalidOptionsError } from "@millrace/core";
import { platformatic } from "@millrace/driver-platformatic";
import { createKafka } from "@millrace/kafka";
import { consumer, producer, transactions } from "@millrace/kafka/config";
import { retry } from "@millrace/retry/config";
import { runtime } from "@millrace/runtime/config";
import { schemaRegistry } from "@millrace/schema-registry/config";
import { avro, string } from "@millrace/serdes";
import { unreachableBrokers } from "@millrace/testing";
import { defineTopic } from "@millrace/topics";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type DiagnoseOptions, type DoctorContext, diagnose, formatDiagnosis, standardChecks } from "../src/index.ts";
import { openClinic } from "./support/clinic.ts";
import { connectionOf } from "./support/connection-of.ts";
import { startRegistry } from "./support/start-registry.ts";

const value = avro({ type: "record", name: "Order", fields: [{ name: "id", type: "string" }] });
const orders = defineTopic({
  name: "orders",
  key: string(),
  value,
  partitions: 3,
  replicationFactor: 2,
  cleanup: "delete",
  retentionMs: 604_800_000,
  maxMessageBytes: 1_048_588,
  configs: { "min.insync.replicas": "1" },
});
const cluster = {
  nodes: 3,
  topics: [
    { name: "orders", partitions: 3, replicationFactor: 2, configs: { "min.insync.replicas": "1" } },
    { name: "orders.retry.billing", partitions: 3, replicationFactor: 2 },
    { name: "dlq.orders", partitions: 3, replicationFactor: 2 },
    { name: "dlq.orders.audit", partitions: 1, configs: { "cleanup.policy": "compact" } },
  ],
};
/** Everything but clients. */
const full = {
  topics: [orders],
  config: {
    producer: { acks: "all", maxMessageBytes: 1_048_576 },
    consumer: { group: "billing", assignors: ["range"] },
    transactions: { transactionalId: "payments", transactionTimeoutMs: 60_000 },
    retry: { attempts: 5, maxMs: 30_000 },
    runtime: { group: "billing" },
    schemaRegistry: { compatibility: "BACKWARD" },
  },
} as const satisfies DiagnoseOptions;

test("nothing is reported on a clean cluster, and everything is checked", async () => {
  const { examine, connect } = await openClinic(cluster);
  const member = connect("doctor-test").consumer({ group: "billing", assignors: ["range"] });
  const joined = Promise.withResolvers<void>();
  await member.consume(["orders"], { onAssigned: () => joined.resolve(), onBatch: async () => {} });
  await joined.promise;
  const registry = await startRegistry();
  await registry.register("orders-value", value.schema!);
  const { checks, durationMs, checkedAt, ...found } = await examine({ ...full, registry });
  await member.close();
  expect(found).toEqual({ is_healthy: true, findings: [] });
  expect(checks).toEqual(
    [...new Set(standardChecks.flatMap(({ finds }) => finds))].map((problem) => ({ problem, outcome: "passed", reason: null })),
  );
  expect(new Date(checkedAt).toISOString()).toBe(checkedAt);
  expect(durationMs).toBeGreaterThanOrEqual(0);
});

test("a diagnosis asks, and changes nothing", async () => {
  const { broker, examine, kafka } = await openClinic({ topics: [{ name: "there" }] });
  const asked = new Set<string>();
  broker.intercept("*", (request, next) => {
    asked.add(request.api);
    return next(request);
  });
  await examine({ ...full, groups: ["others"] });
  const questions = [
    "ApiVersions",
    "DescribeCluster",
    "DescribeConfigs",
    "DescribeGroups",
    "DescribeQuorum",
    "FindCoordinator",
    "Metadata",
  ];
  expect(questions).toEqual(expect.arrayContaining([...asked]));
  expect(asked.size).toBeGreaterThan(2);
  expect(await kafka.admin().listTopics({ includeInternal: true })).toEqual(["there"]);
  expect([broker.groups(), broker.transactions()]).toEqual([[], []]);
});

test("without a client declarations and settings are looked at, and the rest is said to be unchecked; nothing at all is fine too", async () => {
  const { is_healthy, findings, checks } = await diagnose(full);
  expect({ is_healthy, findings }).toEqual({ is_healthy: true, findings: [] });
  const outcome = (name: string) => checks.find(({ problem }) => problem === name);
  expect(outcome("topic-names-collide")).toMatchObject({ outcome: "passed" });
  expect(outcome("topic-missing")).toEqual({
    problem: "topic-missing",
    outcome: "not-checked",
    reason: "no client of the cluster was given",
  });
  const nothing = await diagnose({});
  expect(nothing.findings).toEqual([]);
  expect(nothing.checks.every(({ outcome, reason }) => outcome === "not-checked" && reason !== null)).toBe(true);
});

test("what loadConfig gives can be given as it is, with every section and others beside them", async () => {
  const { broker, kafka } = await openClinic(cluster);
  const sections = [connection, messages, producer, consumer, transactions, retry, runtime, schemaRegistry] as const;
  const config = loadConfig({
    sections,
    environment: {},
    object: {
      connection: { brokers: broker.brokers, clientId: "doctor-test" },
      consumer: { group: "billing" },
      transactions: { transactionalId: "payments" },
      runtime: { group: "billing" },
      schemaRegistry: { url: "http://127.0.0.1:1" },
    },
  });
  const { findings, checks } = await diagnose({ config, kafka, topics: [orders] });
  expect(findings).toEqual([]);
  const without = checks.filter(({ outcome }) => outcome === "not-checked").map(({ reason }) => reason);
  expect(new Set(without)).toEqual(new Set(["no client of the schema registry was given"]));
});

test.each(["stall", "drop", "delay"] as const)(
  "a broker that meets a kind of request with %s ends no diagnosis and makes none late",
  async (fault) => {
    // Who ends connections before anything but the first question may want a login.
    const sayable = [
      "broker-unreachable",
      "broker-down",
      "advertised-address-unreachable",
      "authentication-failed",
      "cluster-not-answering",
    ];
    const kinds = [
      ["ApiVersions", "topic-missing"],
      ["Metadata", "topic-missing"],
      ["DescribeConfigs", "min-isr-above-replication"],
      ["FindCoordinator", "group-assignor-differs"],
      ["DescribeGroups", "group-assignor-differs"],
      ["*", "topic-missing"],
    ] as const;
    const diagnosed = kinds.map(async ([api, blocked]) => {
      const { broker, examine, connect } = await openClinic(cluster);
      // Without a group nobody would be asked for its coordinator.
      await connect("before").admin().describeGroups(["billing"]);
      if (fault === "delay") broker.faults.delay(api, 60_000);
      else broker.faults[fault](api);
      const started = performance.now();
      const { checks, findings } = await examine({ ...full, timeoutMs: 500 });
      expect(performance.now() - started, api).toBeLessThan(5_000);
      expect(checks.find(({ problem }) => problem === blocked)?.outcome, api).toBe("not-checked");
      for (const { problem } of findings) expect(sayable).toContain(problem);
      broker.faults.clear();
    });
    await Promise.all(diagnosed);
  },
);

test("nobody at the addresses is a finding, in time, and the reason why the rest is not checked", async () => {
  const brokers = await unreachableBrokers();
  const kafka = createKafka({ driver: platformatic({ brokers, connectionTimeoutMs: 500 }) });
  const started = performance.now();
  const { is_healthy, findings, checks } = await diagnose({
    ...full,
    kafka,
    config: { ...full.config, connection: connectionOf(brokers) },
    timeoutMs: 1_000,
  });
  expect(performance.now() - started).toBeLessThan(5_000);
  expect(is_healthy).toBe(false);
  expect(findings[0]).toMatchObject({ problem: "broker-unreachable" });
  expect(checks.find(({ problem }) => problem === "topic-missing")).toMatchObject({ outcome: "not-checked" });
  await kafka.close();
});

test("finds cluster-not-answering where nothing else says why nothing can be asked", async () => {
  const { broker, kafka, examine } = await openClinic();
  await broker.close();
  const { is_healthy, findings } = await diagnose({ kafka, timeoutMs: 3_000 });
  expect(is_healthy).toBe(false);
  expect(findings).toMatchObject([
    {
      problem: "cluster-not-answering",
      severity: "error",
      subject: "cluster",
      message: expect.stringMatching(/^The cluster does not answer: .* within/) as unknown,
    },
  ]);
  expect((await examine({ timeoutMs: 3_000 })).findings).toMatchObject([{ problem: "broker-unreachable" }]);
});

test("a signal ends a diagnosis at once, with what is known by then", async () => {
  const { broker, examine, kafka } = await openClinic(cluster);
  await kafka.admin().describeGroups(["billing"]);
  const controller = new AbortController();
  broker.intercept("DescribeGroups", (request, next) => {
    controller.abort();
    return next(request);
  });
  broker.faults.stall("DescribeGroups");
  for (const signal of [controller.signal, AbortSignal.abort()]) {
    const started = performance.now();
    const { findings, checks } = await examine({ ...full, timeoutMs: 60_000, signal });
    expect(performance.now() - started).toBeLessThan(10_000);
    expect(findings).toEqual([]);
    expect(checks.find(({ problem }) => problem === "group-assignor-differs")).toEqual({
      problem: "group-assignor-differs",
      outcome: "not-checked",
      reason: "the check was aborted",
    });
  }
});

test("options that cannot be are refused, every problem at once; nothing else is ever thrown", async () => {
  const problems = await diagnose({
    config: { producer: 5, connection: [] },
    topics: [{ name: "" }],
    kafka: {},
    groups: [""],
    knownClientIds: "me",
    checks: [{}],
    timeoutMs: 0,
    signal: {},
  } as never).catch((error: unknown) => (InvalidOptionsError.is(error) ? error.problems : [String(error)]));
  expect(problems).toEqual([
    "config.connection must be an object",
    "config.producer must be an object",
    expect.stringContaining("topics must be a list of what defineTopic()"),
    expect.stringContaining("kafka must be what createKafka()"),
    "groups must be a list of names",
    "knownClientIds must be a list of names",
    "checks must be a list of checks, such as standardChecks",
    "timeoutMs must be a number from 1 to 2147483647",
    "signal must be an AbortSignal",
  ]);
  const throwing = new Proxy(
    {},
    {
      get: () => {
        throw new Error("no");
      },
    },
  );
  const closed = createKafka({ driver: platformatic({ brokers: ["127.0.0.1:1"] }) });
  await closed.close();
  for (const options of [undefined, null, 5, "topics", [], throwing, { config: throwing }, { kafka: closed }]) {
    await expect(diagnose(options as never)).rejects.toMatchObject({ code: "INVALID_OPTIONS" });
  }
});

test("whatever a configuration holds, a diagnosis is plain data", async () => {
  const section = fc.dictionary(
    fc.constantFrom(
      "brokers",
      "security",
      "acks",
      "maxMessageBytes",
      "assignors",
      "group",
      "attempts",
      "maxMs",
      "naming",
      "transactionTimeoutMs",
    ),
    fc.anything(),
  );
  const config = fc.record(
    { connection: section, producer: section, consumer: section, transactions: section, retry: section, runtime: section },
    { requiredKeys: [] },
  );
  const { kafka } = await openClinic({ topics: [{ name: "orders" }] });
  await fc.assert(
    fc.asyncProperty(config, fc.boolean(), async (given, isLive) => {
      const diagnosis = await diagnose({
        config: given as never,
        topics: [orders],
        groups: ["billing"],
        timeoutMs: 300,
        ...(isLive && { kafka }),
      });
      expect(JSON.parse(JSON.stringify(diagnosis))).toEqual(diagnosis);
      expect(formatDiagnosis(diagnosis)).toContain("looked for");
    }),
    { numRuns: 100, interruptAfterTimeLimit: 10_000 },
  );
});

test("checks of others: one that throws, never ends or answers nonsense stops nobody, and what they find is made plain", async () => {
  const check = (name: string, run: () => unknown): Check<DoctorContext> => ({
    finds: [name],
    blockedBy: () => undefined,
    run: run as () => readonly Finding[],
  });
  const evidence = { endless: Number.POSITIVE_INFINITY, list: [1, null, "x"], nothing: null, odd: undefined, size: 10n ** 20n };
  const diagnosis = await diagnose({
    timeoutMs: 50,
    checks: [
      check("throws", () => {
        throw new Error("it went wrong");
      }),
      check("throws-text", () => {
        throw "text";
      }),
      check("rejects", () => Promise.reject(new Error("it went wrong"))),
      check("never-ends", () => new Promise(() => {})),
      check("nonsense", () => 5),
      check("finds", () => [{ problem: "finds", severity: "warning", subject: "s", message: "m".repeat(5_000), evidence, fix: "f" }]),
      check("finds-twice", () =>
        [1, 2].map((fix) => ({ problem: "finds-twice", subject: "s", message: `\u001b[31m\nerror: spoofed`, evidence: {}, fix })),
      ),
    ],
  });
  expect(diagnosis.checks).toEqual([
    { problem: "throws", outcome: "not-checked", reason: "it went wrong" },
    { problem: "throws-text", outcome: "not-checked", reason: "text" },
    { problem: "rejects", outcome: "not-checked", reason: "it went wrong" },
    { problem: "never-ends", outcome: "not-checked", reason: "the check did not finish within 50 ms" },
    { problem: "nonsense", outcome: "not-checked", reason: expect.any(String) as unknown },
    { problem: "finds", outcome: "found", reason: null },
    { problem: "finds-twice", outcome: "found", reason: null },
  ]);
  expect(diagnosis.findings).toEqual([
    { problem: "finds-twice", severity: "error", subject: "s", message: "\u001b[31m\nerror: spoofed", evidence: {}, fix: "1" },
    {
      problem: "finds",
      severity: "warning",
      subject: "s",
      message: `${"m".repeat(1_000)}...`,
      fix: "f",
      evidence: { endless: "Infinity", list: ["1", "null", "x"], nothing: null, odd: "undefined", size: "100000000000000000000" },
    },
  ]);
  expect(() => (diagnosis.findings as unknown[]).push(1)).toThrow("not extensible");
  expect(formatDiagnosis(diagnosis).split("\n").slice(0, 3)).toEqual(["error: finds-twice (s)", "  ?[31m?error: spoofed", "  fix: 1"]);
});
