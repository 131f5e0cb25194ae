import { redrive } from "@millrace/retry";
import type { Benchmark } from "../benchmark.ts";
import { group, writeDeadLetters } from "./dead-letters.ts";

/** Brings 100,000 dead letters of 200 bytes back, in one job: reading them, sending them, and their audit entries. */
export const redrivePerSecond: Benchmark = {
  name: "redrive-per-second",
  unit: "letters/s",
  once: true,
  setup: async ({ kafkaBrokers: brokers = [] }) => {
    // As rounds that do not count warm up other benchmarks.
    const warming = await writeDeadLetters({ brokers, use: "redrive-before", count: 20_000 });
    await redrive({ kafka: warming.kafka, topic: warming.topic, group, job: "bench" });
    await warming.close();
    const letters = await writeDeadLetters({ brokers, use: "redrive", count: 100_000 });
    const { kafka, topic } = letters;
    return {
      ours: async () => {
        const startedAt = performance.now();
        const { redriven } = await redrive({ kafka, topic, group, job: "bench" });
        return (redriven * 1_000) / (performance.now() - startedAt);
      },
      close: () => letters.close(),
    };
  },
};
