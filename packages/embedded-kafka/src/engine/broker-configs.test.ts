import { errorByCode } from "@millrace/protocol";
import { createVirtualClock } from "@millrace/testing";
import { expect, test } from "vitest";
import { batchOf } from "../../test/support/batch.ts";
import { engineClient } from "../../test/support/engine-client.ts";
import { type BrokerEngineOptions, createBrokerEngine } from "../index.ts";

const brokerResource = 4;
const [set, remove] = [0, 1] as const;

function setUp(options: BrokerEngineOptions = {}) {
  const clock = createVirtualClock();
  const engine = createBrokerEngine({
    clock,
    topics: [{ name: "t" }, { name: "own", configs: { "max.message.bytes": "500" } }],
    ...options,
  });
  const call = engineClient(engine);
  const change = async (resourceName: string, name: string, value: string | null) => {
    const configs = [{ name, value, configOperation: value === null ? remove : set }];
    const answer = await call("IncrementalAlterConfigs", { resources: [{ resourceType: brokerResource, resourceName, configs }] });
    return errorByCode(answer!.responses[0]!.errorCode).name;
  };
  const produce = async (topic: string, sizeBytes: number) => {
    const partitionData = [{ index: 0, records: batchOf(["x".repeat(sizeBytes)]) }];
    const answer = await call("Produce", { acks: -1, timeoutMs: 1_000, topicData: [{ name: topic, partitionData }] }, { version: 9 });
    return errorByCode(answer!.responses[0]!.partitionResponses[0]!.errorCode).name;
  };
  return { engine, clock, call, change, produce };
}

test("what brokers say of topics counts at once for those that say nothing else, and no more when it is taken back", async () => {
  const { engine, change, produce } = setUp();
  expect(await produce("t", 1_000)).toBe("NONE");
  expect(await change("", "message.max.bytes", "900")).toBe("NONE");
  expect(await produce("t", 1_000)).toBe("MESSAGE_TOO_LARGE");
  expect(await change("1", "message.max.bytes", "2000")).toBe("NONE");
  expect(await produce("t", 1_000)).toBe("NONE");
  expect(await produce("own", 1_000)).toBe("MESSAGE_TOO_LARGE");
  expect(await change("1", "message.max.bytes", null)).toBe("NONE");
  expect(await produce("t", 1_000)).toBe("MESSAGE_TOO_LARGE");
  engine.reset();
  expect(await produce("t", 1_000)).toBe("NONE");
  engine.close();
});

test("retention by the brokers' log.retention.ms", async () => {
  const { engine, clock, change, produce } = setUp();
  await produce("t", 10);
  await clock.advance(60_000);
  expect(await change("", "log.retention.ms", "1000")).toBe("NONE");
  engine.applyRetention();
  expect(engine.records("t")).toEqual([]);
  engine.close();
});

test("a config without effect is taken and told again; where there are several brokers, each by itself answers for its own", async () => {
  const { engine, change, call } = setUp();
  expect(await change("1", "num.io.threads", "9")).toBe("NONE");
  const resources = [{ resourceType: brokerResource, resourceName: "1", configurationKeys: ["num.io.threads"] }];
  expect((await call("DescribeConfigs", { resources }))!.results[0]!.configs).toMatchObject([
    { value: "9", configSource: 2, readOnly: false },
  ]);
  engine.close();
  const nodes = [1, 2].map((id) => ({ id, host: "127.0.0.1", port: 9_000 + id }));
  const several = setUp({ nodes });
  expect(await several.change("1", "message.max.bytes", "900")).toBe("NONE");
  expect(await several.produce("t", 1_000)).toBe("NONE");
  expect(await several.change("", "message.max.bytes", "900")).toBe("NONE");
  expect(await several.produce("t", 1_000)).toBe("MESSAGE_TOO_LARGE");
  const ofTheFirst = { resources: [{ resourceType: brokerResource, resourceName: "1", configs: [] }] };
  expect((await several.call("DescribeConfigs", ofTheFirst, { nodeId: 2 }))!.results[0]!.errorCode).toBe(42);
  expect((await several.call("AlterConfigs", ofTheFirst, { nodeId: 2 }))!.responses[0]!.errorCode).toBe(42);
  expect((await several.call("AlterConfigs", ofTheFirst, { nodeId: 1 }))!.responses[0]!.errorCode).toBe(0);
  several.engine.close();
});
