import { inspect } from "node:util";
import fc from "fast-check";
import { expect, test } from "vitest";
import { connection } from "../connection.ts";
import { loadConfig } from "../load-config.ts";
import { ConfigValidationError } from "./config-validation-error.ts";
import { KafkaConfig, type KafkaConfigValues } from "./kafka-config.ts";
import { KafkaMemoryConfig } from "./kafka-memory-config.ts";
import { SchemaRegistryConfig } from "./schema-registry-config.ts";

const values = {
  name: "agents",
  group_id: "agents-group",
  client_id: "agents-client",
  bootstrap_servers: ["kafka-1:9092", "kafka-2:9092"],
  schema_registry: { url: "http://localhost:8081" },
} satisfies KafkaConfigValues;
const secured = {
  security_protocol: "SASL_SSL",
  sasl_mechanism: "PLAIN",
  sasl_username: "user",
  sasl_password: "password",
  ssl_cafile: "/path/to/ca.pem",
} as const;

function errorsOf(given: object): readonly string[] {
  return new KafkaConfig({ ...values, ...given }).check().errors;
}

function errorsOfReading(given: unknown): readonly string[] {
  try {
    KafkaConfig.fromObject(given);
  } catch (error) {
    if (ConfigValidationError.is(error)) return error.errors;
    throw error;
  }
  return [];
}

test("[000-06] what is required is told by name when it is missing, and servers are a list or a text with commas", () => {
  const required = (name: string): string => `'${name}' is required in configuration`;
  expect(errorsOfReading({})).toEqual(["name", "group_id", "client_id", "bootstrap_servers", "schema_registry.url"].map(required));
  for (const name of ["name", "group_id", "client_id", "bootstrap_servers"]) {
    expect(errorsOfReading({ ...values, [name]: undefined })).toEqual([required(name)]);
    expect(errorsOfReading({ ...values, [name]: null })).toEqual([required(name)]);
  }
  for (const schema_registry of [undefined, {}, { api_key: "k" }])
    expect(errorsOfReading({ ...values, schema_registry })).toEqual([required("schema_registry.url")]);
  expect(errorsOfReading(values)).toEqual([]);
  expect(KafkaConfig.fromObject(values).bootstrap_servers).toEqual(["kafka-1:9092", "kafka-2:9092"]);
  expect(KafkaConfig.fromObject({ ...values, bootstrap_servers: " kafka-1:9092, kafka-2:9092 ," }).bootstrap_servers).toEqual([
    "kafka-1:9092",
    "kafka-2:9092",
  ]);
  expect(KafkaConfig.fromObject({ ...values, bootstrap_servers: "kafka-1:9092" }).bootstrap_servers).toEqual(["kafka-1:9092"]);
});

test("[000-07] what is not given has its default", () => {
  for (const config of [new KafkaConfig(values), KafkaConfig.fromObject(values)]) {
    expect(config).toMatchObject({
      num_partitions: 3,
      replication_factor: 1,
      is_compacted: false,
      auto_offset_reset: "latest",
      security_protocol: undefined,
      sasl_mechanism: "PLAIN",
    });
    expect(config.toSections([connection]).connection).toMatchObject({ security: { protocol: "PLAINTEXT" } });
  }
});

test("[000-08] the constructor and fromObject have the same default of replication: 1", () => {
  for (const config of [
    new KafkaConfig(values),
    KafkaConfig.fromObject(values),
    new KafkaMemoryConfig(values),
    KafkaMemoryConfig.fromObject(values),
  ]) {
    expect(config.replication_factor).toBe(1);
  }
  expect(new KafkaConfig(values).toObject()).toEqual(KafkaConfig.fromObject(values).toObject());
  expect(new KafkaMemoryConfig(values).toObject()).toEqual(KafkaMemoryConfig.fromObject(values).toObject());
});

test("[000-09] empty and impossible values are errors, those of the schema registry by their origin", () => {
  for (const name of ["group_id", "client_id", "bootstrap_servers", "name"])
    expect(errorsOf({ [name]: "" })).toEqual([`${name} cannot be empty`]);
  expect(errorsOf({ bootstrap_servers: [] })).toEqual(["bootstrap_servers cannot be empty"]);
  expect(errorsOf({ bootstrap_servers: ["kafka-1:9092", "kafka-2"] })).toEqual(["Invalid bootstrap server format: kafka-2"]);
  for (const count of [0, -1, 1.5, Number.NaN]) {
    expect(errorsOf({ num_partitions: count })).toEqual(["num_partitions must be at least 1"]);
    expect(errorsOf({ replication_factor: count })).toEqual(["replication_factor must be at least 1"]);
  }
  for (const auto_offset_reset of ["earliest", "latest", "none"]) expect(errorsOf({ auto_offset_reset })).toEqual([]);
  expect(errorsOf({ auto_offset_reset: "oldest" })).toEqual(["auto_offset_reset must be one of earliest, latest, none"]);
  expect(errorsOf({ schema_registry: undefined })).toEqual(["schema_registry_config is required"]);
  expect(errorsOf({ schema_registry: { url: "", api_key: "k" } })).toEqual([
    "Schema Registry: url cannot be empty",
    "Schema Registry: api_secret is required when api_key is set",
  ]);
  expect(errorsOf({ schema_registry: new SchemaRegistryConfig({ api_key: "k" }) })).toEqual([
    "Schema Registry: api_secret is required when api_key is set",
  ]);
});

