import { mkdir } from "node:fs/promises";
import { ClusterError } from "./cluster-error.ts";
import { createClusterLayout } from "./cluster-layout.ts";
import { withClusterLock } from "./cluster-lock.ts";
import {
  type ControllerServiceState,
  type KafkaServiceState,
  readClusterState,
  type ServiceState,
  writeClusterState,
} from "./cluster-state.ts";
import { clusterStatus } from "./cluster-status.ts";
import { findPorts, isPortFree } from "./free-port.ts";
import { formatKafkaNode, launchKafkaNode, newClusterId } from "./kafka-node.ts";
import { isKafkaReady } from "./kafka-service.ts";
import { findOwnProcesses, stopOwnProcesses } from "./own-process.ts";
import { probePort } from "./probe-port.ts";
import { requireLinux } from "./require-linux.ts";
import { type ServiceContext, waitUntilReady } from "./service-start.ts";
import type { StartClusterOptions } from "./start-cluster.ts";

/** A cluster of several Kafka brokers that is up. */
export interface RunningKafkaNodes {
  /** Addresses of the brokers 1, 2, 3, ... in this order. */
  readonly kafkaBrokers: string[];
  /** Whether this call started every broker: then it is the caller's to stop. */
  readonly started: boolean;
}

type KafkaNodeState = KafkaServiceState | ControllerServiceState;

const preferredPort = 19192;
const mostNodes = 9;
/** Beside the ids of the brokers, which count from 1. */
const controllerId = 100;

/** Java's memory for a node of several. */
export const nodeHeap: { readonly [Kind in KafkaNodeState["kind"]]: string } = { kafka: "384m", controller: "256m" };

/**
 * Starts several Kafka brokers and one controller, and waits until every broker knows all of them. They are a cluster of their own, beside the
 * one of `startCluster`, with topics that have up to three replicas, two of them in sync. What runs already is left alone; what was stopped or crashed
 * is started again with the data it had. Safe to call from several processes at once.
 *
 * @throws ClusterError when a node does not start, with the end of its log; then nothing that this call started is left running.
 */
export async function startKafkaNodes(options: StartClusterOptions = {}): Promise<RunningKafkaNodes> {
  requireLinux();
  const layout = createClusterLayout({ nodes: 3, ...options });
  const { nodes } = layout;
  if (!Number.isInteger(nodes) || nodes < 2 || nodes > mostNodes) {
    throw new ClusterError(`A cluster has 1 to ${mostNodes} nodes, not ${nodes}; one node is started by startCluster.`);
  }
  const context: ServiceContext = { layout, report: options.report ?? (() => undefined), readyMs: options.readyMs ?? 90_000 };
  await mkdir(layout.logDirectory, { recursive: true });
  return await withClusterLock(layout.directory, 600_000, async () => {
    const before = await clusterStatus({ ...options, nodes });
    let ready = before.services.filter((status) => status.condition === "ready").map(({ service }) => service);
    for (const { service, condition, logFile } of before.services) {
      if (condition !== "ready") context.report(`${service.name} is ${condition}, starting it again; its log is now ${logFile}.previous`);
    }
    const stopAllBut = async (kept: readonly ServiceState[]): Promise<void> => {
      const pids = await findOwnProcesses(layout.directory);
      await stopOwnProcesses(
        pids.filter((pid) => kept.every((service) => service.pid !== pid)),
        layout.directory,
        15_000,
      );
    };
    await stopAllBut(ready);
    let planned = (await readClusterState(layout.stateFile)).services.filter((service) => service.kind !== "registry");
    const absent = planned.filter((service) => ready.every(({ name }) => name !== service.name));
    const free = await Promise.all(absent.map(({ port }) => isPortFree(port)));
    // The nodes know each other by their ports, so that they can only come back together.
    if (planned.length !== nodes + 1 || !free.every(Boolean)) {
      await stopAllBut([]);
      ready = [];
      planned = await layOut(context);
    }
    const running = planned.filter((service) => ready.some(({ name }) => name === service.name));
    const fresh: KafkaNodeState[] = [];
    try {
      for (const service of planned) {
        if (running.includes(service)) continue;
        const pid = await launchKafkaNode(context, service.name, nodeHeap[service.kind]);
        fresh.push(started(service, pid));
        await writeClusterState(layout.stateFile, { services: [...running, ...fresh] });
      }
      const all = [...running, ...fresh];
      for (const service of all) await waitUntilReady(service, async () => await isNodeReady(service, nodes), context);
      const brokers = all.filter((service) => service.kind === "kafka").toSorted((left, right) => left.nodeId - right.nodeId);
      return { kafkaBrokers: brokers.map(({ port }) => `127.0.0.1:${port}`), started: running.length === 0 };
    } catch (error) {
      const pids = fresh.map(({ pid }) => pid);
      await stopOwnProcesses(pids, layout.directory, 15_000);
      await writeClusterState(layout.stateFile, { services: running });
      throw error;
    }
  });
}

/** The node as it is once it runs again. */
function started(service: KafkaNodeState, pid: number): KafkaNodeState {
  if (service.kind === "controller") return { ...service, pid };
  const { isStopped: _, ...rest } = service;
  return { ...rest, pid };
}

async function isNodeReady(service: KafkaNodeState, brokers: number): Promise<boolean> {
  return service.kind === "kafka" ? await isKafkaReady(service, brokers) : await probePort(service.port, 2_000);
}

/** Chooses ports for new nodes and gives each an empty folder. None of them runs, so their pids mean nothing. */
async function layOut(context: ServiceContext): Promise<KafkaNodeState[]> {
  const brokers = context.layout.nodes;
  const ports = await findPorts(preferredPort, brokers + 1);
  const controllerPort = ports[brokers]!;
  const nodes: KafkaNodeState[] = [
    { kind: "controller", name: "controller", pid: 0, nodeId: controllerId, port: controllerPort },
    ...ports
      .slice(0, brokers)
      .map((port, index) => ({ kind: "kafka" as const, name: `kafka-${index + 1}`, pid: 0, nodeId: index + 1, port, controllerPort })),
  ];
  const clusterId = await newClusterId(context);
  await Promise.all(
    nodes.map(async ({ kind, name, nodeId, port }) => {
      const place = { nodeId, brokers, controllerPort };
      await formatKafkaNode(
        context,
        name,
        clusterId,
        kind === "kafka" ? { ...place, role: "broker", port } : { ...place, role: "controller" },
      );
    }),
  );
  return nodes;
}
