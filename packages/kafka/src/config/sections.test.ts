import {
  type AnyConfigSection,
  type ConfigProblem,
  connection,
  fromProperties,
  loadConfig,
  safeLoadConfig,
  toProperties,
} from "@millrace/config";
import { InvalidOptionsError } from "@millrace/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { resolveConsumerOptions } from "../consumer/resolve-consumer-options.ts";
import { resolveProducerOptions } from "../producer/resolve-producer-options.ts";
import { resolveTransactionalProducerOptions } from "../transactions/resolve-transactional-producer-options.ts";
import { consumer, producer, transactions } from "./index.ts";

const capabilities = { "idempotent-producer": { support: "native" } } as const;

function check(section: AnyConfigSection, values: object): { readonly value: object | undefined; readonly errors: readonly string[] } {
  const result = safeLoadConfig({ sections: [section], object: { [section.name]: values }, environment: {} });
  const config = result.config as Record<string, object> | undefined;
  return { value: config?.[section.name], errors: result.errors.map(({ path, rule }: ConfigProblem) => `${path}: ${rule}`) };
}

function isTaken(resolve: () => unknown): boolean {
  try {
    resolve();
    return true;
  } catch (error) {
    if (InvalidOptionsError.is(error)) return false;
    throw error;
  }
}

const number = fc.oneof(
  fc.constantFrom(0, 1, 5, 6, 100, 3_000, 10_000, 30_000, 1_048_576, 2 ** 31 - 1, 2 ** 31, 2 ** 40),
  fc.constantFrom(-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, "5", true),
  fc.nat(100_000),
);
const numbers = (...names: string[]): Record<string, fc.Arbitrary<unknown>> => Object.fromEntries(names.map((name) => [name, number]));

