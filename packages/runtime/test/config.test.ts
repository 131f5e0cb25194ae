import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { type AddressInfo, connect as connectSocket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer as createTlsServer } from "node:tls";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { connection, integration, loadConfig, messages, safeLoadConfig, topicNamed, topicNames } from "@millrace/config";
import { createLogger } from "@millrace/core";
import { kafkajs } from "@millrace/driver-kafkajs";
import { platformatic } from "@millrace/driver-platformatic";
import { type EmbeddedKafka, startEmbeddedKafka } from "@millrace/embedded-kafka";
import { startEmbeddedRegistry } from "@millrace/embedded-registry";
import { createKafka, type Kafka, type KafkaDriver, readTopics, splitMessages } from "@millrace/kafka";
import {
  type ConnectionSettings,
  connectionSettings,
  consumer,
  kafkaRules,
  producer,
  startIntegration,
  transactions,
} from "@millrace/kafka/config";
import { deadLetterTopicName, retryTopicName } from "@millrace/retry";
import { retry } from "@millrace/retry/config";
import { createSchemaRegistry } from "@millrace/schema-registry";
import { schemaRegistry } from "@millrace/schema-registry/config";
import { avro, string } from "@millrace/serdes";
import { createFormats } from "@millrace/serdes/formats";
import { makeCertificate, unreachableBrokers } from "@millrace/testing";
import { defineTopic } from "@millrace/topics";
import fc from "fast-check";
import { afterAll, expect, onTestFinished, test } from "vitest";
import { runtime } from "../src/config/index.ts";
import { createRuntime } from "../src/index.ts";
import { until } from "./support/harness.ts";

const drivers: readonly (readonly [string, (settings: ConnectionSettings) => KafkaDriver])[] = [
  ["kafkajs", kafkajs],
  ["platformatic", platformatic],
];
const folder = mkdtempSync(join(tmpdir(), "millrace-config-"));
afterAll(() => rmSync(folder, { recursive: true }));

async function startBroker(): Promise<EmbeddedKafka> {
  const broker = await startEmbeddedKafka();
  onTestFinished(() => broker.close());
  return broker;
}

function open(driver: KafkaDriver, options: Omit<Parameters<typeof createKafka>[0], "driver"> = {}): Kafka {
  const kafka = createKafka({ ...options, driver });
  onTestFinished(() => kafka.close());
  return kafka;
}

async function valuesOf(kafka: Kafka, topic: string): Promise<readonly string[]> {
  const values: string[] = [];
  for await (const { value } of readTopics(kafka, [topic])) values.push(String(value));
  return values;
}

test.each(drivers)(
  "one environment configures a runtime, its topics, retries, dead letters and registry, over %s",
  async (_name, driver) => {
    const broker = await startBroker();
    const registry = await startEmbeddedRegistry();
    onTestFinished(() => registry.close());
    const config = loadConfig({
      sections: [connection, topicNames, schemaRegistry, producer, runtime, retry],
      rules: kafkaRules,
      environment: {
        KAFKA_BOOTSTRAP_SERVERS: broker.brokers.join(","),
        KAFKA_CLIENT_ID: "shop",
        KAFKA_TOPIC_PREFIX: "shop",
        KAFKA_NUM_PARTITIONS: "2",
        KAFKA_REPLICATION_FACTOR: "1",
        KAFKA_SCHEMA_REGISTRY_URL: registry.url,
        KAFKA_GROUP_ID: "billing",
        KAFKA_RUNTIME_COMMIT_INTERVAL_MS: "50",
        KAFKA_RETRY_ATTEMPTS: "2",
        KAFKA_RETRY_INITIAL_MS: "1",
        KAFKA_RETRY_NAMING: "suffix",
        KAFKA_RETRY_RETENTION_MS: "86400000",
        KAFKA_COMPRESSION_TYPE: "gzip",
      },
    });
    const schemas = createSchemaRegistry(config.schemaRegistry);
    onTestFinished(() => schemas.close());
    const kafka = open(driver(connectionSettings(config.connection)), { clientId: config.connection.clientId, schemas });
    const value = avro<{ total: number }>({ type: "record", name: "Order", fields: [{ name: "total", type: "int" }] });
    const orders = defineTopic({ ...topicNamed(config.topicNames, "orders"), key: string(), value });

    const attempts: number[] = [];
    const processing = createRuntime({ kafka, ...config.runtime });
    onTestFinished(() => processing.stop());
    processing.process(
      orders,
      { retry: config.retry, retryLater: config.retry.later, deadLetter: config.retry },
      ({ value: { total } }) => {
        attempts.push(total);
        if (total === 2) throw new Error("no such order");
      },
    );
    await processing.start();
    const writing = kafka.producer(config.producer);
    for (const total of [1, 2]) await writing.send(orders, { key: String(total), value: { total } });
    const deadLetters = deadLetterTopicName("shop.orders", "suffix");
    await until(async () => (await valuesOf(kafka, deadLetters)).length === 1, "a dead letter");
    expect(attempts.join()).toMatch(/^(1,2,2|2,1,2|2,2,1)$/);
    const admin = kafka.admin();
    const described = await admin.describeTopics(["shop.orders"]);
    expect(described.map(({ name, partitions }) => [name, partitions.length])).toEqual([["shop.orders", 2]]);
    const names = [deadLetters, retryTopicName("shop.orders", "billing")];
    const configs = await admin.describeConfigs(names.map((name) => ({ type: "topic", name })));
    expect(configs.map((topic) => topic.configs.find(({ name }) => name === "retention.ms")?.value)).toEqual(["86400000", "86400000"]);
    expect(await schemas.subjects()).toEqual(["shop.orders-value"]);
  },
);

