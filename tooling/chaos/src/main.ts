import { parseArgs } from "node:util";
import { playOnSockets } from "./play-on-sockets.ts";
import { type ChaosReport, playSchedule } from "./play-schedule.ts";

// pnpm chaos [--seed 1] [--count 1000] [--driver kafkajs]: schedule after schedule, each in virtual time, or with a driver that opens sockets on an embedded broker,
// ten at a time; the first that fails is printed, and ends it.
const { values } = parseArgs({
  options: { seed: { type: "string" }, count: { type: "string", default: "1000" }, driver: { type: "string", default: "memory" } },
});
const firstSeed = Number(values.seed ?? Date.now() % 1_000_000);
const count = Number(values.count);
const { driver } = values;
if (!Number.isSafeInteger(firstSeed) || !Number.isSafeInteger(count) || count < 1) throw new Error("--seed and --count take whole numbers");
if (driver !== "memory" && driver !== "kafkajs" && driver !== "platformatic")
  throw new Error("--driver is memory, kafkajs or platformatic");
const play = async (seed: number): Promise<ChaosReport> =>
  driver === "memory" ? await playSchedule(seed) : await playOnSockets(driver, seed);

const print = (line: string): void => void process.stdout.write(`${line}\n`);
const totals: Record<string, number> = {};
const startedAt = performance.now();
const linesEveryMs = 10_000;
let lastLineMs = startedAt;
print(`seeds from ${firstSeed}`);
let next = firstSeed;
const playOn = async (): Promise<void> => {
  while (next < firstSeed + count && process.exitCode === undefined) {
    const seed = next++;
    try {
      const report = await play(seed);
      for (const [name, amount] of Object.entries({ schedules: 1, ...report })) totals[name] = (totals[name] ?? 0) + amount;
    } catch (error) {
      print(error instanceof Error ? (error.stack ?? error.message) : String(error));
      print(`again: pnpm chaos --driver ${driver} --seed ${seed} --count 1`);
      process.exitCode = 1;
    }
    if (performance.now() - lastLineMs < linesEveryMs) continue;
    lastLineMs = performance.now();
    print(JSON.stringify(totals));
  }
};
await Promise.all(Array.from({ length: driver === "memory" ? 1 : 10 }, playOn));
print(`${JSON.stringify(totals)} in ${((performance.now() - startedAt) / 1_000).toFixed(1)} s`);
