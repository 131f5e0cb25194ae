import { ClusterError } from "./cluster-error.ts";
import { type ClusterLayout, type ClusterPlace, createClusterLayout } from "./cluster-layout.ts";
import { withClusterLock } from "./cluster-lock.ts";
import { type KafkaServiceState, readClusterState, writeClusterState } from "./cluster-state.ts";
import { launchKafkaNode } from "./kafka-node.ts";
import { isKafkaReady } from "./kafka-service.ts";
import { isOwnProcess, stopOwnProcesses } from "./own-process.ts";
import { requireLinux } from "./require-linux.ts";
import { type ServiceContext, waitUntilReady } from "./service-start.ts";
import { nodeHeap } from "./start-kafka-nodes.ts";

/** How to stop a broker. */
export interface StopBrokerOptions extends ClusterPlace {
  /** Kills it, as when its machine loses power: it hands nothing over, and is missed only after its session. @default false */
  readonly abruptly?: boolean;
}

/**
 * Stops one broker of several, by default of the cluster of three, and leaves the others running: it hands its leaders over first. Does nothing when it is
 * stopped. @throws ClusterError when there is no such broker
 */
export async function stopBroker(nodeId: number, options: StopBrokerOptions = {}): Promise<void> {
  await changeBroker(nodeId, options, async (service, layout) => {
    await stopOwnProcesses([service.pid], layout.directory, options.abruptly === true ? 0 : 30_000);
    return { ...service, isStopped: true };
  });
}

/**
 * Starts a broker that was stopped, or that crashed, at its port and with its data, and waits until it answers and knows itself as ready. Its replicas may
 * still be catching up. Does nothing when it runs. @throws ClusterError when there is no such broker, or it does not start
 */
export async function startBroker(nodeId: number, options: ClusterPlace & { readonly readyMs?: number } = {}): Promise<void> {
  await changeBroker(nodeId, options, async (service, layout) => {
    if (await isOwnProcess(service.pid, layout.directory, service.name)) return service;
    const context: ServiceContext = { layout, report: () => undefined, readyMs: options.readyMs ?? 90_000 };
    const { isStopped: _, ...stopped } = service;
    const started = { ...stopped, pid: await launchKafkaNode(context, service.name, nodeHeap.kafka) };
    await waitUntilReady(started, async () => await isKafkaReady(started), context);
    return started;
  });
}

async function changeBroker(
  nodeId: number,
  place: ClusterPlace,
  change: (service: KafkaServiceState, layout: ClusterLayout) => Promise<KafkaServiceState>,
): Promise<void> {
  requireLinux();
  const layout = createClusterLayout({ nodes: 3, ...place });
  await withClusterLock(layout.directory, 120_000, async () => {
    const { services } = await readClusterState(layout.stateFile);
    const found = services.find((service) => service.kind === "kafka" && service.nodeId === nodeId);
    if (found?.kind !== "kafka") throw new ClusterError(`There is no broker ${nodeId} in ${layout.directory}: start the cluster first.`);
    const changed = await change(found, layout);
    await writeClusterState(layout.stateFile, { services: services.map((service) => (service === found ? changed : service)) });
  });
}
