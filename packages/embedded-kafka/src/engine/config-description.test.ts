import { expect, test } from "vitest";
import { describeTopicConfigs } from "./config-description.ts";

function synonymsOf(name: string, own: Record<string, string> = {}, brokerWide: Record<string, string> = {}) {
  const described = describeTopicConfigs(new Map(Object.entries(own)), new Map(Object.entries(brokerWide)));
  return described.find((config) => config.name === name)?.synonyms;
}

test("synonyms stand from the most specific to the default", () => {
  const [own, brokerWide] = [{ "max.message.bytes": "3" }, { "max.message.bytes": "2" }];
  expect(synonymsOf("max.message.bytes", own, brokerWide)).toEqual([
    { name: "max.message.bytes", value: "3", source: 1 },
    { name: "message.max.bytes", value: "2", source: 4 },
    { name: "message.max.bytes", value: "1048588", source: 5 },
  ]);
});

test("configs whose broker-wide name has no default in Kafka have no synonym but what was set", () => {
  for (const name of ["retention.ms", "segment.ms", "segment.jitter.ms", "flush.ms"]) {
    expect(synonymsOf(name), name).toEqual([]);
    expect(synonymsOf(name, { [name]: "7" }), name).toEqual([{ name, value: "7", source: 1 }]);
  }
  expect(synonymsOf("local.retention.ms")).toEqual([{ name: "log.local.retention.ms", value: "-2", source: 5 }]);
});
