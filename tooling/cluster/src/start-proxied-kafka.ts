import { mkdir } from "node:fs/promises";
import { resolve } from "node:path";
import { ClusterError } from "./cluster-error.ts";
import { createClusterLayout } from "./cluster-layout.ts";
import { withClusterLock } from "./cluster-lock.ts";
import { type KafkaServiceState, writeClusterState } from "./cluster-state.ts";
import { findPorts } from "./free-port.ts";
import { formatKafkaNode, launchKafkaNode, newClusterId } from "./kafka-node.ts";
import { isKafkaReady } from "./kafka-service.ts";
import { findOwnProcesses, stopOwnProcesses } from "./own-process.ts";
import { requireLinux } from "./require-linux.ts";
import { type ServiceContext, waitUntilReady } from "./service-start.ts";
import type { StartClusterOptions } from "./start-cluster.ts";

/** A broker with a second door, which it tells clients to find at another address. */
export interface ProxiedKafka {
  /** Its own address, for those whom no proxy concerns. */
  readonly kafkaBrokers: string[];
  /** The port of the second door: where a proxy leads to. */
  readonly proxiedPort: number;
  /** Stops it. Idempotent. */
  stop(): Promise<void>;
}

const preferredPort = 19392;

/**
 * Starts one Kafka broker, beside all others, with a second listener: clients that come in there are told that the broker is at `advertisedPort`, where the
 * caller has a proxy that leads to `proxiedPort`. It belongs to the caller: one that was left over in its folder is stopped first.
 *
 * @throws ClusterError when it does not start, with the end of its log; then nothing is left running.
 */
export async function startProxiedKafka(
  advertisedPort: number,
  options: Omit<StartClusterOptions, "nodes" | "secured"> = {},
): Promise<ProxiedKafka> {
  requireLinux();
  const shared = createClusterLayout({ ...options, directory: undefined });
  const directory = resolve(options.directory ?? `${shared.directory}/proxied`);
  const layout = createClusterLayout({ directory, libraryDirectory: options.libraryDirectory ?? shared.libraryDirectory });
  const context: ServiceContext = { layout, report: options.report ?? (() => undefined), readyMs: options.readyMs ?? 90_000 };
  const stop = async (): Promise<void> => {
    await stopOwnProcesses(await findOwnProcesses(directory), directory, 15_000);
    await writeClusterState(layout.stateFile, { services: [] });
  };
  await mkdir(layout.logDirectory, { recursive: true });
  return await withClusterLock(directory, 600_000, async () => {
    await stop();
    const [port, proxiedPort, controllerPort] = await findPorts(preferredPort, 3);
    if (port === undefined || proxiedPort === undefined || controllerPort === undefined) throw new ClusterError("There are no free ports.");
    const own = `PLAINTEXT://127.0.0.1:${port}`;
    const quorum = `CONTROLLER://127.0.0.1:${controllerPort}`;
    const overrides = {
      listeners: `${own},PROXIED://127.0.0.1:${proxiedPort},${quorum}`,
      "advertised.listeners": `${own},PROXIED://127.0.0.1:${advertisedPort},${quorum}`,
      "listener.security.protocol.map": "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,PROXIED:PLAINTEXT",
    };
    const node = { nodeId: 1, port, controllerPort };
    const name = "kafka-1";
    await formatKafkaNode(context, name, await newClusterId(context), { ...node, role: "both", brokers: 1, overrides });
    const service: KafkaServiceState = { kind: "kafka", name, pid: await launchKafkaNode(context, name, "384m"), ...node };
    await writeClusterState(layout.stateFile, { services: [service] });
    try {
      await waitUntilReady(service, async () => await isKafkaReady(service), context);
    } catch (error) {
      await stop();
      throw error;
    }
    return { kafkaBrokers: [`127.0.0.1:${port}`], proxiedPort, stop };
  });
}
