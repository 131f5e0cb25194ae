import { parseArgs } from "node:util";
import { seededRandom } from "@millrace/testing";
import { startEmbeddedKafka } from "../../src/index.ts";
import { soakRound } from "./soak.ts";

// pnpm soak [--minutes 10] [--seed 1]
const roundMs = 10_000;
const { values } = parseArgs({ options: { minutes: { type: "string", default: "10" }, seed: { type: "string", default: "1" } } });
const collect = globalThis.gc;
if (collect === undefined) throw new Error("run it with --expose-gc");

const firstSeed = Number(values.seed);
const broker = await startEmbeddedKafka({ random: seededRandom(firstSeed), connectionIdleMs: 20_000 });
const startedAt = performance.now();
const samples: { readonly minute: number; readonly megabytes: number }[] = [];
for (let seed = firstSeed; performance.now() - startedAt < Number(values.minutes) * 60_000; seed++) {
  const round = await soakRound(broker, seed, roundMs);
  for (let collections = 0; collections < 3; collections++) {
    await new Promise((resolve) => setImmediate(resolve));
    collect();
  }
  const { heapUsed, external } = process.memoryUsage();
  const sample = { minute: (performance.now() - startedAt) / 60_000, megabytes: (heapUsed + external) / 1e6 };
  samples.push(sample);
  process.stdout.write(`${sample.minute.toFixed(2)} min ${sample.megabytes.toFixed(2)} MB ${JSON.stringify(round)}\n`);
}
await broker.close();

const late = samples.slice(Math.floor(samples.length / 3));
const mean = (numbers: readonly number[]): number => numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
const [meanMinute, meanMegabytes] = [mean(late.map(({ minute }) => minute)), mean(late.map(({ megabytes }) => megabytes))];
const covariance = mean(late.map(({ minute, megabytes }) => (minute - meanMinute) * (megabytes - meanMegabytes)));
const slope = covariance / mean(late.map(({ minute }) => (minute - meanMinute) ** 2));
process.stdout.write(`slope of heap and external over the last two thirds: ${slope.toFixed(3)} MB a minute\n`);
