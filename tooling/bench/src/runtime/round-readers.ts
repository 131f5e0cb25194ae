import type { Kafka } from "@millrace/kafka";
import { createRuntime, type ProcessOptions } from "@millrace/runtime";
import type { Topic } from "@millrace/topics";
import { Consumer } from "@platformatic/kafka";
import { ReadingClock } from "../client/reading-clock.ts";
import { rawKafkajs } from "../embedded/raw-kafkajs.ts";

/** How often offsets are committed, on both sides, unless the library commits after each batch. */
const commitIntervalMs = 1_000;

/** How much one fetch may bring, on all sides. It is the default of the others; a stream of @platformatic/kafka's would take 50 MiB, and the clock starts when it has come. */
const fetchBytes = 10_485_760;

/** Reads a topic from its beginning to its end with a group of its own; records a second from the first record to the last. */
export type RoundReader = (group: string) => Promise<number>;

/** A runtime with an asynchronous handler that returns at once. */
export function runtimeReader(kafka: Kafka, topic: Topic<string, string>, records: number, options: ProcessOptions<string>): RoundReader {
  return async (group) => {
    const clock = new ReadingClock(records);
    const runtime = createRuntime({ kafka, group, commitIntervalMs });
    runtime.process(topic, options, async () => {
      clock.count(1);
    });
    try {
      await runtime.start();
      return await Promise.race([clock.rate, failed(runtime.stopped)]);
    } finally {
      await runtime.stop();
    }
  };
}

async function failed(stopped: Promise<void>): Promise<never> {
  await stopped;
  throw new Error("the runtime stopped before everything was read");
}

/** kafkajs's `eachBatch`, which commits after each batch and decodes nothing. */
export function kafkajsReader(brokers: string[], topic: string, records: number): RoundReader {
  return async (groupId) => {
    const clock = new ReadingClock(records);
    const consumer = rawKafkajs(brokers).consumer({ groupId });
    try {
      await consumer.connect();
      await consumer.subscribe({ topics: [topic], fromBeginning: true });
      await consumer.run({
        eachBatch: (payload) => {
          clock.count(payload.batch.messages.length);
          return Promise.resolve();
        },
      });
      return await clock.rate;
    } finally {
      await consumer.disconnect();
    }
  };
}

/** A stream of @platformatic/kafka's, which decodes nothing. */
export function platformaticReader(brokers: string[], topic: string, records: number): RoundReader {
  return async (groupId) => {
    const clock = new ReadingClock(records);
    const autocommit = commitIntervalMs;
    const consumer = new Consumer({ clientId: "bench", bootstrapBrokers: brokers, groupId, autocommit, maxBytes: fetchBytes });
    try {
      const stream = await consumer.consume({ topics: [topic], mode: "committed", fallbackMode: "earliest" });
      stream.on("data", () => clock.count(1));
      const rate = await clock.rate;
      await stream.close();
      return rate;
    } finally {
      await consumer.close(true);
    }
  };
}
