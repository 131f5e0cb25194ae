import { startCluster, stopCluster } from "@millrace/cluster";
import { areas } from "./areas.ts";
import { parseBenchArguments } from "./bench-arguments.ts";
import type { BenchmarkContext } from "./benchmark.ts";
import { type Measurement, measure } from "./measure.ts";
import { renderJson, renderTable } from "./result-format.ts";

/** stdout is for the result alone. */
function report(line: string): void {
  process.stderr.write(`${line}\n`);
}

async function runArea(name: string, rounds: number, context: BenchmarkContext): Promise<readonly Measurement[]> {
  const measurements: Measurement[] = [];
  const benchmarks = (await areas[name]?.load()) ?? [];
  if (benchmarks.length === 0) throw new Error(`The area ${name} has no benchmarks.`);
  for (const benchmark of benchmarks) {
    report(`${name}/${benchmark.name}`);
    const measurement = await measure(benchmark, context, rounds);
    if (measurement.note !== undefined) report(`  ${measurement.note}`);
    measurements.push(measurement);
  }
  return measurements;
}

async function withCluster<Result>(task: (context: BenchmarkContext) => Promise<Result>): Promise<Result> {
  const { kafkaBrokers, registryUrl, started } = await startCluster({ report });
  const stop = async (): Promise<void> => {
    if (started) await stopCluster();
  };
  const interrupt = (): void => void stop().finally(() => process.exit(130));
  process.once("SIGINT", interrupt).once("SIGTERM", interrupt);
  try {
    return await task({ kafkaBrokers, registryUrl });
  } finally {
    await stop();
    process.off("SIGINT", interrupt).off("SIGTERM", interrupt);
  }
}

const parsed = parseBenchArguments(process.argv.slice(2), Object.keys(areas));
if (!parsed.ok) {
  report(parsed.problem);
  process.exitCode = 2;
} else {
  const { area, json, rounds } = parsed.value;
  const run = async (context: BenchmarkContext): Promise<readonly Measurement[]> => await runArea(area, rounds, context);
  const measurements = areas[area]?.needsCluster === true ? await withCluster(run) : await run({});
  process.stdout.write(json ? renderJson(area, measurements) : renderTable(area, measurements));
}
