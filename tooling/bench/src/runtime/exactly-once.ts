import { createRuntime, type ProcessOptions } from "@millrace/runtime";
import { string } from "@millrace/serdes";
import { defineTopic } from "@millrace/topics";
import type { Benchmark } from "../benchmark.ts";
import { ourKafka, valueBytes } from "../client/our-kafka.ts";
import { ReadingClock } from "../client/reading-clock.ts";

const records = 40_000;
const batch = 500;
const keys = 1_000;

/** What exactly-once steps of 500 records cost, against at least once: both read, handle and write one record for each. */
function exactlyOnce(name: string, partitions: number): Benchmark {
  return {
    name,
    unit: "records/s",
    setup: async ({ kafkaBrokers: brokers = [] }) => {
      const source = defineTopic({ name: `bench-${name}-${process.pid}`, key: string(), value: string(), partitions });
      const target = defineTopic({ name: `${source.name}-out`, key: string(), value: string(), partitions });
      const kafka = ourKafka("platformatic", brokers);
      const admin = kafka.admin();
      await admin.ensureTopics([source, target]);
      const producer = kafka.producer();
      const value = "x".repeat(valueBytes);
      for (let sent = 0; sent < records; sent += batch) {
        await producer.sendBatch(
          source,
          Array.from({ length: batch }, (_, index) => ({ key: `key-${(sent + index) % keys}`, value })),
        );
      }
      await producer.close();
      const copy = async (group: string, options: ProcessOptions<string>): Promise<number> => {
        const clock = new ReadingClock(records);
        const runtime = createRuntime({ kafka, group });
        // All handlers of a step of each partition side by side.
        runtime.process(source, { concurrency: batch * partitions, ...options }, async (message, context) => {
          await context.send(target, { key: message.key, value: message.value });
          clock.count(1);
        });
        try {
          await runtime.start();
          return await Promise.race([clock.rate, runtime.stopped.then(() => Number.NaN)]);
        } finally {
          await runtime.stop();
        }
      };
      let round = 0;
      return {
        ours: () => copy(`${source.name}-ours-${round++}`, { exactlyOnce: { maxBatchRecords: batch } }),
        peer: () => copy(`${source.name}-peer-${round++}`, {}),
        close: async () => {
          await admin.deleteTopics([source.name, target.name], { timeoutMs: 10_000 });
          await kafka.close();
        },
      };
    },
  };
}

export const exactlyOnceBenchmarks: readonly Benchmark[] = [
  exactlyOnce("exactly-once-vs-at-least-once", 4),
  exactlyOnce("exactly-once-one-partition-vs-at-least-once", 1),
];
