import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RunningSecuredKafka, startBroker, startProxiedKafka, startSecuredKafka, stopBroker } from "@millrace/cluster";
import type { ConnectionOptions, SecurityOptions } from "@millrace/config";
import { kafkajs } from "@millrace/driver-kafkajs";
import { platformatic } from "@millrace/driver-platformatic";
import { type Acl, createKafka, type Kafka, type KafkaDriver } from "@millrace/kafka";
import { type ConnectionSettings, connectionSettings } from "@millrace/kafka/config";
import { createSchemaRegistry } from "@millrace/schema-registry";
import { avro, string } from "@millrace/serdes";
import { unreachableBrokers, waitFor } from "@millrace/testing";
import { defineTopic, type Topic, type TopicOptions } from "@millrace/topics";
import { afterAll, beforeAll, expect, inject, onTestFinished, test } from "vitest";
import { type DiagnoseOptions, type Diagnosis, diagnose } from "../src/index.ts";
import { connectionOf } from "./support/connection-of.ts";

const run = `doctor-${randomBytes(6).toString("hex")}`;
const patience = { timeoutMs: 30_000 };

const drivers: readonly (readonly [string, (settings: ConnectionSettings) => KafkaDriver])[] = [
  ["kafkajs", kafkajs],
  ["platformatic", platformatic],
];
const [[, usual]] = drivers as [(typeof drivers)[number]];

let registry: ReturnType<typeof createSchemaRegistry>;
let folder: string;
beforeAll(async () => {
  registry = createSchemaRegistry({ url: inject("registryUrl") });
  folder = await mkdtemp(join(tmpdir(), "doctor-"));
});
afterAll(async () => {
  await registry.close();
  await rm(folder, { recursive: true });
});

/** Time for a machine with other work. */
function connectionTo(brokers: readonly string[], security: Partial<SecurityOptions> = {}): ConnectionOptions {
  return { ...connectionOf(brokers, security), connectionTimeoutMs: 5_000, requestTimeoutMs: 10_000 };
}

function connect(connection: ConnectionOptions, make = usual): Kafka {
  const kafka = createKafka({ driver: make(connectionSettings(connection)), clientId: connection.clientId });
  onTestFinished(() => kafka.close());
  return kafka;
}

/** What the doctor says of an application that is configured so. */
async function examine(connection: ConnectionOptions, { config, ...more }: DiagnoseOptions = {}, make = usual): Promise<Diagnosis> {
  return await diagnose({ kafka: connect(connection, make), config: { connection, ...config }, timeoutMs: 15_000, ...more });
}

async function findings(connection: ConnectionOptions, options: DiagnoseOptions = {}): Promise<readonly string[]> {
  return (await examine(connection, options)).findings.map(({ problem, subject }) => `${problem} of ${subject}`);
}

async function pemFile(name: string, text: string): Promise<string> {
  const file = join(folder, `${name}.pem`);
  await writeFile(file, text);
  return file;
}

const topic = (name: string, more: Partial<TopicOptions<string, string>> = {}): Topic<string, string> =>
  defineTopic({ name: `${run}.${name}`, key: string(), value: string(), ...more });
const record = (...fields: readonly object[]) =>
  avro({ type: "record", name: "Order", fields: [{ name: "id", type: "string" }, ...fields] });
const orders = (value: ReturnType<typeof record>, name = "orders") => defineTopic({ name: `${run}.${name}`, key: string(), value });

/** Topics for as long as the test runs. */
async function create(
  kafka: Kafka,
  topics: readonly { readonly name: string; readonly partitions?: number; readonly configs?: Readonly<Record<string, string>> }[],
  replicationFactor = 1,
): Promise<void> {
  const admin = kafka.admin();
  onTestFinished(async () => void (await admin.deleteTopics(topics.map(({ name }) => name))));
  await admin.createTopics(topics.map((wanted) => ({ partitions: 1, ...wanted, replicationFactor })));
}

const everySetting = {
  producer: {},
  consumer: { group: run },
  transactions: { transactionalId: run, transactionTimeoutMs: 60_000 },
  retry: { attempts: 3, initialMs: 100, maxMs: 1_000 },
  schemaRegistry: { compatibility: "BACKWARD", autoRegister: true },
} as const;

