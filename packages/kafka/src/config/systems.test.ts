import {
  type AnyConfigSection,
  connection,
  fromProperties,
  loadConfig,
  messages,
  safeLoadConfig,
  toProperties,
  topicNames,
} from "@millrace/config";
import { createVirtualClock } from "@millrace/testing";
import { expect, test } from "vitest";
import { ScriptedDriver } from "../../test/support/scripted-driver.ts";
import { createKafka } from "../index.ts";
import { consumer, type ProducerSettings, producer } from "./index.ts";

/** What the driver is told of a producer that sends. */
async function toldToDriver(settings: ProducerSettings) {
  const driver = new ScriptedDriver();
  const clock = createVirtualClock();
  const kafka = createKafka({ driver, clock });
  await clock.runUntil(kafka.producer(settings).sendRaw({ topic: "t", key: null, value: Buffer.from("v") }));
  await clock.runUntil(kafka.close());
  return driver.producers[0]!.settings;
}

const errorsOf = (section: AnyConfigSection, environment: Record<string, string>, preset?: string) =>
  safeLoadConfig({ sections: [section], environment, preset }).errors.map(({ path, rule }) => `${path}: ${rule}`);

test("[002-30] the careful producer's defaults: three retries, hundred messages, 30 seconds, idempotent, five in flight, no compression, PLAINTEXT, JSON", async () => {
  const config = loadConfig({ sections: [connection, producer, messages], environment: {}, preset: "publisher" });
  expect(await toldToDriver(config.producer)).toMatchObject({
    acks: -1, // "1" there, which idempotence does not allow
    retries: 3,
    requestTimeoutMs: 30_000,
    idempotent: true,
    maxInFlightRequests: 5,
    compression: "none",
  });
  expect(config.connection).toMatchObject({ requestTimeoutMs: 30_000, security: { protocol: "PLAINTEXT" } });
  expect(config.messages).toMatchObject({ maxMessages: 100, format: "json" });
  const inFlight = (text: string) => errorsOf(producer, { KAFKA_MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION: text }, "publisher");
  for (const text of ["1", "5"]) expect(inFlight(text)).toEqual([]);
  expect(inFlight("0")).toEqual(["producer.maxInFlightRequests: must be a whole number of at least 1"]);
  expect(inFlight("6")).toEqual(["producer.maxInFlightRequests: must be at most 5 with idempotent: true, not 6"]);
});

test("[002-31] acks 1 beside idempotence is raised to all in the preset, and reported where a program insists", async () => {
  const config = loadConfig({ sections: [producer], environment: {}, preset: "publisher" });
  expect(config.producer).toMatchObject({ acks: "all", idempotent: true });
  expect(await toldToDriver(config.producer)).toMatchObject({ acks: -1, idempotent: true });
  const problem = 'producer.idempotent: true needs acks: "all", not 1';
  expect(errorsOf(producer, { KAFKA_ACKS: "1" }, "publisher")).toEqual([problem]);
  expect(errorsOf(producer, { KAFKA_ACKS: "1", KAFKA_ENABLE_IDEMPOTENCE: "true" })).toEqual([problem]);
  expect(errorsOf(producer, { KAFKA_ACKS: "1", KAFKA_ENABLE_IDEMPOTENCE: "false" }, "publisher")).toEqual([]);
});

