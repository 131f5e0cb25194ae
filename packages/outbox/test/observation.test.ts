import { type Instrumentation, noInstrumentation } from "@millrace/core";
import { memory } from "@millrace/driver-memory";
import { createKafka, readTopics } from "@millrace/kafka";
import { string } from "@millrace/serdes";
import { defineTopic } from "@millrace/topics";
import { expect, onTestFinished, test } from "vitest";
import { createMemoryOutboxStore, createOutbox, createOutboxRelay } from "../src/index.ts";

const orders = defineTopic({ name: "orders", key: string(), value: string(), partitions: 1 });

test("a message carries the context in which it was appended, not the one in which the relay sends it; one that has a context keeps it", async () => {
  let active = "request";
  const instrumentation: Instrumentation = {
    ...noInstrumentation,
    inject: (_, { headers }) => (headers.some(([name]) => name === "traceparent") ? undefined : [["traceparent", active]]),
  };
  const kafka = createKafka({ driver: memory(), instrumentation });
  onTestFinished(() => kafka.close());
  await kafka.admin().ensureTopics([orders]);
  const store = createMemoryOutboxStore();
  const outbox = createOutbox({ kafka, store });
  await store.transaction(async (transaction) => {
    await outbox.append(transaction, orders, { key: "a", value: "1", headers: { own: "x" } });
    await outbox.append(transaction, orders, { key: "a", value: null, headers: { traceparent: "given" } });
  });
  active = "relay";
  const relay = createOutboxRelay({ store, producer: kafka.producer(), idHeader: null });
  onTestFinished(() => relay.close());
  await relay.publishDue();
  const told: string[][] = [];
  for await (const { headers } of readTopics(kafka, ["orders"])) told.push(headers.map(([name, value]) => `${name}=${value?.toString()}`));
  expect(told).toEqual([["own=x", "traceparent=request"], ["traceparent=given"]]);
});