test("[000-10] a protocol with SASL PLAIN needs both username and password", () => {
  const needed = ["SASL PLAIN authentication requires both username and password"];
  for (const security_protocol of ["SASL_SSL", "SASL_PLAINTEXT"]) {
    for (const rest of [
      {},
      { sasl_mechanism: "PLAIN" },
      { sasl_username: "u" },
      { sasl_password: "p" },
      { sasl_username: "", sasl_password: "p" },
    ]) {
      expect(errorsOf({ security_protocol, ...rest }), JSON.stringify(rest)).toEqual(needed);
    }
    expect(errorsOf({ security_protocol, sasl_username: "u", sasl_password: "p" })).toEqual([]);
    expect(errorsOf({ security_protocol, sasl_mechanism: "OAUTHBEARER" })).toEqual([]);
  }
  expect(errorsOf({ security_protocol: "SSL", sasl_mechanism: "PLAIN" })).toEqual(needed);
  for (const protocol of [{ security_protocol: "PLAINTEXT", sasl_mechanism: "PLAIN" }, {}]) expect(errorsOf(protocol)).toEqual([]);
  // Certificates alone: nobody asked for a password.
  expect(errorsOf({ security_protocol: "SSL", ssl_cafile: "/ca.pem" })).toEqual([]);
});

test("[000-11] one replica, one partition and PLAINTEXT by name are warned of", () => {
  const warnings = (given: object): readonly string[] =>
    new KafkaConfig({
      ...values,
      replication_factor: 3,
      schema_registry: { url: "https://r", api_key: "k", api_secret: "s" },
      ...given,
    }).check().warnings;
  expect(warnings({})).toEqual([]);
  expect(warnings({ replication_factor: 1 })).toEqual([expect.stringContaining("provides no fault tolerance")]);
  expect(warnings({ num_partitions: 1 })).toEqual([expect.stringContaining("may limit throughput")]);
  expect(warnings({ security_protocol: "PLAINTEXT" })).toEqual([expect.stringContaining("consider using SSL/SASL for production")]);
  expect(warnings({ schema_registry: { url: "http://localhost:8081" } })).toEqual(["Schema Registry: no authentication is configured"]);
});

test("[000-12] the options of security are accepted and reach the connection", () => {
  const config = KafkaConfig.fromObject({ ...values, bootstrap_servers: ["secure-kafka:9093"], ...secured });
  expect(config.check()).toMatchObject({ is_valid: true });
  expect(config).toMatchObject(secured);
  const sections = [connection] as const;
  expect(loadConfig({ sections, environment: {}, object: config.toSections(sections) }).connection).toMatchObject({
    brokers: ["secure-kafka:9093"],
    clientId: "agents-client",
    security: { protocol: "SASL_SSL", mechanism: "PLAIN", username: "user", password: "password", caFile: "/path/to/ca.pem" },
  });
  const aliased = KafkaConfig.fromObject({
    ...values,
    security_protocol: "sasl_ssl",
    security_mechanism: "scram-sha-512",
    sasl_plain_username: "u",
    sasl_plain_password: "p",
  });
  expect(aliased).toMatchObject({ security_protocol: "SASL_SSL", sasl_mechanism: "SCRAM-SHA-512", sasl_username: "u", sasl_password: "p" });
});

test("what is passed through is kept as it is given, beside what the configuration itself knows", () => {
  const producer_config = { "linger.ms": 5, "batch.size": 16_384, acks: 1 };
  const consumer_config = { "fetch.min.bytes": 1024, "fetch.max.wait.ms": 500 };
  const config = KafkaConfig.fromObject({ ...values, producer_config, consumer_config });
  expect(config.check().is_valid).toBe(true);
  const named = (...names: readonly string[]): never => names.map((name) => ({ name })) as never;
  expect(config.toSections(named("producer", "consumer", "topicNames", "schemaRegistry"))).toEqual({
    producer: producer_config,
    consumer: { group: "agents-group", reset: "latest", ...consumer_config },
    topicNames: { partitions: 3, replicationFactor: 1 },
    schemaRegistry: { url: "http://localhost:8081" },
  });
  for (const wrong of ["acks=1", { acks: {} }, { acks: () => 1 }, [1], 7]) {
    expect(errorsOf({ producer_config: wrong })).toEqual(["producer_config must be a map from settings to text, numbers, true or false"]);
  }
  const polluting = JSON.parse('{"__proto__": "polluted"}') as KafkaConfigValues["producer_config"];
  const evil = KafkaConfig.fromObject({ ...values, producer_config: polluting });
  expect(Object.keys(evil.toObject()["producer_config"] as object)).toEqual(["__proto__"]);
  expect(errorsOf({ bootstrap_servers: "a:1,".repeat(1001) })).toEqual([
    "bootstrap_servers must be a list of texts",
    "bootstrap_servers cannot be empty",
  ]);
});

