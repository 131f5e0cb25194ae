import { kafkajs } from "@millrace/driver-kafkajs";
import { startEmbeddedKafka } from "@millrace/embedded-kafka";
import { createKafka } from "@millrace/kafka";
import { waitFor } from "@millrace/testing";
import { expect, onTestFinished, test } from "vitest";
import { consumerProbe } from "../src/index.ts";

test("a broker that is gone for a while and comes back without its groups makes no consumer one that does not live", async () => {
  const topics = [{ name: "t" }];
  const first = await startEmbeddedKafka({ topics });
  onTestFinished(() => first.close());
  const kafka = createKafka({ driver: kafkajs({ brokers: first.brokers }) });
  onTestFinished(() => kafka.close());
  const consumer = kafka.consumer({ group: "g", reset: "earliest" });
  const probe = consumerProbe({ kafka, consumer });
  let handled = 0;
  await consumer.consume(["t"], {
    onBatch: ({ records }) => {
      handled += records.length;
    },
  });
  const lives = new Set<boolean>();
  const isReady = async (): Promise<boolean> => {
    const { live, ready } = await probe.check(AbortSignal.timeout(5_000));
    lives.add(live);
    return ready;
  };
  await waitFor(async () => consumer.assignment().length === 1 && (await isReady()), { timeoutMs: 60_000, what: "it is ready" });
  const port = Number(first.brokers[0]?.split(":")[1]);
  await first.close();
  await isReady();
  const second = await startEmbeddedKafka({ topics, port });
  onTestFinished(() => second.close());
  await kafka.producer().sendRaw({ topic: "t", key: null, value: Buffer.from("v") });
  await waitFor(async () => (await isReady()) && handled > 0, { timeoutMs: 60_000, intervalMs: 200, what: "it works again" });
  expect([...lives]).toEqual([true]);
  await probe.close?.();
}, 150_000);
