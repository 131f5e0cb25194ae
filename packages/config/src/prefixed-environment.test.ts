import { expect, test } from "vitest";
import { connection } from "./connection.ts";
import { loadConfig } from "./load-config.ts";
import { readPrefixedEnvironment } from "./prefixed-environment.ts";

test("[000-20] variables with the prefix AUTOGEN_KAFKA_ make sections, one of two words too, and unknown keys stay at the top in lower case", () => {
  const environment = {
    AUTOGEN_KAFKA_KAFKA_NAME: "shop",
    AUTOGEN_KAFKA_KAFKA_GROUP_ID: "agents",
    AUTOGEN_KAFKA_MEMORY_TOPIC: "memory",
    AUTOGEN_KAFKA_AGENT_REQUEST_TOPIC: "requests",
    AUTOGEN_KAFKA_RUNTIME_REGISTRY_TOPIC: "registry",
    AUTOGEN_KAFKA_SCHEMA_REGISTRY_URL: "http://registry:8081",
    AUTOGEN_KAFKA_SCHEMA: "one word only",
    AUTOGEN_KAFKA_LOG_LEVEL: "INFO",
    AUTOGEN_KAFKA_STREAMING_KAFKA_NAME: "stream",
    AUTOGEN_KAFKA_STREAMING_SCHEMA_REGISTRY_URL: "http://other:8081",
    AUTOGEN_KAFKA_: "no name",
    KAFKA_NAME: "another prefix",
    autogen_kafka_kafka_name: "another case",
  };
  expect(readPrefixedEnvironment({ environment })).toEqual({
    kafka: { name: "shop", group_id: "agents" },
    memory: { topic: "memory" },
    agent: { request_topic: "requests" },
    runtime: { registry_topic: "registry" },
    schema_registry: { url: "http://registry:8081" },
    schema: "one word only",
    log_level: "INFO",
    streaming_kafka_name: "stream",
    streaming_schema_registry_url: "http://other:8081",
  });
  expect(readPrefixedEnvironment({ environment, prefix: "AUTOGEN_KAFKA_STREAMING_" })).toEqual({
    kafka: { name: "stream" },
    schema_registry: { url: "http://other:8081" },
  });
});

test("[000-21] text is read by its looks, a secret stays text, and one bootstrap server is still a list", () => {
  const read = (texts: Record<string, string>): unknown =>
    readPrefixedEnvironment({
      environment: Object.fromEntries(Object.entries(texts).map(([name, text]) => [`AUTOGEN_KAFKA_${name}`, text])),
    });
  expect(read({ A: "true", B: "False", C: "42", D: "-7", E: "3.14", F: "a, b ,c", G: "", H: "some text", I: "a" })).toEqual({
    a: true,
    b: false,
    c: 42,
    d: -7,
    e: 3.14,
    f: ["a", "b", "c"],
    g: "",
    h: "some text",
    i: "a",
  });
  expect(read({ A: "007", B: "12345678901234567890", C: "1e5", D: "0x10", E: "1.2.3", F: "Infinity" })).toEqual({
    a: "007",
    b: "12345678901234567890",
    c: "1e5",
    d: "0x10",
    e: "1.2.3",
    f: "Infinity",
  });
  expect(read({ SASL_PASSWORD: "123", API_TOKEN: "true", KAFKA_SASL_PLAIN_PASSWORD: "a,b" })).toEqual({
    sasl_password: "123",
    api_token: "true",
    kafka: { sasl_plain_password: "a,b" },
  });
  expect(read({ KAFKA_BOOTSTRAP_SERVERS: "one:9092", BOOTSTRAP_SERVERS: "a:1, b:2" })).toEqual({
    kafka: { bootstrap_servers: ["one:9092"] },
    bootstrap_servers: ["a:1", "b:2"],
  });
  const environment = { AUTOGEN_KAFKA_BOOTSTRAP_SERVERS: "one:9092" };
  expect(loadConfig({ sections: [connection], environment, prefixes: ["AUTOGEN_KAFKA_"] }).connection.brokers).toEqual(["one:9092"]);
});

test("settings that are known to be text stay text", () => {
  const environment = { AUTOGEN_KAFKA_KAFKA_GROUP_ID: "1.10", AUTOGEN_KAFKA_NAME: "true", AUTOGEN_KAFKA_COUNT: "1.10" };
  expect(readPrefixedEnvironment({ environment, texts: ["group_id", "name"] })).toEqual({
    kafka: { group_id: "1.10" },
    name: "true",
    count: 1.1,
  });
});

test("no variable reaches a prototype, and a section is stronger than a variable of its name", () => {
  const read = readPrefixedEnvironment({
    environment: {
      AUTOGEN_KAFKA___PROTO__: "polluted",
      AUTOGEN_KAFKA_KAFKA___PROTO__: "polluted",
      AUTOGEN_KAFKA_KAFKA: "text",
      AUTOGEN_KAFKA_MEMORY: "text",
    },
  });
  expect(Object.getPrototypeOf(read)).toBe(Object.prototype);
  expect(Object.getPrototypeOf(read["kafka"])).toBe(Object.prototype);
  expect(Object.keys(read)).toEqual(["__proto__", "kafka", "memory"]);
  expect(read["memory"]).toBe("text");
});

test("the environment is the process's own unless another one is given", () => {
  process.env["MILLRACE_PREFIXED_KAFKA_NAME"] = "from-process";
  try {
    expect(readPrefixedEnvironment({ prefix: "MILLRACE_PREFIXED_" })).toEqual({ kafka: { name: "from-process" } });
  } finally {
    delete process.env["MILLRACE_PREFIXED_KAFKA_NAME"];
  }
});