test("a memory is one partition that is read from its beginning, which is no reason for a warning", () => {
  const config = new KafkaMemoryConfig(values);
  expect(config).toMatchObject({ memory_topic: "memory", num_partitions: 1, auto_offset_reset: "earliest", is_compacted: false });
  expect(config.check().warnings.filter((warning) => warning.includes("throughput"))).toEqual([]);
  expect(config).toBeInstanceOf(KafkaConfig);
  const other = KafkaMemoryConfig.fromObject({ ...values, memory_topic: "notes", num_partitions: 2, auto_offset_reset: "none" });
  expect(other).toMatchObject({ memory_topic: "notes", num_partitions: 2, auto_offset_reset: "none" });
  expect(KafkaMemoryConfig.fromObject({ ...values, memory_topic: "" }).check().errors).toEqual(["memory_topic cannot be empty"]);
  expect(() => KafkaMemoryConfig.fromObject({})).toThrow(ConfigValidationError);
});

test("what was read can be written and read again", () => {
  for (const given of [
    values,
    { ...values, ...secured },
    { ...values, security_protocol: "SSL" },
    { ...values, producer_config: { acks: "all" }, is_compacted: "true", num_partitions: "6", group_id: 42 },
  ]) {
    const config = KafkaConfig.fromObject(given);
    const again = KafkaConfig.fromObject(config.toObject());
    expect(again.toObject()).toEqual(config.toObject());
    expect(again.check()).toEqual(config.check());
  }
  expect(KafkaConfig.fromObject({ ...values, group_id: 42, num_partitions: "6", is_compacted: "TRUE" })).toMatchObject({
    group_id: "42",
    num_partitions: 6,
    is_compacted: true,
  });
});

test("a misspelt setting is warned of with the nearest name, and no setting of the wrong type gets through", () => {
  const config = KafkaConfig.fromObject({ ...values, num_partition: 3, sasl_user: "u" });
  expect(config.check().warnings.slice(0, 2)).toEqual([
    '"num_partition" is no setting and has no effect; did you mean num_partitions?',
    expect.stringContaining('"sasl_user" is no setting'),
  ]);
  expect(errorsOf({ client_id: {}, num_partitions: "many", is_compacted: "perhaps", bootstrap_servers: [{}] })).toEqual(
    expect.arrayContaining([
      "client_id must be text",
      "num_partitions must be a number",
      "is_compacted must be true or false",
      "bootstrap_servers must be a list of texts",
    ]),
  );
});

test("no secret is shown by a configuration or its errors", () => {
  const planted = "hunter2-planted";
  const config = new KafkaConfig({
    ...values,
    bootstrap_servers: [`user:${planted}@host`, `${planted}@host`],
    ...secured,
    sasl_password: planted,
    ssl_key_password: planted,
    schema_registry: { url: `ftp://user:${planted}@host`, api_secret: planted },
    producer_config: { "sasl.jaas.config": planted, "ssl.key.password": planted },
  });
  let thrown: unknown;
  try {
    config.validate();
  } catch (error) {
    thrown = error;
  }
  expect(ConfigValidationError.is(thrown)).toBe(true);
  const shown = [config, config.check(), thrown, config.schema_registry]
    .map((what) => `${JSON.stringify(what)}${inspect(what, { depth: 9 })}`)
    .join("\n");
  // Users in servers are shown by nobody's reading of the values.
  expect(shown).not.toContain(planted);
});

test("construction never throws and reading throws only its own error, whatever is given", () => {
  const angry = new Proxy(
    {},
    {
      ownKeys: () => {
        throw new Error("do not look");
      },
    },
  );
  const given = fc.oneof(
    fc.anything({ withNullPrototype: true, withBigInt: true, withMap: true }),
    fc.constant(angry),
    fc.record({
      name: fc.anything(),
      group_id: fc.anything(),
      client_id: fc.anything(),
      bootstrap_servers: fc.anything(),
      schema_registry: fc.oneof(fc.constant(angry), fc.record({ url: fc.anything() })),
      num_partitions: fc.anything(),
      producer_config: fc.oneof(fc.constant(angry), fc.anything()),
      sasl_mechanism: fc.anything(),
    }),
  );
  fc.assert(
    fc.property(given, (input) => {
      for (const make of [KafkaConfig, KafkaMemoryConfig, SchemaRegistryConfig]) {
        const config = new make(input as never);
        JSON.stringify(config);
        const { is_valid } = config.check();
        if (is_valid) config.validate();
        else expect(() => config.validate()).toThrow(ConfigValidationError);
        try {
          make.fromObject(input);
        } catch (error) {
          expect(ConfigValidationError.is(error)).toBe(true);
        }
      }
    }),
    { numRuns: 150 },
  );
});
