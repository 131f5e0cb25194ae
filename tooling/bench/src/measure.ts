import type { Benchmark, BenchmarkContext, PreparedBenchmark } from "./benchmark.ts";
import { type Summary, summarize } from "./statistics.ts";

/** What one benchmark came to. */
export interface Measurement {
  readonly name: string;
  readonly unit: string;
  readonly ours: Summary;
  readonly peer: Summary;
  /** Median of the rounds' own ratios ours / peer: what slows the whole machine down for a while touches both halves of a round alike. */
  readonly ratio: Summary;
}

/** Rounds that warm up compiler, connections and caches, and do not count. */
const droppedRounds = 3;

async function runOne(benchmark: Benchmark, prepared: PreparedBenchmark, side: "ours" | "peer"): Promise<number> {
  const rate = await prepared[side]();
  if (!Number.isFinite(rate) || rate <= 0) throw new Error(`${benchmark.name}: ${side}() returned ${rate}, which is not a rate.`);
  return rate;
}

/** Runs `rounds` rounds after the dropped ones, ours and peer in turn, each first in every second round. Closes what the benchmark set up. */
export async function measure(benchmark: Benchmark, context: BenchmarkContext, rounds: number): Promise<Measurement> {
  const prepared = await benchmark.setup(context);
  const ours: number[] = [];
  const peer: number[] = [];
  try {
    for (let round = 0; round < rounds + droppedRounds; round += 1) {
      const order = round % 2 === 0 ? (["ours", "peer"] as const) : (["peer", "ours"] as const);
      for (const side of order) {
        const rate = await runOne(benchmark, prepared, side);
        if (round >= droppedRounds) (side === "ours" ? ours : peer).push(rate);
      }
    }
  } finally {
    await prepared.close();
  }
  const ratios = ours.map((rate, round) => rate / (peer[round] ?? Number.NaN));
  return { name: benchmark.name, unit: benchmark.unit, ours: summarize(ours), peer: summarize(peer), ratio: summarize(ratios) };
}
