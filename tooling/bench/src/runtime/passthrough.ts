import { string } from "@millrace/serdes";
import { defineTopic } from "@millrace/topics";
import type { Benchmark } from "../benchmark.ts";
import { type DriverName, ourKafka, valueBytes } from "../client/our-kafka.ts";
import { kafkajsReader, platformaticReader, runtimeReader } from "./round-readers.ts";

// Many fetches' worth: what the first one brings is there when the clock starts.
const records = 400_000;
const batch = 1_000;
const partitions = 3;
const keys = 1_000;

/** All that a runtime adds to reading: decoding, order, settlement, commits. The handler is asynchronous and returns at once. */
function passthrough(name: string, driver: DriverName, order: "partition" | "key"): Benchmark {
  return {
    name,
    unit: "records/s",
    setup: async ({ kafkaBrokers: brokers = [] }) => {
      const topic = defineTopic({ name: `bench-${name}-${process.pid}`, key: string(), value: string(), partitions });
      const kafka = ourKafka(driver, brokers);
      const admin = kafka.admin();
      await admin.ensureTopics([topic]);
      const producer = kafka.producer();
      const value = "x".repeat(valueBytes);
      for (let sent = 0; sent < records; sent += batch) {
        await producer.sendBatch(
          topic,
          Array.from({ length: batch }, (_, index) => ({ key: `key-${(sent + index) % keys}`, value })),
        );
      }
      await producer.close();
      const ours = runtimeReader(kafka, topic, records, { order });
      const peer = (driver === "kafkajs" ? kafkajsReader : platformaticReader)(brokers, topic.name, records);
      let round = 0;
      return {
        ours: () => ours(`${topic.name}-ours-${round++}`),
        peer: () => peer(`${topic.name}-raw-${round++}`),
        close: async () => {
          await admin.deleteTopics([topic.name], { timeoutMs: 10_000 });
          await kafka.close();
        },
      };
    },
  };
}

/** A runtime beside what it stands on: kafkajs's `eachBatch`, and the stream of @platformatic/kafka. */
export const passthroughBenchmarks: readonly Benchmark[] = [
  passthrough("passthrough-partition-vs-kafkajs", "kafkajs", "partition"),
  passthrough("passthrough-key-vs-kafkajs", "kafkajs", "key"),
  passthrough("passthrough-vs-platformatic", "platformatic", "key"),
];
