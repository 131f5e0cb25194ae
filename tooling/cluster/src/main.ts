import { ClusterError } from "./cluster-error.ts";
import { clusterStatus } from "./cluster-status.ts";
import { startCluster } from "./start-cluster.ts";
import { startKafkaNodes } from "./start-kafka-nodes.ts";
import { stopCluster } from "./stop-cluster.ts";

const usage = `Usage: pnpm cluster up|down|status [--nodes 3]
Without --nodes: up starts one broker and the registry; down and status are about all clusters.`;

/** Clusters of these sizes stand side by side. */
const sizes: readonly number[] = [1, 3];

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function report(line: string): void {
  process.stderr.write(`${line}\n`);
}

async function up(nodes = 1): Promise<number> {
  const startedAt = performance.now();
  const single = nodes === 1 ? await startCluster({ report }) : undefined;
  const cluster = single ?? (await startKafkaNodes({ nodes, report }));
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  print(`Kafka     ${cluster.kafkaBrokers.join(",")}`);
  if (single !== undefined) print(`registry  ${single.registryUrl}`);
  print(cluster.started ? `up after ${seconds} s` : `up (${seconds} s)`);
  return 0;
}

async function down(asked?: number): Promise<number> {
  const pids: number[] = [];
  for (const nodes of asked === undefined ? sizes : [asked]) pids.push(...(await stopCluster({ nodes })));
  print(pids.length === 0 ? "was down" : `down (stopped ${pids.join(", ")})`);
  return 0;
}

async function status(asked?: number): Promise<number> {
  const clusters = await Promise.all(
    (asked === undefined ? sizes : [asked]).map(async (nodes) => ({ nodes, ...(await clusterStatus({ nodes })) })),
  );
  // A cluster that nobody started is not worth a line, unless it was asked for or there is no other.
  const shown = clusters.filter(({ services }, index) => services.length > 0 || clusters.length === 1 || index === 0);
  for (const { nodes, up: isUp, services } of shown) {
    if (shown.length > 1) print(nodes === 1 ? "one node" : `${nodes} nodes`);
    for (const { service, condition, address, logFile } of services) {
      print(`${service.name.padEnd(10)} ${condition.padEnd(8)} pid ${String(service.pid).padEnd(8)} ${address}`);
      if (condition !== "ready") print(`           see ${logFile}`);
    }
    print(isUp ? "up" : "down");
  }
  return shown.every(({ up: isUp }) => isUp) ? 0 : 3;
}

const commands: Readonly<Record<string, (nodes?: number) => Promise<number>>> = { up, down, status };

const [name = "", flag, count, ...rest] = process.argv.slice(2);
const nodes = flag === undefined ? undefined : Number(count);
const isUnderstood = (flag === undefined || (flag === "--nodes" && sizes.includes(nodes ?? 0))) && rest.length === 0;
const command = Object.hasOwn(commands, name) && isUnderstood ? commands[name] : undefined;
if (command === undefined) {
  process.stderr.write(`${usage}\n`);
  process.exitCode = 2;
} else {
  try {
    process.exitCode = await command(nodes);
  } catch (error) {
    process.stderr.write(`${error instanceof ClusterError ? error.message : String(error instanceof Error ? error.stack : error)}\n`);
    process.exitCode = 1;
  }
}