test.each(drivers)(
  "doctor: nothing is found on clean clusters of one broker and of three, and everything is checked (%s)",
  async (name, make) => {
    const declared = orders(record(), `orders-${name}`);
    await registry.register(`${declared.name}-value`, declared.value.schema!);
    await registry.setLevel("BACKWARD", `${declared.name}-value`);
    for (const [brokers, replicas] of [
      [inject("kafkaBrokers"), 1],
      [inject("kafkaThreeNodeBrokers"), 3],
    ] as const) {
      const connection = connectionTo(brokers);
      await create(connect(connection), [{ name: declared.name, partitions: 3 }], replicas);
      const diagnosis = await examine(connection, { topics: [declared], registry, config: everySetting, timeoutMs: 20_000 }, make);
      // The registry's own level may be another one: it is not ours to set.
      const general = (await registry.level()) === "BACKWARD" ? [] : ["registry-level-weaker of schema registry"];
      expect(diagnosis.findings.map(({ problem, subject }) => `${problem} of ${subject}`)).toEqual(general);
      expect(diagnosis.is_healthy).toBe(true);
      expect(diagnosis.checks.filter(({ outcome }) => outcome === "not-checked")).toEqual([]);
    }
  },
);

test("doctor: finds what differs between declared topics and Apache Kafka's, of retries and transactions too", async () => {
  const connection = connectionTo(inject("kafkaBrokers"));
  const kafka = connect(connection);
  await create(kafka, [
    { name: `${run}.partitions`, partitions: 3 },
    { name: `${run}.partitions.retry.${run}`, partitions: 2 },
    { name: `${run}.brief`, configs: { "retention.ms": "5000" } },
    { name: `${run}.isr`, configs: { "min.insync.replicas": "2" } },
    { name: `${run}.compacted`, configs: { "cleanup.policy": "compact" } },
    { name: `${run}.small`, configs: { "max.message.bytes": "1000" } },
  ]);
  const found = await findings(connection, {
    topics: [
      topic("absent"),
      topic("partitions", { partitions: 6 }),
      topic("brief", { replicationFactor: 3 }),
      topic("isr"),
      topic("compacted", { cleanup: "delete" }),
      topic("small"),
    ],
    groups: [run],
    config: {
      producer: { maxMessageBytes: 1_000_000 },
      retry: { attempts: 5, initialMs: 10_000, maxMs: 10_000 },
      transactions: { transactionalId: run, transactionTimeoutMs: 900_001 },
    },
  });
  expect([...found].sort()).toEqual(
    [
      `topic-missing of topic ${run}.absent`,
      `partition-count-differs of topic ${run}.partitions`,
      `retry-partitions-differ of topic ${run}.partitions.retry.${run}`,
      `retention-below-retry-delay of topic ${run}.brief`,
      `replication-below-declared of topic ${run}.brief`,
      `min-isr-above-replication of topic ${run}.isr`,
      `compaction-instead-of-deletion of topic ${run}.compacted`,
      `message-limit-below-producer of topic ${run}.small`,
      `transaction-timeout-above-maximum of broker ${inject("kafkaBrokers")[0]}`,
    ].sort(),
  );
  expect(await kafka.admin().listTopics()).not.toContain(`${run}.absent`);
});

test("doctor: finds members that assign otherwise, and strangers among them", async () => {
  const connection = connectionTo(inject("kafkaBrokers"));
  const other = connect({ ...connection, clientId: "somebody" });
  const name = `${run}.read`;
  await create(other, [{ name, partitions: 2 }]);
  const joined = Promise.withResolvers<void>();
  const consumer = other.consumer({ group: run, assignors: ["sticky"] });
  await consumer.consume([name], { onAssigned: () => joined.resolve(), onBatch: async () => {} });
  await joined.promise;
  const isStable = async (): Promise<boolean> => (await other.admin().describeGroups([run]))[0]?.state === "stable";
  await waitFor(isStable, patience);
  const expected = [`group-assignor-differs of group ${run}`, `group-members-unknown of group ${run}`];
  expect(await findings(connection, { groups: [run] })).toEqual(expected);
  expect(
    await findings(connection, { groups: [run], knownClientIds: ["somebody"], config: { consumer: { assignors: ["sticky"] } } }),
  ).toEqual([]);
  await consumer.close();
});