test("consumers and transactions run with the values of their sections", async () => {
  const broker = await startBroker();
  const config = loadConfig({
    sections: [connection, consumer, transactions],
    rules: kafkaRules,
    environment: {
      KAFKA_BOOTSTRAP_SERVERS: broker.brokers.join(","),
      KAFKA_GROUP_ID: "g",
      KAFKA_AUTO_OFFSET_RESET: "earliest",
      KAFKA_ENABLE_AUTO_COMMIT: "true",
      KAFKA_AUTO_COMMIT_INTERVAL_MS: "20",
      KAFKA_MAX_POLL_RECORDS: "1",
      KAFKA_TRANSACTIONAL_ID: "shop-1",
      KAFKA_TRANSACTION_TIMEOUT_MS: "20000",
    },
  });
  const kafka = open(kafkajs(connectionSettings(config.connection)));
  const writing = kafka.transactionalProducer(config.transactions);
  await writing.transaction(async (transaction) => {
    for (const value of ["a", "b"]) await transaction.sendRaw({ topic: "t", key: null, value: Buffer.from(value) });
  });
  const batches: string[] = [];
  const reading = kafka.consumer(config.consumer);
  await reading.consume(["t"], { onBatch: ({ records }) => void batches.push(records.map(({ value }) => String(value)).join()) });
  await until(() => batches.length === 2, "two batches of one record");
  expect(batches).toEqual(["a", "b"]);
  const admin = kafka.admin();
  // The record that ends the transaction has an offset too.
  await until(async () => (await admin.groupOffsets("g", ["t"])).some(({ offset }) => offset >= 2), "a commit");
});

test("messages are written in the format and handed over in the parts that their section names", async () => {
  const config = loadConfig({ sections: [messages], environment: { KAFKA_MESSAGES_FORMAT: "json", KAFKA_MESSAGES_MAX_MESSAGES: "2" } });
  const serde = createFormats().descriptor(config.messages.format).bind({ topic: "t", part: "value", source: undefined });
  expect(String(serde.serialize({ a: 1 }))).toBe('{"a":1}');
  expect(splitMessages([1, 2, 3], config.messages)).toEqual([[1, 2], [3]]);
});

test.each(drivers)("files of a configuration encrypt the connection, over %s", async (_name, driver) => {
  const authority = makeCertificate("authority");
  const server = makeCertificate("server", { authority, host: "127.0.0.1" });
  const stranger = makeCertificate("stranger");
  const broker = await startBroker();
  const [host = "", plainPort = ""] = (broker.brokers[0] ?? "").split(":");
  const encrypted = createTlsServer({ cert: server.cert, key: server.key }, (socket) => {
    const inner = connectSocket(Number(plainPort), host);
    inner.on("error", () => socket.destroy());
    socket.on("error", () => inner.destroy());
    socket.pipe(inner).pipe(socket);
  });
  await new Promise<void>((resolve) => encrypted.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void encrypted.close());
  const { port } = encrypted.address() as AddressInfo;
  broker.intercept("Metadata", async (request, next) => {
    const answer = await next(request);
    return { ...answer, brokers: answer?.brokers?.map((told) => ({ ...told, host: "127.0.0.1", port })) };
  });
  const load = (certificate: string) => {
    const file = join(folder, "authority.pem");
    writeFileSync(file, certificate);
    const environment = {
      KAFKA_BROKERS: `127.0.0.1:${port}`,
      KAFKA_SECURITY_PROTOCOL: "SSL",
      KAFKA_SSL_CAFILE: file,
      KAFKA_CONNECTION_TIMEOUT_MS: "3000",
    };
    return loadConfig({ sections: [connection], environment }).connection;
  };
  const kafka = open(driver(connectionSettings(load(authority.cert))));
  expect(await kafka.producer().sendRaw({ topic: "t", key: null, value: Buffer.from("v") })).toMatchObject({ offset: 0 });
  const refused = open(driver(connectionSettings(load(stranger.cert))));
  await expect(refused.admin().describeCluster()).rejects.toMatchObject({ code: "KAFKA_AUTHENTICATION_FAILED" });
  // What belongs to a configuration is not taken for options.
  expect(() => driver(load(authority.cert))).toThrow("connectionSettings(config.connection)");
});

