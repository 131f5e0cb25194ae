import { noRetry } from "@millrace/core";
import { decodeDeadLetter, redrive } from "@millrace/retry";
import { string } from "@millrace/serdes";
import { defineTopic } from "@millrace/topics";
import { expect, test } from "vitest";
import { createRuntime } from "../src/index.ts";
import { createCluster, until } from "./support/harness.ts";

const orders = defineTopic({ name: "orders", key: string(), value: string(), partitions: 3 });

test("a redriven letter comes back to its group and is handled there", async () => {
  const { kafka, read, committed } = createCluster();
  let broken = true;
  const seen: string[] = [];
  const runtime = createRuntime({ kafka, group: "billing", commitIntervalMs: 10 });
  runtime.process(orders, { retry: noRetry, deadLetter: {} }, (message, context) => {
    if (broken) throw new Error("not today");
    seen.push(
      `${message.key}=${message.value} after ${context.redrives} redrives from ${context.origin.topic}/${context.origin.partition}`,
    );
  });
  await runtime.start();
  const { partition } = await kafka.producer().send(orders, { key: "a", value: "1", headers: { trace: "t1" } });
  await until(() => runtime.statistics().get("orders")?.deadLettered === 1, "the dead letter");
  const [letter] = await read("dlq.orders");
  expect(decodeDeadLetter(letter!)).toMatchObject({ group: "billing", origin: { topic: "orders", offset: 0 } });
  broken = false;
  const report = await redrive({ kafka, topic: "orders", group: "billing", job: "j1" });
  expect(report).toMatchObject({ open: 1, redriven: 1 });
  await until(() => seen.length === 1, "the redriven record");
  expect(seen).toEqual([`a=1 after 1 redrives from orders/${partition}`]);
  await runtime.stop();
  expect(committed("billing", "orders", partition)).toBe(1);
  expect(committed("billing", "orders.retry.billing", partition)).toBe(1);
});
