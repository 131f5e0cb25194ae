import { expect, test } from "vitest";
import { BrokerConfigs } from "./broker-configs.ts";
import { describeAllBrokers, describeBrokerConfigs, describeTopicConfigs } from "./config-description.ts";

function synonymsOf(name: string, own: Record<string, string> = {}, brokerConfigs = new BrokerConfigs(new Map(), [1])) {
  return describeTopicConfigs(new Map(Object.entries(own)), brokerConfigs).find((config) => config.name === name)?.synonyms;
}

test("synonyms stand from the most specific to the default", () => {
  const brokerConfigs = new BrokerConfigs(new Map([["max.message.bytes", "2"]]), [1]);
  const atStart = [
    { name: "max.message.bytes", value: "3", source: 1 },
    { name: "message.max.bytes", value: "2", source: 4 },
    { name: "message.max.bytes", value: "1048588", source: 5 },
  ];
  expect(synonymsOf("max.message.bytes", { "max.message.bytes": "3" }, brokerConfigs)).toEqual(atStart);
  brokerConfigs.change("", new Map([["message.max.bytes", "7"]]));
  brokerConfigs.change("1", new Map([["message.max.bytes", "8"]]));
  const changed = { name: "message.max.bytes" };
  expect(synonymsOf("max.message.bytes", {}, brokerConfigs)).toEqual([
    { ...changed, value: "8", source: 2 },
    { ...changed, value: "7", source: 3 },
    ...atStart.slice(1),
  ]);
  expect(brokerConfigs.topicDefaults).toEqual(new Map([["max.message.bytes", "8"]]));
  expect(describeAllBrokers(brokerConfigs)).toMatchObject([{ name: "message.max.bytes", value: "7", source: 3, readOnly: false }]);
});

test("configs whose broker-wide name has no default in Kafka have no synonym but what was set", () => {
  for (const name of ["retention.ms", "segment.ms", "segment.jitter.ms", "flush.ms"]) {
    expect(synonymsOf(name), name).toEqual([]);
    expect(synonymsOf(name, { [name]: "7" }), name).toEqual([{ name, value: "7", source: 1 }]);
  }
  expect(synonymsOf("local.retention.ms")).toEqual([{ name: "log.local.retention.ms", value: "-2", source: 5 }]);
  const brokerConfigs = new BrokerConfigs(new Map(), [1]);
  brokerConfigs.change("", new Map([["log.retention.ms", "1000"]]));
  expect(synonymsOf("retention.ms", {}, brokerConfigs)).toEqual([{ name: "log.retention.ms", value: "1000", source: 3 }]);
});

test("a broker's configs say what it was started with, and which of them can be changed", () => {
  const described = describeBrokerConfigs(
    1,
    new Map([
      ["node.id", "1"],
      ["num.partitions", "4"],
      ["fetch.max.bytes", "57671680"],
    ]),
    new BrokerConfigs(new Map(), [1]),
  );
  const named = new Map(described.map((config) => [config.name, config]));
  expect(named.get("num.partitions")).toMatchObject({ value: "4", source: 4, readOnly: true, synonyms: [{ source: 4 }, { source: 5 }] });
  expect(named.get("node.id")).toMatchObject({ value: "1", source: 4, readOnly: true, synonyms: [{ value: "1" }] });
  expect(named.get("fetch.max.bytes")).toMatchObject({ source: 5, readOnly: true });
  expect(named.get("log.retention.ms")).toMatchObject({ value: null, source: 5, readOnly: false, synonyms: [] });
  expect(named.get("log.cleanup.policy")).toMatchObject({ value: "delete", source: 5, readOnly: false });
});

test("among several brokers what one was given is described of that one, and counts for none", () => {
  const brokerConfigs = new BrokerConfigs(new Map(), [1, 2]);
  brokerConfigs.change("2", new Map([["log.retention.ms", "1000"]]));
  const described = (id: number) => describeBrokerConfigs(id, new Map(), brokerConfigs).find(({ name }) => name === "log.retention.ms");
  expect(described(1)).toMatchObject({ value: null, source: 5 });
  expect(described(2)).toMatchObject({ value: "1000", source: 2, synonyms: [{ value: "1000", source: 2 }] });
  expect(brokerConfigs.topicDefaults).toEqual(new Map());
});

test("the value of a config that is not known is not told", () => {
  const brokerConfigs = new BrokerConfigs(new Map(), [1]);
  brokerConfigs.change("1", new Map([["plugin.password", "secret"]]));
  const described = describeBrokerConfigs(1, new Map(), brokerConfigs).find(({ name }) => name === "plugin.password");
  expect(described).toEqual({
    name: "plugin.password",
    value: null,
    source: 2,
    type: 0,
    readOnly: true,
    isSensitive: true,
    synonyms: [{ name: "plugin.password", value: null, source: 2 }],
  });
});
