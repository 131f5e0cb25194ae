import { parseArgs } from "node:util";
import { playSchedule } from "./play-schedule.ts";

// pnpm chaos [--seed 1] [--count 1000]: schedule after schedule, each in virtual time; the first that fails is printed, and ends it.
const { values } = parseArgs({ options: { seed: { type: "string" }, count: { type: "string", default: "1000" } } });
const firstSeed = Number(values.seed ?? Date.now() % 1_000_000);
const count = Number(values.count);
if (!Number.isSafeInteger(firstSeed) || !Number.isSafeInteger(count) || count < 1) throw new Error("--seed and --count take whole numbers");

const print = (line: string): void => void process.stdout.write(`${line}\n`);
const totals: Record<string, number> = {};
const startedAt = performance.now();
const linesEveryMs = 10_000;
let lastLineMs = startedAt;
print(`seeds from ${firstSeed}`);
for (let seed = firstSeed; seed < firstSeed + count; seed++) {
  try {
    const report = await playSchedule(seed);
    for (const [name, amount] of Object.entries({ schedules: 1, ...report })) totals[name] = (totals[name] ?? 0) + amount;
  } catch (error) {
    print(error instanceof Error ? (error.stack ?? error.message) : String(error));
    print(`again: pnpm chaos --seed ${seed} --count 1`);
    process.exitCode = 1;
    break;
  }
  if (performance.now() - lastLineMs < linesEveryMs) continue;
  lastLineMs = performance.now();
  print(JSON.stringify(totals));
}
print(`${JSON.stringify(totals)} in ${((performance.now() - startedAt) / 1_000).toFixed(1)} s`);
