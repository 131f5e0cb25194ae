import { murmur2 } from "@millrace/protocol";
import { string } from "@millrace/serdes";
import { defineTopic } from "@millrace/topics";
import { expect, test } from "vitest";
import { ScriptedDriver } from "../../test/support/scripted-driver.ts";
import { createKafka } from "../index.ts";

const keys = ["a", "b", "c", "a", "b", "c"];

test("[001-35] a topic's partition strategy and retention are declared with it, and applied when it is created and by whoever sends to it", async () => {
  const driver = new ScriptedDriver();
  const kafka = createKafka({ driver, random: () => 0 });
  const declare = (name: string, partitioner?: "java" | "sticky" | "round-robin") =>
    defineTopic({ name, key: string(), value: string(), partitions: 3, retentionMs: 60_000, cleanup: "delete", partitioner });
  const [spread, keyed, undeclared] = [declare("spread", "round-robin"), declare("keyed", "java"), declare("undeclared")];
  await kafka.admin().ensureTopics([spread, keyed, undeclared]);
  const configs = { "cleanup.policy": "delete", "retention.ms": "60000" };
  expect(driver.admin.created).toEqual(
    ["spread", "keyed", "undeclared"].map((name) => ({ name, partitions: 3, replicationFactor: -1, configs })),
  );
  const javas = keys.map((key) => (murmur2(Buffer.from(key)) & 0x7fffffff) % 3);
  // What the topic declares wins over the producer's own.
  for (const [own, undeclaredGoes] of [
    ["java", javas],
    ["round-robin", [0, 1, 2, 0, 1, 2]],
  ] as const) {
    const producer = kafka.producer({ partitioner: own });
    const partitionsOf = async (topic: typeof spread): Promise<readonly number[]> =>
      (
        await producer.sendBatch(
          topic,
          keys.map((key) => ({ key, value: "v" })),
        )
      ).map(({ partition }) => partition);
    expect(await partitionsOf(spread)).toEqual([0, 1, 2, 0, 1, 2]);
    expect(await partitionsOf(keyed)).toEqual(javas);
    expect(await partitionsOf(undeclared)).toEqual(undeclaredGoes);
    await producer.close();
  }
  await kafka.close();
});
