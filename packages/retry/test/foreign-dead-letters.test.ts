import type { Headers } from "@millrace/kafka";
import { bytes } from "@millrace/serdes";
import { defineTopic } from "@millrace/topics";
import { expect, test } from "vitest";
import { readDeadLetters, readStory, redrive } from "../src/index.ts";
import { createLetterCluster } from "./support/harness.ts";

function connectLetter(offset: number): Headers {
  return Object.entries({
    "__connect.errors.topic": "orders",
    "__connect.errors.partition": "1",
    "__connect.errors.offset": String(offset),
    "__connect.errors.connector.name": "sink",
    "__connect.errors.exception.class.name": "DataException",
    "__connect.errors.exception.message": "no",
  }).map(([name, value]) => [name, Buffer.from(value)] as const);
}

test("what another system has put aside is listed with ours and brought back to its group; what does not tell its place stays open", async () => {
  const { kafka, sendRaw, read } = await createLetterCluster();
  const deadLetterTopic = "orders-dlt";
  const plain = { key: bytes(), value: bytes(), replicationFactor: 1 } as const;
  const topics = [deadLetterTopic, "orders-dlt.audit"].map((name) => defineTopic({ ...plain, name, partitions: 1 }));
  await kafka.admin().ensureTopics([...topics, defineTopic({ ...plain, name: "orders.retry.connect-sink", partitions: 2 })]);
  const key = Buffer.from("k");
  for (const offset of [7, 8]) {
    await sendRaw({ topic: deadLetterTopic, key, value: Buffer.from([offset]), headers: [["trace", null], ...connectLetter(offset)] });
  }
  await sendRaw({
    topic: deadLetterTopic,
    key,
    value: Buffer.from("lost"),
    headers: [
      ["topic_poisoned", Buffer.from("orders")],
      ["reason_poisoned", Buffer.from("no")],
    ],
  });
  const options = { kafka, topic: "orders", group: "connect-sink", deadLetterTopic } as const;
  const ids = async (): Promise<string[]> => {
    const found: string[] = [];
    for await (const { letter } of readDeadLetters(options)) found.push(letter.id);
    return found;
  };
  expect(await ids()).toEqual(["orders/1/7/connect-sink", "orders/1/8/connect-sink", "orders-dlt/0/2/connect-sink"]);
  const report = await redrive({ ...options, job: "j1" });
  expect(report).toMatchObject({
    open: 3,
    redriven: 2,
    left: 0,
    failed: [{ id: "orders-dlt/0/2/connect-sink", error: { code: "RETRY_SEND_REFUSED" } }],
  });
  expect(await ids()).toEqual(["orders-dlt/0/2/connect-sink"]);
  const redriven = await read("orders.retry.connect-sink");
  expect(redriven.map(({ partition, value }) => [partition, value])).toEqual([
    [1, Buffer.from([7])],
    [1, Buffer.from([8])],
  ]);
  expect(redriven[0]!.headers[0]).toEqual(["trace", null]);
  expect(readStory(redriven[0]!)).toMatchObject({
    origin: { topic: "orders", partition: 1, offset: 7 },
    group: "connect-sink",
    redrives: 1,
  });
});
