import { noRetry } from "@millrace/core";
import { memory } from "@millrace/driver-memory";
import { createKafka } from "@millrace/kafka";
import { redrive } from "@millrace/retry";
import { createInMemorySchemas, json, string, upcast, versions } from "@millrace/serdes";
import { jsonSchema } from "@millrace/serdes/json-schema";
import { defineTopic } from "@millrace/topics";
import { expect, onTestFinished, test } from "vitest";
import { createRuntime } from "../src/index.ts";
import { createCluster, until } from "./support/harness.ts";

test("[X-10] a consumer handles JSON with a schema_id header and the registry framing side by side in one topic", async () => {
  const { engine, read } = createCluster();
  const kafka = createKafka({ driver: memory({ engine }), clientId: "test", schemas: createInMemorySchemas() });
  onTestFinished(() => kafka.close());
  const schema = { type: "object", properties: { id: { type: "integer" } }, required: ["id"] };
  const topicWith = (framing: "registry" | "header") => {
    const part = jsonSchema<{ readonly id: number }>(schema, { framing });
    return defineTopic({ name: "orders", key: part, value: part, partitions: 1 });
  };
  const handled: unknown[] = [];
  const runtime = createRuntime({ kafka, group: "billing" });
  runtime.process(topicWith("registry"), { deadLetter: {} }, ({ key, value, headers }) => {
    handled.push([key?.id, value.id, headers.map(([name]) => name)]);
  });
  await runtime.start();
  const producer = kafka.producer();
  await producer.send(topicWith("header"), { key: { id: 7 }, value: { id: 1 }, headers: { trace: "t" } });
  await producer.send(topicWith("registry"), { key: { id: 7 }, value: { id: 2 } });
  // As a bus of another make writes it: JSON behind no framing, its id in a header.
  const [own] = (await read("orders")).slice(-1);
  await producer.sendRaw({ topic: "orders", key: own!.key, value: Buffer.from('{"id": 3}'), headers: [["schema_id", Buffer.from("1")]] });
  await until(() => handled.length === 3, "all three");
  expect(handled).toEqual([
    [7, 1, ["trace", "key_schema_id", "schema_id"]],
    [7, 2, []],
    [7, 3, ["schema_id"]],
  ]);
  expect((await read("orders")).map(({ value }) => value!.toString())).toEqual([
    '{"id":1}',
    expect.stringMatching(/^\0/) as unknown,
    '{"id": 3}',
  ]);
  await runtime.stop();
});

test("records of every version are handled as the newest, and a redrive rewrites those that failed", async () => {
  const { kafka, read } = createCluster();
  interface Order {
    readonly id: string;
    readonly amount: number;
  }
  const order = versions(json<{ readonly id: string }>())
    .next(json<Order>(), (old) => ({ ...old, amount: 0 }))
    .descriptor({ by: { header: "version" } });
  const orders = defineTopic({ name: "orders", key: string(), value: order, partitions: 1 });
  const handled: unknown[] = [];
  let broken = true;
  const runtime = createRuntime({ kafka, group: "billing" });
  runtime.process(orders, { retry: noRetry, deadLetter: {} }, ({ value }) => {
    if (broken && value.id === "old") throw new Error("broken");
    handled.push(value);
  });
  await runtime.start();
  const producer = kafka.producer();
  await producer.sendRaw({ topic: "orders", key: null, value: Buffer.from('{"id":"old"}'), headers: [["trace", null]] });
  await producer.send(orders, { value: { id: "new", amount: 1 } });
  await until(() => runtime.statistics().get("orders")?.deadLettered === 1 && handled.length === 1, "both");
  broken = false;
  const transform = upcast({ from: order, to: order, up: (value) => value }, { topic: "orders" });
  expect(await redrive({ kafka, topic: "orders", group: "billing", job: "j", transform })).toMatchObject({ redriven: 1, failed: [] });
  await until(() => handled.length === 2, "the letter");
  expect(handled).toEqual([
    { id: "new", amount: 1 },
    { id: "old", amount: 0 },
  ]);
  const retryTopic = (await kafka.admin().listTopics()).find((name) => name.includes(".retry."))!;
  const [rewritten] = await read(retryTopic);
  expect(rewritten!.value!.toString()).toBe('{"id":"old","amount":0}');
  expect(rewritten!.headers.slice(0, 2)).toEqual([
    ["trace", null],
    ["version", Buffer.from("2")],
  ]);
  await runtime.stop();
});