test("doctor: finds a registry that is away, one whose level is weaker than declared, and a schema that it does not take", async () => {
  const connection = connectionTo(inject("kafkaBrokers"));
  const subject = `${run}.orders-value`;
  await create(connect(connection), [{ name: `${run}.orders` }]);
  await registry.register(subject, record().schema!);
  await registry.setLevel("BACKWARD", subject);
  const amount = orders(record({ name: "amount", type: "int" }));
  const config = { schemaRegistry: { compatibility: "FULL" } } as const;
  const found = await findings(connection, { topics: [amount], registry, config });
  expect(found).toContain(`value-schema-incompatible of subject ${subject}`);
  expect(found.filter((each) => each.startsWith("registry-level-weaker")).length).toBeGreaterThan(0);
  const [free = ""] = await unreachableBrokers();
  const away = createSchemaRegistry({ url: `http://${free}` });
  onTestFinished(() => away.close());
  expect(await findings(connection, { topics: [amount], registry: away, config })).toEqual(["registry-unreachable of schema registry"]);
  // What answers there is Apache Kafka.
  const stranger = createSchemaRegistry({ url: `http://${inject("kafkaBrokers")[0]}` });
  onTestFinished(() => stranger.close());
  expect(await findings(connection, { topics: [amount], registry: stranger, config })).toEqual(["registry-unreachable of schema registry"]);
});

test("doctor: finds brokers that nobody is at, and a registry among them", async () => {
  const [free = ""] = await unreachableBrokers();
  const web = new URL(inject("registryUrl")).host;
  const found = await findings(connectionTo([free, web]));
  expect(found).toEqual([`broker-unreachable of broker ${free}`, `broker-unreachable of broker ${web}`]);
  expect(await findings(connectionTo([free, ...inject("kafkaBrokers")]))).toEqual([`broker-down of broker ${free}`]);
});

test("doctor: finds the one of three brokers that is down, by its address and by the replicas it holds", { timeout: 180_000 }, async () => {
  const [first = "", second = "", third = ""] = inject("kafkaThreeNodeBrokers");
  const connection = connectionTo([first, second, third]);
  await create(connect(connection), [{ name: `${run}.spread`, partitions: 3 }], 3);
  onTestFinished(() => startBroker(2), 120_000);
  await stopBroker(2);
  const spread = topic("spread");
  const diagnosis = await waitFor(
    async () => {
      const told = await examine(connection, { topics: [spread] });
      return told.findings.some(({ evidence }) => String(evidence["missingBrokers"]) === "2") ? told : undefined;
    },
    { timeoutMs: 60_000 },
  );
  expect(diagnosis.findings).toMatchObject([{ problem: "broker-down", severity: "warning", subject: `broker ${second}` }]);
  expect(await findings(connectionTo([first]), { topics: [spread] })).toEqual(["broker-down of broker 2"]);
});

test("doctor: finds an advertised address that nobody is at", { timeout: 180_000 }, async () => {
  const [free = ""] = await unreachableBrokers();
  const proxied = await startProxiedKafka(Number(free.split(":")[1]));
  onTestFinished(() => proxied.stop(), 60_000);
  const connection = connectionTo([`127.0.0.1:${proxied.proxiedPort}`]);
  expect(await findings(connection)).toEqual(["advertised-address-unreachable of broker 1"]);
  expect(await findings(connectionTo(proxied.kafkaBrokers))).toEqual([]);
});

/** Files and logins for the secured broker. */
async function secured(): Promise<RunningSecuredKafka & { readonly caFile: string; readonly client: Partial<SecurityOptions> }> {
  const kafka = await startSecuredKafka();
  const { authority, client } = kafka.certificates;
  const [caFile, certificateFile, keyFile] = [
    await pemFile("authority", authority),
    await pemFile("client", client.cert),
    await pemFile("client-key", client.key),
  ];
  return { ...kafka, caFile, client: { certificateFile, keyFile } };
}

test("doctor: nothing is found on a secured broker, by any of its doors", { timeout: 180_000 }, async () => {
  const { listeners, users, caFile, client } = await secured();
  const login = { mechanism: "SCRAM-SHA-256", ...users.admin } as const;
  const ways: readonly (readonly [string, Partial<SecurityOptions>])[] = [
    [listeners.plaintext, {}],
    [listeners.tls, { protocol: "SSL", caFile }],
    [listeners.mutualTls, { protocol: "SSL", caFile, ...client }],
    [listeners.elsewhereTls, { protocol: "SSL", caFile, checkHostname: false }],
    [listeners.sasl, { protocol: "SASL_PLAINTEXT", ...login }],
    [listeners.saslTls, { protocol: "SASL_SSL", caFile, ...login, mechanism: "PLAIN" }],
  ];
  for (const [address, security] of ways) {
    const { findings: found, checks } = await examine(connectionTo([address], security));
    expect(found, address).toEqual([]);
    const network = checks.slice(0, checks.findIndex(({ problem }) => problem === "authentication-failed") + 1);
    expect(network.map(({ outcome }) => outcome)).toEqual(network.map(() => "passed"));
    expect(network.length).toBe(6);
  }
});

