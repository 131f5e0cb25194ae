import { type RedriveProgress, redrive } from "@millrace/retry";
import type { Benchmark } from "../benchmark.ts";
import { group, writeDeadLetters } from "./dead-letters.ts";

/** Brings 8,000 dead letters back at 1,000 a second: what they come to, from the first batch to the last, and in the fullest second. */
export const redriveLimited: Benchmark = {
  name: "redrive-limited-to-1000",
  unit: "letters/s",
  once: true,
  setup: async ({ kafkaBrokers: brokers = [] }) => {
    const letters = await writeDeadLetters({ brokers, use: "limited", count: 8_000 });
    const { kafka, topic } = letters;
    let fullest = 0;
    return {
      ours: async () => {
        const told: RedriveProgress[] = [];
        await redrive({ kafka, topic, group, job: "bench", ratePerSecond: 1_000, onProgress: (progress) => told.push(progress) });
        for (const [index, { elapsedMs }] of told.entries()) {
          const before = told[index - 1]?.redriven ?? 0;
          const last = told.findLast((other) => other.elapsedMs < elapsedMs + 1_000);
          fullest = Math.max(fullest, (last?.redriven ?? 0) - before);
        }
        const [first, last] = [told[0], told.at(-1)];
        if (first === undefined || last === undefined) return 0;
        return ((last.redriven - first.redriven) * 1_000) / (last.elapsedMs - first.elapsedMs);
      },
      note: () => `${fullest} in the fullest second`,
      close: () => letters.close(),
    };
  },
};
