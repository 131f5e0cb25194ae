import { InvalidOptionsError } from "@millrace/core";
import type { SerdeDescriptor } from "@millrace/serdes";
import fc from "fast-check";
import { expect, expectTypeOf, test } from "vitest";
import { defineTopic, type KeyOf, type Topic, type TopicOptions, type ValueOf } from "./topic.ts";

interface Order {
  readonly id: string;
  readonly amount: number;
}

function descriptor<T>(): SerdeDescriptor<T> {
  return {
    format: "json",
    bind: () => ({
      prepareToSerialize: () => undefined,
      serialize: (value) => Buffer.from(JSON.stringify(value)),
      prepareToDeserialize: () => undefined,
      deserialize: (data) => JSON.parse(data.toString()) as T,
    }),
  };
}

const key = descriptor<string>();
const value = descriptor<Order>();

function problemsOf(options: unknown): readonly string[] {
  try {
    defineTopic(options as TopicOptions<unknown, unknown>);
  } catch (error) {
    if (InvalidOptionsError.is(error)) return error.problems;
    throw error;
  }
  return [];
}

test("a topic holds what it was declared with, frozen all the way", () => {
  const configs = { "min.insync.replicas": "2" };
  const topic = defineTopic({
    name: "shop.order.placed",
    key,
    value,
    partitions: 6,
    replicationFactor: 3,
    retentionMs: 604_800_000,
    cleanup: "compact,delete",
    maxMessageBytes: 1_048_576,
    partitioner: "round-robin",
    configs,
    description: "One record per order",
  });
  expect(topic).toMatchObject({
    name: "shop.order.placed",
    partitions: 6,
    replicationFactor: 3,
    cleanup: "compact,delete",
    partitioner: "round-robin",
  });
  expect(topic.value).toBe(value);
  configs["min.insync.replicas"] = "1";
  expect(topic.configs).toEqual({ "min.insync.replicas": "2" });
  expect(Object.isFrozen(topic) && Object.isFrozen(topic.configs)).toBe(true);
});

test("what is not declared stays undefined, so that the broker's own defaults apply", () => {
  const topic = defineTopic({ name: "orders", key, value });
  expect(topic.partitions).toBeUndefined();
  expect(topic.retentionMs).toBeUndefined();
  expect(topic.cleanup).toBeUndefined();
  expect(topic.configs).toEqual({});
});

test("the types of keys and values flow from the topic", () => {
  const topic = defineTopic({ name: "orders", key, value });
  expectTypeOf(topic).toEqualTypeOf<Topic<string, Order>>();
  expectTypeOf<KeyOf<typeof topic>>().toEqualTypeOf<string>();
  expectTypeOf<ValueOf<typeof topic>>().toEqualTypeOf<Order>();
  expectTypeOf(topic).toExtend<Topic<unknown, unknown>>();
});

test("every problem is reported at once, each with what to do", () => {
  const problems = problemsOf({
    name: "my topic",
    key: "string",
    partitions: 0,
    replicationFactor: 1.5,
    retentionMs: -2,
    cleanup: "compacted",
    maxMessageBytes: "1MB",
    partitioner: "random",
    configs: { "segment.ms": 5 },
    description: 5,
    retention: 5,
  });
  expect(problems).toEqual([
    expect.stringContaining('the name contains " "'),
    "key must be a serde descriptor such as string() or json()",
    "value must be a serde descriptor such as string() or json()",
    "partitions must be a whole number from 1 to 2147483647, not 0",
    "replicationFactor must be a whole number from 1 to 32767, not 1.5",
    expect.stringContaining("retentionMs must be a whole number from -1"),
    'maxMessageBytes must be a whole number from 1 to 2147483647, not "1MB"',
    'cleanup must be "delete", "compact" or "compact,delete", not "compacted"',
    'partitioner must be "java", "sticky" or "round-robin", not "random"',
    "description must be a string",
    'configs "segment.ms" must be a string, not 5',
    '"retention" is no option of a topic; Kafka\'s own settings go into configs',
  ]);
});

test("the error says which topic it is about", () => {
  expect(() => defineTopic({ name: "orders", key, value, partitions: -1 })).toThrow(/^topic "orders": partitions must be/);
});

test("a setting given twice, as an option and in configs, is a problem", () => {
  const configs = { "retention.ms": "1", "cleanup.policy": "compact", "max.message.bytes": "5" };
  expect(problemsOf({ name: "orders", key, value, retentionMs: 1, cleanup: "compact", maxMessageBytes: 5, configs })).toHaveLength(3);
  expect(problemsOf({ name: "orders", key, value, configs })).toEqual([]);
  expect(problemsOf({ name: "orders", key, value, configs: ["retention.ms"] })).toEqual([
    expect.stringContaining("configs must be an object"),
  ]);
});

test("retention for ever is -1", () => {
  expect(defineTopic({ name: "orders", key, value, retentionMs: -1 }).retentionMs).toBe(-1);
});

test("no input makes defineTopic throw anything but its own error", () => {
  for (const input of [undefined, null, 5, "orders", [], { name: Symbol("orders") }]) expect(problemsOf(input).length).toBeGreaterThan(0);
  fc.assert(
    fc.property(fc.anything(), (input) => {
      problemsOf(input);
      problemsOf({ name: "orders", key, value, configs: input });
      problemsOf({ name: input, key: input, value: input, partitions: input, cleanup: input });
    }),
  );
});
