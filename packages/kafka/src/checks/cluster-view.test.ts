import { expect, test } from "vitest";
import { ScriptedDriver } from "../../test/support/scripted-driver.ts";
import { createKafka } from "../index.ts";
import { createClusterView } from "./index.ts";

test("a view reads everything once, failures too, within its time", async () => {
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
  const view = createClusterView({ admin, timeoutMs: 7, signal });
  for (let time = 0; time < 2; time++) {
    expect(await view.describe()).toMatchObject({ clusterId: "scripted" });
    expect(await view.topic("orders")).toMatchObject({ partitionCount: 2 });
    expect(await view.topic("absent")).toBeNull();
    expect(await view.topicConfigs("orders")).toEqual({ "retention.ms": "5" });
    await expect(view.group("nobody's")).rejects.toThrow('does not name group "nobody\'s"');
  }
  expect(await view.brokerConfigs(0)).toEqual({});
  const methods = asked.map(([method]) => method);
  expect(methods).toEqual(["describeCluster", "describeTopics", "describeTopics", "describeConfigs", "describeGroups", "describeConfigs"]);
  for (const [, options] of asked) expect(options).toMatchObject({ timeoutMs: 7, signal });
  await kafka.close();
});
