import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLogger, type LogEntry } from "@millrace/core";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { ConfigError } from "../config-error.ts";
import { ConfigValidationError } from "./config-validation-error.ts";
import { KafkaAgentConfig } from "./kafka-agent-config.ts";
import { KafkaAgentRuntimeConfig } from "./kafka-agent-runtime-config.ts";
import { loadAgentRuntimeConfig } from "./load-agent-runtime-config.ts";

const folder = mkdtempSync(join(tmpdir(), "millrace-agent-runtime-"));
afterAll(() => rmSync(folder, { recursive: true }));

function fileWith(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

const kafka = { name: "agents", group_id: "g", client_id: "c", bootstrap_servers: ["a:1"] };
const schema_registry = { url: "https://registry.example.com", api_key: "k", api_secret: "s" };

test("[000-22] the schema registry at the top is Kafka's where Kafka has none, for agents and for runtimes", () => {
  const other = { url: "http://localhost:8081" };
  for (const make of [KafkaAgentConfig, KafkaAgentRuntimeConfig]) {
    expect(make.fromObject({ kafka, schema_registry }).kafka.schema_registry?.url).toBe(schema_registry.url);
    expect(make.fromObject({ kafka: { ...kafka, schema_registry: other }, schema_registry }).kafka.schema_registry?.url).toBe(other.url);
    expect(() => make.fromObject({ kafka })).toThrow("'schema_registry.url' is required in configuration");
  }
  const environment = { AUTOGEN_KAFKA_SCHEMA_REGISTRY_URL: schema_registry.url };
  const loaded = loadAgentRuntimeConfig({ environment, base: { kafka } });
  for (const part of [loaded.kafka, loaded.agent.kafka, loaded.runtime.kafka, loaded.memory])
    expect(part.schema_registry?.url).toBe(schema_registry.url);
});

test("object is stronger than environment, that than the file, that than base, setting by setting", () => {
  const file = fileWith(
    "a.yaml",
    "kafka:\n  name: file\n  group_id: file\n  client_id: file\n  producer_config:\n    linger.ms: 7\n    acks: all\nextra: [1, 2]\n",
  );
  const config = loadAgentRuntimeConfig({
    base: { kafka: { ...kafka, name: "base", group_id: "base", client_id: "base", num_partitions: 9 }, schema_registry },
    file,
    environment: {
      AUTOGEN_KAFKA_KAFKA_NAME: "environment",
      AUTOGEN_KAFKA_KAFKA_GROUP_ID: "1.10",
      AUTOGEN_KAFKA_KAFKA_SASL_PASSWORD: "123",
      AUTOGEN_KAFKA_MEMORY_TOPIC: "ignored",
      AUTOGEN_KAFKA_MEMORY_MEMORY_TOPIC: "notes",
      AUTOGEN_KAFKA_LOG_LEVEL: "debug",
      AUTOGEN_KAFKA_KAFKA_CONSUMER_CONFIG: '{"fetch.min.bytes":1024,"fetch.max.wait.ms":500}',
    },
    object: { kafka: { name: "object", producer_config: { "linger.ms": 5 } } },
  });
  expect(config.kafka).toMatchObject({
    name: "object",
    group_id: "1.10",
    client_id: "file",
    num_partitions: 9,
    sasl_password: "123",
    producer_config: { "linger.ms": 5, acks: "all" },
  });
  expect(config.kafka.consumer_config).toEqual({ "fetch.min.bytes": 1024, "fetch.max.wait.ms": 500 });
  expect(config.settings).toMatchObject({ extra: [1, 2], log_level: "debug" });
  expect(config.memory).toMatchObject({ memory_topic: "notes", num_partitions: 1, client_id: "file" });
  expect(config.agent.topics()).toEqual({ request_topic: "agent_request", response_topic: "agent_response" });
  expect(Object.values(config.runtime.topics())).toEqual([
    "runtime_requests",
    "runtime_responses",
    "agent_registry",
    "agent_subscriptions",
    "agent_publishes",
  ]);
  expect(Object.isFrozen(config)).toBe(true);
});

test("everything that is wrong is told at once, and nothing that is invalid is loaded", () => {
  const wrong = {
    kafka: { ...kafka, group_id: "", num_partitions: 0 },
    schema_registry: { url: "x" },
    agent: { request_topic: "same", response_topic: "same" },
    runtime: { runtime_requests: "", publish_topic: "a b" },
    memory: { memory_topic: "" },
  };
  expect(() => loadAgentRuntimeConfig({ environment: {}, object: wrong })).toThrow(
    new ConfigValidationError([
      "group_id cannot be empty",
      "num_partitions must be at least 1",
      "Schema Registry: url must begin with http:// or https://",
      "response_topic and request_topic must be different topics",
      "request_topic cannot be empty",
      "publish_topic is no name of a topic: a b",
      "memory_topic cannot be empty",
    ]),
  );
  expect(() => loadAgentRuntimeConfig({ environment: {} })).toThrow(
    "Configuration validation failed: 'name' is required in configuration; ",
  );
  expect(() => loadAgentRuntimeConfig({ environment: {}, object: { kafka: "text" } })).toThrow("must be a map of settings");
  expect(() => loadAgentRuntimeConfig({ environment: {}, base: { kafka, schema_registry, agent: 7 } })).toThrow(
    "agent: the configuration must be a map of settings",
  );
  let deep: Record<string, unknown> = {};
  for (let depth = 0; depth < 1000; depth++) deep = { deep };
  expect(() => loadAgentRuntimeConfig({ environment: {}, object: deep })).toThrow("nested too deeply");
  let wide: Record<string, unknown> = {};
  for (let depth = 0; depth < 60; depth++) wide = { one: wide, other: wide };
  expect(() => loadAgentRuntimeConfig({ environment: {}, object: wide })).toThrow("too large");
  const row = Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`k${index}`, index]));
  const rows = Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`r${index}`, row]));
  expect(() => loadAgentRuntimeConfig({ environment: {}, object: rows })).toThrow("too large");
});

