import { expect, test } from "vitest";
import { ScriptedDriver } from "../../test/support/scripted-driver.ts";
import { createKafka } from "../index.ts";
import { type ClusterView, createClusterView } from "./index.ts";

/** A view of a cluster with one topic, and what it asked: methods and their options. */
function setUp() {
  const driver = new ScriptedDriver();
  driver.partitions.set("orders", 2);
  driver.admin.configs.set("orders", { "retention.ms": "5" });
  const kafka = createKafka({ driver });
  const asked: [method: string, options: unknown][] = [];
  const admin = new Proxy(kafka.admin(), {
    get: (target, method) => (first: never, second: never) => {
      asked.push([String(method), second ?? first]);
      return target[method as "describeTopics"](first, second);
    },
  });
  const { signal } = new AbortController();
  const view: ClusterView = createClusterView({ admin, timeoutMs: 7, signal });
  return { driver, kafka, asked, signal, view };
}

test("a view reads everything once, failures too, within its time", async () => {
  const { driver, kafka, asked, signal, view } = setUp();
  driver.partitions.set("__consumer_offsets", 1);
  for (let time = 0; time < 2; time++) {
    expect(await view.describe()).toMatchObject({ clusterId: "scripted" });
    expect(await view.topic("orders")).toMatchObject({ partitionCount: 2 });
    expect(await view.topic("absent")).toBeNull();
    expect(await view.topicConfigs("orders")).toEqual({ "retention.ms": "5" });
    expect(await view.topicConfigs("absent")).toBeNull();
    await expect(view.group("nobody's")).rejects.toThrow('does not name group "nobody\'s"');
  }
  expect(await view.brokerConfigs(0)).toEqual({});
  const methods = asked.map(([method]) => method).join(" ");
  expect(methods).toBe("describeCluster describeTopics describeTopics describeConfigs describeTopics describeGroups describeConfigs");
  for (const [, options] of asked) expect(options).toMatchObject({ timeoutMs: 7, signal });
  await kafka.close();
});

test("of a cluster that never had a group none is asked for: to ask would make brokers create the topic of groups", async () => {
  const { driver, kafka, asked, view } = setUp();
  expect(await view.group("billing")).toBeNull();
  expect(asked.map(([method]) => method)).toEqual(["describeTopics"]);
  expect([...driver.partitions.keys()]).toEqual(["orders"]);
  await kafka.close();
});