test("[002-33] development, staging, production, high security and performance are presets by name", async () => {
  const sections = [connection, producer] as const;
  const brokers = ["kafka1:9092", "kafka2:9092", "kafka3:9092"];
  const login = { username: "secure_user", password: "strong_password" };
  const load = (preset: string, object = {}) => loadConfig({ sections, environment: {}, preset, object });
  const secured = { connection: { brokers, security: login } };
  const scram = { brokers, security: { protocol: "SASL_SSL", mechanism: "SCRAM-SHA-256", ...login } };

  const development = load("development");
  expect(development.connection).toMatchObject({ brokers: ["localhost:9092"], security: { protocol: "PLAINTEXT" } });
  expect(await toldToDriver(development.producer)).toMatchObject({ acks: 1, retries: 3, idempotent: false });

  const staging = load("staging", secured);
  expect(staging.connection).toMatchObject(scram);
  expect(await toldToDriver(staging.producer)).toMatchObject({ acks: -1, retries: 10 });

  const production = load("production", secured);
  expect(production.connection).toMatchObject(scram);
  expect(await toldToDriver(production.producer)).toMatchObject({ acks: -1, retries: 50, idempotent: true, compression: "snappy" });

  const highSecurity = load("high-security", secured);
  expect(highSecurity.connection).toMatchObject({ ...scram, requestTimeoutMs: 30_000 });
  expect(await toldToDriver(highSecurity.producer)).toMatchObject({ acks: -1, retries: 10, idempotent: true, requestTimeoutMs: 30_000 });

  const performance = load("performance", { connection: { brokers } });
  expect(performance.producer).toMatchObject({ compression: "snappy", batchBytes: 16_384, lingerMs: 100, bufferBytes: 33_554_432 });
  expect(await toldToDriver(performance.producer)).toMatchObject({ compression: "snappy", maxInFlightRequests: 5 });

  // Where a login is needed, nobody starts without one.
  for (const preset of ["staging", "production", "high-security"])
    expect(errorsOf(connection, { KAFKA_BROKERS: "a:1" }, preset)).toEqual([
      "connection.security.username: is required with SCRAM-SHA-256",
      "connection.security.password: is required with SCRAM-SHA-256",
    ]);
});

const preset = "domain-events";

test("[003-01] brokers and protocol have defaults, logins and files have none, and each has its variable", () => {
  const load = (environment: Record<string, string>) => loadConfig({ sections: [connection], environment, preset }).connection;
  const { brokers, security } = load({});
  expect({ brokers, security }).toEqual({ brokers: ["localhost:9092"], security: { protocol: "PLAINTEXT" } });
  const secured = load({
    KAFKA_BOOTSTRAP_SERVERS: "kafka:9093",
    KAFKA_SECURITY_PROTOCOL: "SASL_SSL",
    KAFKA_SASL_MECHANISM: "PLAIN",
    KAFKA_SASL_USERNAME: "your_username",
    KAFKA_SASL_PASSWORD: "your_password",
    KAFKA_SSL_CAFILE: "ca.pem",
    KAFKA_SSL_CERTFILE: "cert.pem",
    KAFKA_SSL_KEYFILE: "key.pem",
  });
  expect({ brokers: secured.brokers, security: secured.security }).toEqual({
    brokers: ["kafka:9093"],
    security: {
      protocol: "SASL_SSL",
      mechanism: "PLAIN",
      username: "your_username",
      password: "your_password",
      caFile: "ca.pem",
      certificateFile: "cert.pem",
      keyFile: "key.pem",
    },
  });
});

test("[003-02] topics have a prefix, three partitions and one replica, and each has its variable", () => {
  const load = (environment: Record<string, string>) => loadConfig({ sections: [topicNames], environment, preset }).topicNames;
  expect(load({})).toEqual({ prefix: "zamaz-debate", partitions: 3, replicationFactor: 1 });
  expect(load({ KAFKA_TOPIC_PREFIX: "shop", KAFKA_NUM_PARTITIONS: "6", KAFKA_REPLICATION_FACTOR: "2" })).toEqual({
    prefix: "shop",
    partitions: 6,
    replicationFactor: 2,
  });
});

test("[003-03] consumers have their group, read from the end, commit every five seconds, and each setting has its variable", () => {
  const load = (environment: Record<string, string>) => loadConfig({ sections: [consumer], environment, preset }).consumer;
  const defaults = {
    group: "zamaz-debate-group",
    reset: "latest",
    autoCommitMs: 5_000,
    maxBatchRecords: 500,
    sessionTimeoutMs: 30_000,
    heartbeatIntervalMs: 3_000,
  };
  expect(load({})).toEqual(defaults);
  expect(load({ KAFKA_ENABLE_AUTO_COMMIT: "true" })).toEqual(defaults);
  expect(load({ KAFKA_ENABLE_AUTO_COMMIT: "false" })).toEqual({ ...defaults, autoCommitMs: 0 });
  const environment = {
    KAFKA_GROUP_ID: "g",
    KAFKA_AUTO_OFFSET_RESET: "earliest",
    KAFKA_ENABLE_AUTO_COMMIT: "TRUE",
    KAFKA_MAX_POLL_RECORDS: "100",
    KAFKA_AUTO_COMMIT_INTERVAL_MS: "1000",
    KAFKA_SESSION_TIMEOUT_MS: "12000",
    KAFKA_HEARTBEAT_INTERVAL_MS: "4000",
  };
  expect(load(environment)).toEqual({
    group: "g",
    reset: "earliest",
    autoCommitMs: 1_000,
    maxBatchRecords: 100,
    sessionTimeoutMs: 12_000,
    heartbeatIntervalMs: 4_000,
  });
  expect(load({ ...environment, KAFKA_ENABLE_AUTO_COMMIT: "false" }).autoCommitMs).toBe(0);
  expect(errorsOf(consumer, { KAFKA_ENABLE_AUTO_COMMIT: "yes" }, preset)).toEqual([
    "environment KAFKA_ENABLE_AUTO_COMMIT: must be true or false",
  ]);
});