test("whatever the sources hold, there is a configuration or one of its own errors", () => {
  const boom = (): never => {
    throw null;
  };
  const revoked = Proxy.revocable({}, {});
  revoked.revoke();
  const hostile = [
    new Proxy({}, { ownKeys: boom }),
    new Proxy([], { getPrototypeOf: boom }),
    revoked.proxy,
    {
      get name(): string {
        return boom();
      },
    },
    Buffer.alloc(100_000),
    new Map([["name", "x"]]),
    { __proto__: null, name: { toString: boom } },
    JSON.parse('{"__proto__": {"polluted": true}}') as object,
  ];
  const load = (object: unknown): void => {
    try {
      loadAgentRuntimeConfig({ environment: {}, object: object as Record<string, unknown>, base: { kafka, schema_registry } });
    } catch (error) {
      expect(ConfigValidationError.is(error)).toBe(true);
      JSON.stringify(error);
    }
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  };
  const sections = ["kafka", "schema_registry", "agent", "runtime", "memory"];
  const settings = ["name", "bootstrap_servers", "schema_registry", "request_topic", "memory_topic", "producer_config", "__proto__"];
  for (const given of hostile) {
    load(given);
    for (const section of sections) {
      load({ [section]: given });
      for (const setting of settings) load({ [section]: Object.fromEntries([[setting, given]]) });
    }
  }
  const section = fc.dictionary(fc.constantFrom(...settings), fc.anything({ withBigInt: true, withMap: true, withNullPrototype: true }));
  fc.assert(fc.property(fc.oneof(fc.anything(), fc.dictionary(fc.constantFrom(...sections), section)), load), { numRuns: 100 });
});

test("a file that is not there or cannot be read is told as such", () => {
  const attempt = (file: string): unknown => {
    try {
      return loadAgentRuntimeConfig({ environment: {}, file });
    } catch (error) {
      return ConfigError.is(error) ? `${error.code} ${error.message}` : error;
    }
  };
  expect(attempt(join(folder, "missing.yaml"))).toContain("CONFIG_FILE_NOT_FOUND");
  expect(attempt(fileWith("bad.json", "{oops"))).toContain("Invalid configuration file format: ");
  expect(() =>
    loadAgentRuntimeConfig({ environment: {}, file: fileWith("empty.yaml", ""), base: { kafka, schema_registry } }),
  ).not.toThrow();
  expect(() => loadAgentRuntimeConfig({ environment: {}, file: fileWith("list.json", "[1]") })).toThrow(ConfigValidationError);
});

test("warnings are logged once, misspelt settings among them", () => {
  const entries: LogEntry[] = [];
  const logger = createLogger({ write: (entry) => entries.push(entry) });
  loadAgentRuntimeConfig({
    environment: {},
    logger,
    base: { kafka: { ...kafka, replication_factor: 3 }, schema_registry, agent: { request_topc: "x" }, memory: { replication_factor: 3 } },
  });
  expect(entries.map(({ message, fields }) => [fields["config"], message])).toEqual([
    ["KafkaAgentConfig", '"request_topc" is no setting and has no effect; did you mean request_topic?'],
  ]);
});
