import { parseArgs } from "node:util";
import { seededRandom } from "@millrace/testing";
import { countResources } from "./count-resources.ts";
import { embeddedGround } from "./embedded-ground.ts";
import { memoryGround } from "./memory-ground.ts";
import { slopePerMinute } from "./memory-slope.ts";
import { startProxiedCluster } from "./proxied-cluster.ts";
import { runSchedule, type ScheduleReport } from "./run-schedule.ts";
import type { SocketDriver } from "./socket-drivers.ts";

// pnpm faults --driver memory|kafkajs|platformatic [--ground embedded|kafka] [--minutes 30 | --count 100] [--seed 1]: schedule after schedule. Fails with the
// first that does, and when memory grows by 1 MB a minute over ten minutes or more.
const mostMegabytesPerMinute = 1;
const fewestMinutes = 10;
const linesEveryMs = 15_000;
const { values } = parseArgs({
  options: {
    driver: { type: "string", default: "kafkajs" },
    ground: { type: "string", default: "embedded" },
    minutes: { type: "string" },
    count: { type: "string" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    together: { type: "string", default: "4" },
  },
});
const { driver, ground } = values;
if (!["memory", "kafkajs", "platformatic"].includes(driver) || !["embedded", "kafka"].includes(ground)) {
  throw new Error(`there is no driver "${driver}" on "${ground}"`);
}
const collect = globalThis.gc;
if (collect === undefined) throw new Error("run it with --expose-gc");
const lastSeed = Number(values.seed) + Number(values.count ?? Number.POSITIVE_INFINITY) - 1;
const minutes = Number(values.minutes ?? (values.count === undefined ? 1 : Number.POSITIVE_INFINITY));
// The proxy is one for all.
const together = driver === "memory" || ground === "kafka" ? 1 : Number(values.together);
const firstSeed = Number(values.seed);
const startedAt = performance.now();
const elapsedMinutes = (): number => (performance.now() - startedAt) / 60_000;

const print = (line: string): void => void process.stdout.write(`${line}\n`);
const proxied =
  ground === "kafka" && driver !== "memory" ? await startProxiedCluster({ random: seededRandom(firstSeed), report: print }) : undefined;
const run = async (seed: number): Promise<ScheduleReport> => {
  if (driver === "memory") {
    const made = memoryGround(seed);
    return await made.drive(runSchedule(made.ground, seed));
  }
  const socketDriver = driver as SocketDriver;
  return await runSchedule(proxied?.ground(socketDriver) ?? (await embeddedGround(socketDriver, seed)), seed);
};

const samples: { readonly minute: number; readonly megabytes: number }[] = [];
const totals: Record<string, number> = {};
const add = (name: string, amount: number): void => {
  totals[name] = (totals[name] ?? 0) + amount;
};
let lastLineMs = 0;
/** The next seeds; none when it is enough. */
const draw = (done: number): number[] => {
  if (elapsedMinutes() >= minutes) return [];
  return Array.from({ length: together }, (_, index) => firstSeed + done + index).filter((seed) => seed <= lastSeed);
};
print(`${driver} on ${ground}: seeds from ${firstSeed}`);
try {
  for (let seeds = draw(0); seeds.length > 0; seeds = draw(totals["schedules"] ?? 0)) {
    for (const { faults, ...report } of await Promise.all(seeds.map(run))) {
      add("schedules", 1);
      add(
        "faults",
        Object.values(faults).reduce((sum, hits) => sum + hits, 0),
      );
      for (const [name, amount] of Object.entries(report)) add(name, amount);
    }
    if (performance.now() - lastLineMs < linesEveryMs) continue;
    lastLineMs = performance.now();
    for (let collections = 0; collections < 3; collections++) {
      await new Promise((resolve) => setImmediate(resolve));
      collect();
    }
    const { heapUsed, external } = process.memoryUsage();
    const sample = { minute: elapsedMinutes(), megabytes: (heapUsed + external) / 1e6 };
    samples.push(sample);
    print(`${sample.minute.toFixed(2)} min ${sample.megabytes.toFixed(2)} MB ${JSON.stringify({ ...totals, ...countResources() })}`);
  }
} catch (error) {
  print(String(error instanceof Error ? error.stack : error));
  print(`again: pnpm faults --driver ${driver} --ground ${ground} --seed N --count 1`);
  process.exitCode = 1;
}
await proxied?.close();
const slope = slopePerMinute(samples);
print(`${JSON.stringify(totals)}; memory over the last two thirds: ${slope.toFixed(3)} MB a minute`);
if (elapsedMinutes() >= fewestMinutes && !(slope < mostMegabytesPerMinute)) process.exitCode = 1;
