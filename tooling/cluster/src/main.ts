import { ClusterError } from "./cluster-error.ts";
import { clusterStatus } from "./cluster-status.ts";
import { startCluster } from "./start-cluster.ts";
import { stopCluster } from "./stop-cluster.ts";

const usage = "Usage: pnpm cluster up|down|status";

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function up(): Promise<number> {
  const startedAt = performance.now();
  const cluster = await startCluster({ report: (line) => process.stderr.write(`${line}\n`) });
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  print(`Kafka     ${cluster.kafkaBrokers.join(",")}`);
  print(`registry  ${cluster.registryUrl}`);
  print(cluster.started ? `up after ${seconds} s` : `up (${seconds} s)`);
  return 0;
}

async function down(): Promise<number> {
  const pids = await stopCluster();
  print(pids.length === 0 ? "was down" : `down (stopped ${pids.join(", ")})`);
  return 0;
}

async function status(): Promise<number> {
  const { up: isUp, services } = await clusterStatus();
  for (const { service, condition, address, logFile } of services) {
    print(`${service.name.padEnd(9)} ${condition.padEnd(8)} pid ${String(service.pid).padEnd(8)} ${address}`);
    if (condition !== "ready") print(`          see ${logFile}`);
  }
  print(isUp ? "up" : "down");
  return isUp ? 0 : 3;
}

const commands: Readonly<Record<string, () => Promise<number>>> = { up, down, status };

const [name = "", ...rest] = process.argv.slice(2);
const command = Object.hasOwn(commands, name) && rest.length === 0 ? commands[name] : undefined;
if (command === undefined) {
  process.stderr.write(`${usage}\n`);
  process.exitCode = 2;
} else {
  try {
    process.exitCode = await command();
  } catch (error) {
    process.stderr.write(`${error instanceof ClusterError ? error.message : String(error instanceof Error ? error.stack : error)}\n`);
    process.exitCode = 1;
  }
}