/** Records with any few of these settings. */
const few = (shape: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<Record<string, unknown>> =>
  fc
    .subarray(Object.keys(shape), { maxLength: Math.min(4, Object.keys(shape).length) })
    .chain((names) => fc.record(Object.fromEntries(names.map((name) => [name, shape[name]!]))));

const producerSettings = few({
  acks: fc.constantFrom("all", 1, 0, 2, "none"),
  idempotent: fc.boolean(),
  compression: fc.constantFrom("none", "gzip", "snappy", "lz4", "zstd", "lzma"),
  partitioner: fc.constantFrom("java", "sticky", "round-robin", "random"),
  ...numbers("lingerMs", "batchBytes", "bufferBytes", "maxBlockMs", "maxMessageBytes", "requestTimeoutMs", "deliveryTimeoutMs"),
  ...numbers("retries", "retryBackoffMs", "retryBackoffMaxMs", "maxInFlightRequests"),
});
const consumerSettings = few({
  group: fc.constantFrom("g", ""),
  groupInstanceId: fc.constantFrom("i", ""),
  assignors: fc.subarray(["range", "roundrobin", "sticky", "cooperative-sticky", "RoundRobinAssigner", "nearest"]),
  reset: fc.constantFrom("earliest", "latest", "none", "first"),
  isolation: fc.constantFrom("read_committed", "read_uncommitted", "serializable"),
  ...numbers("sessionTimeoutMs", "heartbeatIntervalMs", "rebalanceTimeoutMs", "autoCommitMs", "maxBatchRecords", "maxProcessingMs"),
  ...numbers("metadataMaxAgeMs", "fetchMaxWaitMs", "fetchMinBytes", "fetchMaxBytes", "maxPartitionFetchBytes"),
});
const transactionSettings = few({
  transactionalId: fc.constantFrom("t", "t", ""),
  compression: fc.constantFrom("gzip", "lzma"),
  ...numbers("transactionTimeoutMs", "deliveryTimeoutMs", "requestTimeoutMs", "maxInFlightRequests"),
});

test.each<[AnyConfigSection, fc.Arbitrary<Record<string, unknown>>, (options: never) => unknown]>([
  [producer, producerSettings, (options) => resolveProducerOptions(options, capabilities)],
  [consumer, consumerSettings, resolveConsumerOptions],
  [transactions, transactionSettings, (options) => resolveTransactionalProducerOptions(options, capabilities)],
])("what section $name accepts and what its options accept is the same", (section, arbitrary, resolve) => {
  fc.assert(
    fc.property(arbitrary, (values) => {
      const { value, errors } = check(section, values);
      expect([values, value === undefined, errors.length > 0]).toEqual([
        values,
        !isTaken(() => resolve(values as never)),
        !isTaken(() => resolve(values as never)),
      ]);
      if (value !== undefined) expect(value).toEqual(values);
    }),
    { numRuns: 300 },
  );
});

test.each<[AnyConfigSection, fc.Arbitrary<Record<string, unknown>>]>([
  [producer, producerSettings],
  [consumer, consumerSettings],
  [transactions, transactionSettings],
])("what section $name accepts becomes Java's properties, and comes back the same", (section, arbitrary) => {
  const sections = [section] as const;
  fc.assert(
    fc.property(arbitrary, (values) => {
      // Java's clients choose partitions in their own way, and have one time for two of ours.
      const { partitioner: _partitioner, assignors, rebalanceTimeoutMs: _rebalance, maxProcessingMs: _processing, ...others } = values;
      const known = (assignors as readonly string[] | undefined)?.filter((name) => name !== "RoundRobinAssigner");
      const given = known === undefined || known.length === 0 ? others : { ...others, assignors: known };
      const { value } = check(section, given);
      if (value === undefined) return;
      const properties = toProperties(sections, { [section.name]: value });
      const text = Object.fromEntries(Object.entries(properties).map(([name, property]) => [name, String(property)]));
      // There is no word for "without end" but this number, or silence.
      const { maxBatchRecords, ...expected } = value as Record<string, number>;
      if (maxBatchRecords !== undefined && maxBatchRecords !== Number.POSITIVE_INFINITY) expected["maxBatchRecords"] = maxBatchRecords;
      if ((expected["retries"] ?? 0) >= 2_147_483_647) expected["retries"] = Number.POSITIVE_INFINITY;
      for (const spelling of [properties, text])
        expect(check(section, fromProperties(sections, spelling)[section.name] as object)).toEqual({ value: expected, errors: [] });
    }),
    { numRuns: 300 },
  );
});

test("every default and every preset of a section is taken by its options", () => {
  for (const preset of [undefined, ...Object.keys(producer.presets)]) {
    const config = loadConfig({ sections: [producer], environment: {}, preset });
    resolveProducerOptions(config.producer, capabilities);
  }
  for (const preset of Object.keys(transactions.presets)) {
    const config = loadConfig({ sections: [transactions], object: { transactions: { transactionalId: "t" } }, environment: {}, preset });
    resolveTransactionalProducerOptions(config.transactions, capabilities);
  }
  for (const preset of Object.keys(consumer.presets)) {
    const config = loadConfig({ sections: [consumer], object: { consumer: { group: "g" } }, environment: {}, preset });
    resolveConsumerOptions(config.consumer);
  }
});

test("settings that contradict each other are told by the settings", () => {
  expect(check(producer, { acks: 1, idempotent: true }).errors).toEqual(['producer.idempotent: true needs acks: "all", not 1']);
  expect(check(producer, { idempotent: true, maxInFlightRequests: 6, lingerMs: -1 }).errors).toEqual([
    "producer.lingerMs: must be a whole number of at least 0",
    "producer.maxInFlightRequests: must be at most 5 with idempotent: true, not 6",
  ]);
  expect(check(consumer, { group: "g", sessionTimeoutMs: 6_000, heartbeatIntervalMs: 3_000 }).errors).toEqual([
    "consumer.heartbeatIntervalMs: (3000) must be at most a third of sessionTimeoutMs (6000)",
  ]);
  expect(check(consumer, { assignors: ["range", "cooperative-sticky"] }).errors).toEqual([
    expect.stringMatching(/^consumer\.assignors: cooperative-sticky cannot stand beside/),
  ]);
  expect(check(transactions, {}).errors).toEqual(["transactions.transactionalId: is required"]);
});

test("acks may be written as Kafka's own clients write it", () => {
  for (const [written, acks] of [
    ["-1", "all"],
    ["1", 1],
    ["0", 0],
    ["all", "all"],
  ] as const) {
    expect(loadConfig({ sections: [producer], environment: { KAFKA_ACKS: written } }).producer).toEqual({ acks });
    expect(check(producer, { acks: written }).value).toEqual({ acks });
  }
});

test("properties of other clients that say the same in other words are understood", () => {
  const from = (section: AnyConfigSection, properties: Record<string, unknown>) =>
    (safeLoadConfig({ sections: [section], object: fromProperties([section], properties), environment: {} }).config as never)?.[
      section.name
    ];
  expect(from(producer, { retries: "2147483647", "message.send.max.retries": 2_147_483_647 })).toEqual({
    retries: Number.POSITIVE_INFINITY,
  });
  expect(from(producer, { "queue.buffering.max.kbytes": 2_048, "message.max.bytes": "1000" })).toEqual({
    bufferBytes: 2_097_152,
    maxMessageBytes: 1_000,
  });
  expect(from(producer, { "partitioner.ignore.keys": "true" })).toEqual({ partitioner: "sticky" });
  expect(from(producer, { "partitioner.ignore.keys": false })).toEqual({});
  expect(from(producer, { partitioner: "murmur2_random" })).toEqual({ partitioner: "java" });
  const roundRobin = "org.apache.kafka.clients.producer.RoundRobinPartitioner";
  expect(from(producer, { "partitioner.class": roundRobin })).toEqual({ partitioner: "round-robin" });
  for (const wrong of [{ partitioner: "random" }, { "partitioner.class": "com.example.Mine" }])
    expect(() => fromProperties([producer], wrong)).toThrow(/partitioner/);
  const group = { "group.id": "g" };
  expect(from(consumer, { ...group, "enable.auto.commit": true, "auto.commit.interval.ms": "0" })).toEqual({ group: "g", autoCommitMs: 1 });
  expect(from(consumer, { ...group, "enable.auto.commit": "false", "auto.commit.interval.ms": "100" })).toEqual({
    group: "g",
    autoCommitMs: 0,
  });
  expect(from(consumer, { "auto.offset.reset": "smallest", "max.poll.interval.ms": 9_000 })).toEqual({
    reset: "earliest",
    maxProcessingMs: 9_000,
    rebalanceTimeoutMs: 9_000,
  });
  const classes = ["RangeAssignor", "StickyAssignor"].map((name) => `org.apache.kafka.clients.consumer.${name}`);
  expect(from(consumer, { "partition.assignment.strategy": classes.join() })).toEqual({ assignors: ["range", "sticky"] });
  expect(from(consumer, { "partition.assignment.strategy": ["roundrobin"] })).toEqual({ assignors: ["roundrobin"] });
});

test("[002-32] compressions, mechanisms, protocols, credentials and files of TLS have their names, and GSSAPI is refused by its name", () => {
  for (const compression of ["none", "gzip", "snappy", "lz4", "zstd"])
    expect(check(producer, { compression }).value).toEqual({ compression });
  expect(check(producer, { compression: "lzma" }).errors).toEqual(["producer.compression: must be one of none, gzip, snappy, lz4, zstd"]);
  const login = { kafka_username: "u", kafka_password: "secret-1" };
  const files = { ssl_cafile: "ca.pem", ssl_certfile: "c.pem", ssl_keyfile: "k.pem", ssl_check_hostname: false };
  const load = (values: object) =>
    safeLoadConfig({ sections: [connection], object: { connection: { brokers: ["a:1"], ...values } }, environment: {} });
  for (const mechanism of ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"]) {
    const config = load({ security_protocol: "SASL_SSL", sasl_mechanism: mechanism, ...login, ...files }).config;
    expect(config?.connection.security).toEqual({
      protocol: "SASL_SSL",
      mechanism,
      username: "u",
      password: "secret-1",
      caFile: "ca.pem",
      certificateFile: "c.pem",
      keyFile: "k.pem",
      checkHostname: false,
    });
  }
  expect(load({ security_protocol: "SASL_PLAINTEXT", sasl_mechanism: "SCRAM-SHA-512", ...login }).is_valid).toBe(true);
  expect(load({ security_protocol: "SSL", ...files }).is_valid).toBe(true);
  expect(load({ security_protocol: "PLAINTEXT" }).is_valid).toBe(true);
  const [refused] = load({ security_protocol: "SASL_SSL", sasl_mechanism: "GSSAPI", ...login }).errors;
  expect(refused).toMatchObject({
    path: "connection.security.mechanism",
    rule: expect.stringMatching(/^GSSAPI .* is not supported/) as unknown,
  });
});
