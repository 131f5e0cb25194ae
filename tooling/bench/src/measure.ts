import type { Benchmark, BenchmarkContext } from "./benchmark.ts";
import { type Summary, summarize } from "./statistics.ts";

/** What one benchmark came to. */
export interface Measurement {
  readonly name: string;
  readonly unit: string;
  readonly ours: Summary;
  /** Absent for a figure of millrace alone. */
  readonly comparison?: Comparison;
  /** What the benchmark says beside its figures. */
  readonly note?: string;
}

/** How the peer did. */
export interface Comparison {
  readonly peer: Summary;
  /** Median of the rounds' own ratios ours / peer: what slows the whole machine down for a while touches both halves of a round alike. */
  readonly ratio: Summary;
}

/** Rounds that warm up compiler, connections and caches, and do not count. */
const droppedRounds = 3;

async function runOne(benchmark: Benchmark, side: "ours" | "peer", run: () => Promise<number> | number): Promise<number> {
  const figure = await run();
  if (!Number.isFinite(figure) || figure <= 0)
    throw new Error(`${benchmark.name}: ${side}() returned ${figure}, which is neither a rate nor a figure above 0.`);
  return figure;
}

/**
 * Runs `rounds` rounds after the dropped ones, ours and peer in turn, each first in every second round; one round and none dropped when the
 * benchmark says `once`. Closes what the benchmark set up.
 */
export async function measure(benchmark: Benchmark, context: BenchmarkContext, rounds: number): Promise<Measurement> {
  const prepared = await benchmark.setup(context);
  const [dropped, counted] = benchmark.once === true ? [0, 1] : [droppedRounds, rounds];
  const ours: number[] = [];
  const peer: number[] = [];
  const runOurs = async (): Promise<number> => ours.push(await runOne(benchmark, "ours", () => prepared.ours()));
  const runPeer = async (): Promise<number> => peer.push(await runOne(benchmark, "peer", () => prepared.peer!()));
  const order = prepared.peer === undefined ? [runOurs] : [runOurs, runPeer];
  try {
    for (let round = 0; round < counted + dropped; round += 1) {
      for (const run of round % 2 === 0 ? order : order.toReversed()) await run();
    }
    const oursCounted = ours.slice(dropped);
    const peerCounted = peer.slice(dropped);
    const ratios = peerCounted.map((rate, round) => (oursCounted[round] ?? Number.NaN) / rate);
    const note = prepared.note?.();
    return {
      name: benchmark.name,
      unit: benchmark.unit,
      ours: summarize(oursCounted),
      ...(ratios.length > 0 && { comparison: { peer: summarize(peerCounted), ratio: summarize(ratios) } }),
      ...(note !== undefined && { note }),
    };
  } finally {
    await prepared.close();
  }
}
