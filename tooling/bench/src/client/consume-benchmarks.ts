import type { Benchmark } from "../benchmark.ts";
import { benchTopic, type DriverName, ourKafka, valueBytes } from "./our-kafka.ts";
import { openKafkajsReader, openOurReader, openPlatformaticReader } from "./topic-readers.ts";

const records = 300_000;
const batch = 1_000;

/** Reads a whole topic beside the raw library: its `eachBatch`, or its stream. */
export const consumeBenchmarks: readonly Benchmark[] = (["kafkajs", "platformatic"] as const).map((driver: DriverName) => ({
  name: `consume-vs-${driver}`,
  unit: "records/s",
  setup: async ({ kafkaBrokers: brokers = [] }) => {
    const topic = benchTopic(`consume-${driver}`);
    const kafka = ourKafka(driver, brokers);
    const admin = kafka.admin();
    await admin.ensureTopics([topic]);
    const producer = kafka.producer();
    for (let sent = 0; sent < records; sent += batch) {
      await producer.sendBatch(
        topic,
        Array.from({ length: batch }, () => ({ value: Buffer.alloc(valueBytes, "x") })),
      );
    }
    await producer.close();
    const ours = await openOurReader(kafka, topic.name, records);
    const peer =
      driver === "kafkajs" ? await openKafkajsReader(brokers, topic.name, records) : openPlatformaticReader(brokers, topic.name, records);
    return {
      ours: () => ours.read(),
      peer: () => peer.read(),
      close: async () => {
        await Promise.all([ours.close(), peer.close()]);
        await admin.deleteTopics([topic.name], { timeoutMs: 10_000 });
        await kafka.close();
      },
    };
  },
}));
