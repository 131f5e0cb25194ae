import { startEmbeddedKafka } from "@millrace/embedded-kafka";
import type { Benchmark } from "../benchmark.ts";
import { summarize } from "../statistics.ts";
import { rawKafkajs, rawProducer } from "./raw-kafkajs.ts";

const recordsPerSecond = 1_000;
const recordsPerRound = 500;

/** From the call of `send` to the handler, through kafkajs both ways, all in one process, at a thousand records a second. Lower is better. */
export const endToEnd: Benchmark = {
  name: "e2e-p50-ms",
  unit: "ms",
  setup: async () => {
    const topic = "bench-end-to-end";
    const broker = await startEmbeddedKafka({ topics: [{ name: topic }] });
    const kafka = rawKafkajs(broker.brokers);
    const producer = rawProducer(kafka);
    const consumer = kafka.consumer({ groupId: topic, maxWaitTimeInMs: 100 });
    let latencies: number[] = [];
    let finished = (): void => {};
    await producer.connect();
    await consumer.connect();
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    await consumer.run({
      eachMessage: async ({ message }) => {
        latencies.push(performance.now() - Number(message.value));
        if (latencies.length === recordsPerRound) finished();
      },
    });
    return {
      ours: async () => {
        latencies = [];
        const all = new Promise<void>((resolve) => {
          finished = resolve;
        });
        await sendAtRate(() => producer.send({ topic, messages: [{ value: String(performance.now()) }] }));
        await all;
        return summarize(latencies).median;
      },
      close: async () => {
        await consumer.disconnect();
        await producer.disconnect();
        await broker.close();
      },
    };
  },
};

/** Sends at an even rate, whatever the answers take. */
async function sendAtRate(send: () => Promise<unknown>): Promise<void> {
  const startedAt = performance.now();
  const sent: Promise<unknown>[] = [];
  while (sent.length < recordsPerRound) {
    const due = Math.min(recordsPerRound, Math.floor(((performance.now() - startedAt) * recordsPerSecond) / 1_000));
    while (sent.length < due) sent.push(send());
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await Promise.all(sent);
}