test("doctor: finds TLS spoken to a plain port and the reverse, logins and certificates that are refused", {
  timeout: 240_000,
}, async () => {
  const { listeners, users, certificates, caFile } = await secured();
  const otherCa = await pemFile("other", certificates.otherAuthority);
  const wrong = { username: users.admin.username, password: "hunter2-planted" };
  const failed = "authentication-failed of";
  const cases: readonly (readonly [string, Partial<SecurityOptions>, string])[] = [
    [listeners.plaintext, { protocol: "SSL", caFile }, `tls-on-plain-port of broker ${listeners.plaintext}`],
    [listeners.sasl, { protocol: "SASL_SSL", caFile, mechanism: "PLAIN", ...users.admin }, `tls-on-plain-port of broker ${listeners.sasl}`],
    [listeners.tls, {}, `plaintext-on-tls-port of broker ${listeners.tls}`],
    [listeners.mutualTls, {}, `plaintext-on-tls-port of broker ${listeners.mutualTls}`],
    [listeners.sasl, { protocol: "SASL_PLAINTEXT", mechanism: "PLAIN", ...wrong }, `${failed} connection`],
    [listeners.sasl, { protocol: "SASL_PLAINTEXT", mechanism: "SCRAM-SHA-512", ...wrong }, `${failed} connection`],
    [listeners.saslTls, { protocol: "SASL_SSL", caFile, mechanism: "SCRAM-SHA-256", ...wrong }, `${failed} connection`],
    [listeners.sasl, {}, `${failed} broker ${listeners.sasl}`],
    [listeners.saslTls, { protocol: "SSL", caFile }, `${failed} broker ${listeners.saslTls}`],
    [listeners.plaintext, { protocol: "SASL_PLAINTEXT", mechanism: "PLAIN", ...users.admin }, `${failed} broker ${listeners.plaintext}`],
    [listeners.tls, { protocol: "SSL", caFile: otherCa }, `${failed} broker ${listeners.tls}`],
    [listeners.elsewhereTls, { protocol: "SSL", caFile }, `${failed} broker ${listeners.elsewhereTls}`],
    [listeners.mutualTls, { protocol: "SSL", caFile }, `${failed} broker ${listeners.mutualTls}`],
  ];
  const told = await Promise.all(
    cases.map(async ([address, security], index) => {
      const [, make] = drivers[index % drivers.length]!;
      return await examine(connectionTo([address], security), {}, make);
    }),
  );
  const subjects = told.map(({ findings: found }) => found.map(({ problem, subject }) => `${problem} of ${subject}`));
  expect(subjects).toEqual(cases.map(([, , expected]) => [expected]));
  expect(JSON.stringify(told)).not.toContain("hunter2-planted");
  expect(JSON.stringify(told)).not.toContain(users.admin.password);
});

test("doctor: finds dead letters that this login may not write, as access rules say", { timeout: 180_000 }, async () => {
  const { listeners, users } = await secured();
  const granted = connect(connectionTo([listeners.plaintext]));
  const name = `${run}.guarded`;
  await create(granted, [{ name }, { name: `dlq.${name}` }]);
  const rule = (resourceName: string, operation: Acl["operation"]): Acl => ({
    resourceType: "topic",
    resourceName,
    patternType: "literal",
    principal: "User:bob",
    host: "*",
    operation,
    permission: "allow",
  });
  const rules = [rule(name, "read"), rule(`dlq.${name}`, "read")];
  const admin = granted.admin();
  onTestFinished(
    async () => void (await admin.deleteAcls([{ principal: "User:bob", resourceName: name, patternType: "match" }, ...rules])),
  );
  await admin.createAcls(rules);
  const bob = connectionTo([listeners.sasl], { protocol: "SASL_PLAINTEXT", mechanism: "SCRAM-SHA-256", ...users.bob });
  const look = async (): Promise<readonly string[]> => await findings(bob, { topics: [topic("guarded")], config: { retry: {} } });
  await waitFor(async () => (await look()).join() === `dead-letter-not-writable of topic dlq.${name}`, patience);
  await admin.createAcls([rule(`dlq.${name}`, "write")]);
  onTestFinished(async () => void (await admin.deleteAcls([rule(`dlq.${name}`, "write")])));
  await waitFor(async () => (await look()).length === 0, patience);
});
