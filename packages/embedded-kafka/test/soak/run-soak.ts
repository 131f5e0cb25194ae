import { parseArgs } from "node:util";
import { seededRandom } from "@millrace/testing";
import { startEmbeddedKafka } from "../../src/index.ts";
import { soakRound } from "./soak-round.ts";

// pnpm soak [--minutes 10] [--seed 1] [--nodes 3]: round after round against one cluster. Fails when a round does, or when the memory of the
// cluster's process grows by 1 MB a minute; a run of less than five minutes says too little about that, and is not held to it.
const roundMs = 10_000;
const mostMegabytesPerMinute = 1;
const fewestMinutes = 5;
const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "10" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    nodes: { type: "string", default: "3" },
  },
});
const collect = globalThis.gc;
if (collect === undefined) throw new Error("run it with --expose-gc");
const [minutes, firstSeed, nodes] = [values.minutes, values.seed, values.nodes].map(Number) as [number, number, number];

const broker = await startEmbeddedKafka({ random: seededRandom(firstSeed), nodes, autoCreateTopics: false });
const startedAt = performance.now();
const elapsedMinutes = (): number => (performance.now() - startedAt) / 60_000;
const samples: { readonly minute: number; readonly megabytes: number }[] = [];
process.stdout.write(`soak: ${minutes} minutes, ${nodes} nodes, seed ${firstSeed}\n`);
for (let seed = firstSeed; elapsedMinutes() < minutes; seed++) {
  const round = await soakRound(broker, seed, roundMs);
  for (let collections = 0; collections < 3; collections++) {
    await new Promise((resolve) => setImmediate(resolve));
    collect();
  }
  const { heapUsed, external } = process.memoryUsage();
  const sample = { minute: elapsedMinutes(), megabytes: (heapUsed + external) / 1e6 };
  samples.push(sample);
  const sockets = process.getActiveResourcesInfo().filter((resource) => resource === "TCPSocketWrap").length;
  const left = { heap: round1(heapUsed), external: round1(external), groups: broker.groups().length, sockets };
  process.stdout.write(`${sample.minute.toFixed(2)} min ${sample.megabytes.toFixed(2)} MB ${JSON.stringify({ ...round, ...left })}\n`);
}
await broker.close();

const late = samples.slice(Math.floor(samples.length / 3));
const mean = (numbers: readonly number[]): number => numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
const [meanMinute, meanMegabytes] = [mean(late.map(({ minute }) => minute)), mean(late.map(({ megabytes }) => megabytes))];
const covariance = mean(late.map(({ minute, megabytes }) => (minute - meanMinute) * (megabytes - meanMegabytes)));
const slope = covariance / mean(late.map(({ minute }) => (minute - meanMinute) ** 2));
process.stdout.write(`${samples.length} rounds; heap and external over the last two thirds: ${slope.toFixed(3)} MB a minute\n`);
if (minutes >= fewestMinutes && !(slope < mostMegabytesPerMinute)) process.exitCode = 1;

function round1(bytes: number): number {
  return Math.round(bytes / 1e5) / 10;
}
