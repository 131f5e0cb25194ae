import { memory } from "@millrace/driver-memory";
import { createKafka } from "@millrace/kafka";
import { createInMemorySchemas } from "@millrace/serdes";
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
