import { startCluster, stopCluster } from "@millrace/cluster";
import { areas } from "./areas.ts";
import { parseBenchArguments } from "./bench-arguments.ts";
import type { BenchmarkContext } from "./benchmark.ts";
import { startBrokerProcess } from "./embedded/broker-process.ts";
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

async function withEmbeddedBroker<Result>(task: (context: BenchmarkContext) => Promise<Result>): Promise<Result> {
  const broker = await startBrokerProcess();
  report("on the embedded broker, not on Apache Kafka");
  try {
    return await task({ kafkaBrokers: broker.brokers });
  } finally {
    await broker.close();
  }
}

const parsed = parseBenchArguments(process.argv.slice(2), Object.keys(areas));
if (!parsed.ok) {
  report(parsed.problem);
  process.exitCode = 2;
} else if (parsed.value.embedded && areas[parsed.value.area]?.mayBeEmbedded !== true) {
  report(`The area ${parsed.value.area} cannot have the embedded broker instead.`);
  process.exitCode = 2;
} else {
  const { area, json, embedded, rounds } = parsed.value;
  const run = async (context: BenchmarkContext): Promise<readonly Measurement[]> => await runArea(area, rounds, context);
  const withBroker = embedded ? withEmbeddedBroker : withCluster;
  const measurements = areas[area]?.needsCluster === true ? await withBroker(run) : await run({});
  process.stdout.write(json ? renderJson(area, measurements) : renderTable(area, measurements));
}
