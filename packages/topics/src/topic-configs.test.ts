import { bytes } from "@millrace/serdes";
import { expect, test } from "vitest";
import { defineTopic } from "./topic.ts";
import { topicConfigs } from "./topic-configs.ts";

const serdes = { key: bytes(), value: bytes() };

test("declared settings appear under Kafka's names, as text, in alphabetical order", () => {
  const topic = defineTopic({
    name: "orders",
    ...serdes,
    retentionMs: 604_800_000,
    cleanup: "compact,delete",
    maxMessageBytes: 1_048_576,
    configs: { "min.insync.replicas": "2", "compression.type": "producer" },
  });
  expect(Object.entries(topicConfigs(topic))).toEqual([
    ["cleanup.policy", "compact,delete"],
    ["compression.type", "producer"],
    ["max.message.bytes", "1048576"],
    ["min.insync.replicas", "2"],
    ["retention.ms", "604800000"],
  ]);
});

test("a topic that declares nothing sets nothing", () => {
  expect(topicConfigs(defineTopic({ name: "orders", ...serdes }))).toEqual({});
});