test("[003-04] producers wait for all, try three times, gather for 5 ms and compress with snappy, and each setting has its variable", async () => {
  const load = (environment: Record<string, string>) => loadConfig({ sections: [producer], environment, preset }).producer;
  const defaults = { acks: "all", retries: 3, batchBytes: 16_384, lingerMs: 5, compression: "snappy", maxInFlightRequests: 5 };
  expect(load({})).toEqual(defaults);
  expect(await toldToDriver(load({}))).toMatchObject({ acks: -1, retries: 3, compression: "snappy", maxInFlightRequests: 5 });
  const environment = {
    KAFKA_ACKS: "1",
    KAFKA_RETRIES: "5",
    KAFKA_BATCH_SIZE: "32768",
    KAFKA_LINGER_MS: "0",
    KAFKA_COMPRESSION_TYPE: "none",
  };
  expect(load(environment)).toEqual({ ...defaults, acks: 1, retries: 5, batchBytes: 32_768, lingerMs: 0, compression: "none" });
});

test("[003-07] settings become options of native clients, those of authentication and TLS only when they are set", () => {
  const sections = [connection, producer, consumer] as const;
  const librdkafka = { dialect: "librdkafka" } as const;
  const plain = loadConfig({ sections, environment: {}, preset });
  const common = {
    "bootstrap.servers": "localhost:9092",
    "client.id": "millrace",
    "security.protocol": "PLAINTEXT",
    "socket.connection.setup.timeout.ms": 10_000,
    "socket.timeout.ms": 30_000,
  };
  const writing = {
    acks: "all",
    retries: 3,
    "batch.size": 16_384,
    "linger.ms": 5,
    "compression.type": "snappy",
    "max.in.flight.requests.per.connection": 5,
  };
  const reading = {
    "group.id": "zamaz-debate-group",
    "auto.offset.reset": "latest",
    "enable.auto.commit": true,
    "auto.commit.interval.ms": 5_000,
    "session.timeout.ms": 30_000,
    "heartbeat.interval.ms": 3_000,
  };
  expect(toProperties([connection, producer], plain, librdkafka)).toEqual({ ...common, ...writing });
  expect(toProperties([connection, consumer], plain, librdkafka)).toEqual({ ...common, ...reading });
  const secured = loadConfig({
    sections,
    preset,
    environment: {
      KAFKA_SECURITY_PROTOCOL: "SASL_SSL",
      KAFKA_SASL_MECHANISM: "SCRAM-SHA-256",
      KAFKA_SASL_USERNAME: "u",
      KAFKA_SASL_PASSWORD: "p",
      KAFKA_SSL_CAFILE: "ca.pem",
      KAFKA_SSL_CERTFILE: "cert.pem",
      KAFKA_SSL_KEYFILE: "key.pem",
      KAFKA_SSL_KEY_PASSWORD: "kp",
    },
  });
  const security = {
    "security.protocol": "SASL_SSL",
    "sasl.mechanisms": "SCRAM-SHA-256",
    "sasl.username": "u",
    "sasl.password": "p",
    "ssl.ca.location": "ca.pem",
    "ssl.certificate.location": "cert.pem",
    "ssl.key.location": "key.pem",
    "ssl.key.password": "kp",
  };
  expect(toProperties([connection, producer], secured, librdkafka)).toEqual({ ...common, ...security, ...writing });
  expect(toProperties([connection, consumer], secured, librdkafka)).toEqual({ ...common, ...security, ...reading });
  // And back.
  const properties = { ...toProperties(sections, secured, librdkafka) };
  const back = loadConfig({ sections, environment: {}, object: fromProperties(sections, properties) });
  expect(back).toEqual({ ...secured, consumer: { ...secured.consumer, maxBatchRecords: undefined } });
});
