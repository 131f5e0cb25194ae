import { ClusterError } from "./cluster-error.ts";
import type { ClusterPlace } from "./cluster-layout.ts";
import { clusterStatus } from "./cluster-status.ts";
import { startCluster } from "./start-cluster.ts";
import { startKafkaNodes } from "./start-kafka-nodes.ts";
import { startSecuredKafka } from "./start-secured-kafka.ts";
import { stopCluster } from "./stop-cluster.ts";

const usage = `Usage: pnpm cluster up|down|status [--nodes 3 | --secured]
Without a flag: up starts one broker and the registry; down and status are about all clusters.`;

/** These clusters stand side by side; the first is what `up` starts. */
const clusters: readonly { readonly flag: string; readonly name: string; readonly place: ClusterPlace }[] = [
  { flag: "", name: "one node", place: { nodes: 1 } },
  { flag: "--nodes 1", name: "one node", place: { nodes: 1 } },
  { flag: "--nodes 3", name: "3 nodes", place: { nodes: 3 } },
  { flag: "--secured", name: "secured", place: { secured: true } },
];
const all = clusters.slice(1).map(({ place }) => place);

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function report(line: string): void {
  process.stderr.write(`${line}\n`);
}

async function up(place: ClusterPlace = {}): Promise<number> {
  const startedAt = performance.now();
  const started = place.secured === true ? await upSecured() : place.nodes === 3 ? await upNodes() : await upSingle();
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  print(started ? `up after ${seconds} s` : `up (${seconds} s)`);
  return 0;
}

async function upSingle(): Promise<boolean> {
  const { kafkaBrokers, registryUrl, started } = await startCluster({ report });
  print(`Kafka     ${kafkaBrokers.join()}`);
  print(`registry  ${registryUrl}`);
  return started;
}

async function upNodes(): Promise<boolean> {
  const { kafkaBrokers, started } = await startKafkaNodes({ nodes: 3, report });
  print(`Kafka     ${kafkaBrokers.join()}`);
  return started;
}

async function upSecured(): Promise<boolean> {
  const { listeners, users, certificateFolder, started } = await startSecuredKafka({ report });
  for (const [name, address] of Object.entries(listeners)) print(`${name.padEnd(13)} ${address}`);
  for (const { username, password } of Object.values(users)) print(`user          ${username} ${password}`);
  print(`certificates  ${certificateFolder}`);
  return started;
}

async function down(asked?: ClusterPlace): Promise<number> {
  const pids: number[] = [];
  for (const place of asked === undefined ? all : [asked]) pids.push(...(await stopCluster(place)));
  print(pids.length === 0 ? "was down" : `down (stopped ${pids.join(", ")})`);
  return 0;
}

async function status(asked?: ClusterPlace): Promise<number> {
  const found = await Promise.all((asked === undefined ? all : [asked]).map(async (place) => ({ place, ...(await clusterStatus(place)) })));
  // A cluster that nobody started is not worth a line, unless it was asked for or there is no other.
  const shown = found.filter(({ services }, index) => services.length > 0 || found.length === 1 || index === 0);
  for (const { place, up: isUp, services } of shown) {
    if (shown.length > 1) print(clusters.findLast((cluster) => cluster.place === place)?.name ?? "");
    for (const { service, condition, address, logFile } of services) {
      print(`${service.name.padEnd(10)} ${condition.padEnd(8)} pid ${String(service.pid).padEnd(8)} ${address}`);
      if (condition !== "ready") print(`           see ${logFile}`);
    }
    print(isUp ? "up" : "down");
  }
  return shown.every(({ up: isUp }) => isUp) ? 0 : 3;
}

const commands: Readonly<Record<string, (place?: ClusterPlace) => Promise<number>>> = { up, down, status };

const [name = "", ...flags] = process.argv.slice(2);
const asked = clusters.find(({ flag }) => flag === flags.join(" "));
const command = Object.hasOwn(commands, name) && asked !== undefined ? commands[name] : undefined;
if (command === undefined) {
  process.stderr.write(`${usage}\n`);
  process.exitCode = 2;
} else {
  try {
    process.exitCode = await command(flags.length === 0 ? undefined : asked?.place);
  } catch (error) {
    process.stderr.write(`${error instanceof ClusterError ? error.message : String(error instanceof Error ? error.stack : error)}\n`);
    process.exitCode = 1;
  }
}