test("[003-05] Kafka is switched on by true alone, in any case; without it or its registry an application warns once and serves on", async () => {
  const load = (environment: Record<string, string>) =>
    safeLoadConfig({ sections: [integration, connection, schemaRegistry], environment, preset: "domain-events" });
  const defaults = load({}).config;
  expect([defaults?.integration.enabled, defaults?.schemaRegistry.url]).toEqual([true, "http://localhost:8081"]);
  expect(load({ KAFKA_SCHEMA_REGISTRY_URL: "http://r:1" }).config?.schemaRegistry.url).toBe("http://r:1");
  for (const word of ["true", "True", "TRUE"]) expect(load({ KAFKA_ENABLED: word }).config?.integration.enabled).toBe(true);
  expect(load({ KAFKA_ENABLED: "False" }).config?.integration.enabled).toBe(false);
  for (const word of ["1", "yes", "on", "enabled"])
    expect(load({ KAFKA_ENABLED: word }).errors).toEqual([
      expect.objectContaining({ path: "integration.enabled", source: "environment KAFKA_ENABLED", rule: "must be true or false" }),
    ]);

  const lines: string[] = [];
  const logger = createLogger({ write: ({ level, message }) => lines.push(`${level} ${message}`) });
  const application = createServer((_request, response) => response.end("served"));
  await new Promise<void>((resolve) => application.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void application.close());
  const ask = async (): Promise<string> => await (await fetch(`http://127.0.0.1:${(application.address() as AddressInfo).port}`)).text();
  const begin = async (environment: Record<string, string>) => {
    const config = loadConfig({ sections: [integration, connection], environment: { KAFKA_CONNECTION_TIMEOUT_MS: "300", ...environment } });
    const start = async (): Promise<Kafka> => {
      const kafka = createKafka({ driver: kafkajs(connectionSettings(config.connection)) });
      try {
        await kafka.admin().describeCluster();
        return kafka;
      } catch (error) {
        await kafka.close();
        throw error;
      }
    };
    const started = await startIntegration({ integration: config.integration, start, logger });
    onTestFinished(() => started.close());
    return started;
  };
  const nobody = (await unreachableBrokers()).join();
  expect((await begin({ KAFKA_BROKERS: nobody, KAFKA_ENABLED: "false" })).state).toBe("disabled");
  expect(lines).toEqual([]);
  const without = await begin({ KAFKA_BROKERS: nobody });
  expect([without.state, without.current, lines]).toEqual(["waiting", undefined, ["warn Continuing without Kafka integration"]]);
  expect(await ask()).toBe("served");
  const running = await begin({ KAFKA_BROKERS: (await startBroker()).brokers.join() });
  expect([running.state, running.current?.clientId, lines.length]).toEqual(["running", "millrace", 1]);
});

test.each(drivers)("every connection that the section accepts is one that drivers accept, over %s", (_name, driver) => {
  const host = fc.oneof(
    { weight: 3, arbitrary: fc.domain() },
    { weight: 3, arbitrary: fc.ipV4() },
    { weight: 3, arbitrary: fc.ipV6().map((address) => `[${address}]`) },
    { weight: 1, arbitrary: fc.string({ maxLength: 12 }) },
  );
  const port = fc.oneof(
    { weight: 4, arbitrary: fc.integer({ min: -1, max: 65_536 }) },
    { weight: 1, arbitrary: fc.string({ maxLength: 6 }) },
  );
  const broker = fc.tuple(host, port).map((parts) => parts.join(":"));
  const text = fc.string({ maxLength: 6 });
  const security = fc.record(
    {
      protocol: fc.constantFrom("PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"),
      mechanism: fc.constantFrom("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"),
      username: text,
      password: text,
      checkHostname: fc.boolean(),
    },
    { requiredKeys: ["protocol"] },
  );
  let accepted = 0;
  fc.assert(
    fc.property(fc.array(broker, { maxLength: 2 }), security, fc.integer({ min: -1, max: 3 }), (brokers, protection, requestTimeoutMs) => {
      const values = { brokers, requestTimeoutMs, security: protection as never };
      const { config } = safeLoadConfig({ sections: [connection], object: { connection: values }, environment: {} });
      if (config === undefined) return;
      accepted += 1;
      driver(connectionSettings(config.connection));
    }),
    { numRuns: 500 },
  );
  expect(accepted).toBeGreaterThan(5);
});

test("zod is loaded by the entries for configurations alone", async () => {
  const program = `
    import { registerHooks } from "node:module";
    const loaded = new Set();
    registerHooks({ resolve: (name, context, next) => (loaded.add(name), next(name, context)) });
    const names = ["kafka", "retry", "runtime", "schema-registry", "topics", "serdes", "driver-kafkajs"];
    for (const name of names) await import("@millrace/" + name);
    const before = loaded.has("zod");
    await import("@millrace/" + "kafka/config");
    console.log(before, loaded.has("zod"));
  `;
  const { stdout } = await promisify(execFile)(process.execPath, ["--conditions=@millrace/source", "--input-type=module", "-e", program], {
    cwd: fileURLToPath(new URL("..", import.meta.url)),
  });
  expect(stdout).toBe("false true\n");
});
