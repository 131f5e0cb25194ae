import { memory } from "@millrace/driver-memory";
import { type ConsumedBatch, createKafka, type Kafka, type KafkaDriver, type KafkaRecord } from "@millrace/kafka";
import { string } from "@millrace/serdes";
import { defineTopic, type Topic } from "@millrace/topics";
import { onTestFinished } from "vitest";
import type { MillraceInstrumentation } from "../../src/index.ts";

export const orders: Topic<string, string> = defineTopic({ name: "orders", key: string(), value: string(), partitions: 1 });

/** A connection that is observed, to a cluster with one topic. */
export async function openShop(instrumentation: MillraceInstrumentation, driver: KafkaDriver = memory()): Promise<Kafka> {
  const kafka = createKafka({ driver, instrumentation, clientId: "shop" });
  onTestFinished(() => kafka.close());
  await kafka.admin().ensureTopics([orders]);
  return kafka;
}

/** Handles so many records of `orders` for a group as the runtime does, commits, and leaves. */
export async function handleOrders(
  kafka: Kafka,
  instrumentation: MillraceInstrumentation,
  count: number,
  handler: (record: KafkaRecord, attempt: number) => Promise<void> | void,
  group = "billing",
): Promise<void> {
  const consumer = kafka.consumer({ group, reset: "earliest" });
  const done = Promise.withResolvers<void>();
  let handled = 0;
  const handle = async ({ topic, partition, records }: ConsumedBatch): Promise<void> => {
    const processing = instrumentation.beginProcessing({
      name: "process",
      topic,
      partition,
      group,
      messageCount: records.length,
      messages: records,
    })!;
    for (const record of records) {
      for (let attempt = 1, failed = true; failed; attempt++) {
        failed = false;
        const began = performance.now();
        try {
          await processing.attempt(record, attempt, async () => await handler(record, attempt));
          processing.attempted(record, performance.now() - began);
        } catch (error) {
          failed = true;
          processing.attempted(record, performance.now() - began, { error });
        }
      }
      handled++;
    }
    processing.end();
  };
  consumer.stopped.catch(done.reject);
  await consumer.consume([orders], {
    async onBatch(batch) {
      if (batch.records.length === 0) return;
      await handle(batch);
      await consumer.commit([{ claim: batch.claim, offset: batch.nextOffset }]);
      if (handled >= count) done.resolve();
    },
  });
  await done.promise;
  await consumer.close();
}
