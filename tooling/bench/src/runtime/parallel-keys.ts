import { createRuntime } from "@millrace/runtime";
import { json, string } from "@millrace/serdes";
import { defineTopic } from "@millrace/topics";
import type { Benchmark } from "../benchmark.ts";
import { ourKafka } from "../client/our-kafka.ts";

const records = 10_000;
const keys = 100;
const longestWorkMs = 5;

/** Seconds for 10,000 records of 0 to 5 ms of asynchronous work each: one partition, 100 keys in turn, 100 handlers at once. By work alone it is a quarter of one. */
export const parallelKeys: Benchmark = {
  name: "parallel-keys-seconds",
  unit: "s",
  setup: async ({ kafkaBrokers: brokers = [] }) => {
    const topic = defineTopic({ name: `bench-parallel-keys-${process.pid}`, key: string(), value: json<number>(), partitions: 1 });
    const kafka = ourKafka("kafkajs", brokers);
    const admin = kafka.admin();
    await admin.ensureTopics([topic]);
    const messages = Array.from({ length: records }, (_, index) => ({ key: `key-${index % keys}`, value: Math.random() * longestWorkMs }));
    await kafka.producer().sendBatch(topic, messages);
    let round = 0;
    return {
      ours: async () => {
        const runtime = createRuntime({ kafka, group: `${topic.name}-${round++}` });
        const { promise: finished, resolve } = Promise.withResolvers<number>();
        let startedAt: number | undefined;
        let done = 0;
        runtime.process(topic, { concurrency: keys }, async ({ value: workMs }) => {
          startedAt ??= performance.now();
          await new Promise((wake) => setTimeout(wake, workMs));
          if (++done === records) resolve((performance.now() - startedAt) / 1_000);
        });
        try {
          await runtime.start();
          return await Promise.race([finished, runtime.stopped.then(() => Number.NaN)]);
        } finally {
          await runtime.stop();
        }
      },
      close: async () => {
        await admin.deleteTopics([topic.name], { timeoutMs: 10_000 });
        await kafka.close();
      },
    };
  },
};
