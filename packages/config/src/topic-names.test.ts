import fc from "fast-check";
import { expect, test } from "vitest";
import { loadConfig, safeLoadConfig } from "./load-config.ts";
import { topicNamed, topicNames } from "./topic-names.ts";
import { validateTopicNames } from "./validators/index.ts";

const sections = [topicNames] as const;
const load = (environment: Record<string, string>) => loadConfig({ sections, environment }).topicNames;

test("names get their prefix, and topics what they have in common", () => {
  const settings = load({ KAFKA_TOPIC_PREFIX: "shop", KAFKA_NUM_PARTITIONS: "6", KAFKA_REPLICATION_FACTOR: "3" });
  expect(topicNamed(settings, "orders")).toEqual({ name: "shop.orders", partitions: 6, replicationFactor: 3 });
  expect(topicNamed(load({}), "orders")).toEqual({ name: "orders", partitions: undefined, replicationFactor: undefined });
});

test("the policy of names is that of the validators", () => {
  const environment = {
    KAFKA_TOPIC_NAMES_MAX_LENGTH: "20",
    KAFKA_TOPIC_NAMES_ALLOWED_PATTERNS: "shop.*, audit.**",
    KAFKA_TOPIC_NAMES_SEGMENTS: "2",
  };
  const settings = load(environment);
  expect(topicNamed(settings, "shop.orders").name).toBe("shop.orders");
  expect(() => topicNamed(settings, "shop.orders-and-returns")).toThrow("topicNamed: Topic name too long: shop.orders-and-returns");
  expect(() => topicNamed(settings, "stock.orders")).toThrow("Topic name not allowed");
  expect(() => topicNamed(settings, "shop")).toThrow("Topic name must have 2 parts");
  expect(() => topicNamed(load({}), "__consumer_offsets")).toThrow("System topic access attempted");
  expect(topicNamed(load({ KAFKA_TOPIC_NAMES_ALLOW_SYSTEM_TOPICS: "true" }), "__consumer_offsets").name).toBe("__consumer_offsets");
});

const count = fc.constantFrom(-1, 0, 1, 1.5, 249, 250);
const policy = fc.record(
  {
    allowSystemTopics: fc.boolean(),
    maxLength: count,
    segments: count,
    allowedPatterns: fc.array(fc.constantFrom("a.*", "**", "", "a b", "x".repeat(250), "__x", "**.a", "a***"), { maxLength: 3 }),
  },
  { requiredKeys: [] },
);

test("a policy that the section accepts is one that validators accept, and the other way round", () => {
  fc.assert(
    fc.property(policy, (values) => {
      const { config } = safeLoadConfig({ sections, object: { topicNames: values }, environment: {} });
      if (config === undefined) expect(() => validateTopicNames(["a"], { topicNames: values })).toThrow("validators");
      else validateTopicNames(["a"], { topicNames: config.topicNames });
    }),
  );
});

test.each(["", "a.", "a b", "x".repeat(201)])("%j is no prefix", (prefix) => {
  expect(safeLoadConfig({ sections, object: { topicNames: { prefix } }, environment: {} }).errors).toHaveLength(1);
});
