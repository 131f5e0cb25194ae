import { mkdir } from "node:fs/promises";
import { type ClusterLayout, type ClusterPlace, createClusterLayout } from "./cluster-layout.ts";
import { withClusterLock } from "./cluster-lock.ts";
import {
  type KafkaServiceState,
  type RegistryServiceState,
  readClusterState,
  type ServiceState,
  writeClusterState,
} from "./cluster-state.ts";
import { clusterStatus } from "./cluster-status.ts";
import { isKafkaReady, startKafka } from "./kafka-service.ts";
import { findOwnProcesses, stopOwnProcesses } from "./own-process.ts";
import { isRegistryReady, registryUrl, startRegistry } from "./registry-service.ts";
import { requireLinux } from "./require-linux.ts";
import { type ServiceContext, waitUntilReady } from "./service-start.ts";

/** How to start the cluster. */
export interface StartClusterOptions extends ClusterPlace {
  /** Hears what takes long and what went wrong before. @default nothing is reported */
  readonly report?: (line: string) => void;
  /** How long each service may take until it answers, downloads not counted. @default 90_000 */
  readonly readyMs?: number;
}

/** A cluster that is up. */
export interface RunningCluster {
  readonly kafkaBrokers: string[];
  /** Base address of the Confluent-compatible API. */
  readonly registryUrl: string;
  /** Whether this call started every service: then it is the caller's to stop. */
  readonly started: boolean;
}

/** Stops what cannot be used: services that do not answer, and processes of an older cluster that the state file no longer knows. */
async function clearAway(layout: ClusterLayout, kept: readonly ServiceState[]): Promise<void> {
  const pids = await findOwnProcesses(layout.directory);
  const useless = pids.filter((pid) => kept.every((service) => service.pid !== pid));
  await stopOwnProcesses(useless, layout.directory, 15_000);
}

/**
 * Starts Apache Kafka and the registry, and waits until both answer. What runs already is left alone; what crashed is started again, Kafka
 * with the data it had, the registry empty. Safe to call from several processes at once.
 *
 * @throws ClusterError when a service does not start, with the end of its log; then nothing that this call started is left running.
 */
export async function startCluster(options: Omit<StartClusterOptions, "nodes"> = {}): Promise<RunningCluster> {
  requireLinux();
  const layout = createClusterLayout(options);
  const context: ServiceContext = { layout, report: options.report ?? (() => undefined), readyMs: options.readyMs ?? 90_000 };
  await mkdir(layout.logDirectory, { recursive: true });
  return await withClusterLock(layout.directory, 600_000, async () => {
    const before = await clusterStatus(options);
    const ready = before.services.filter((status) => status.condition === "ready").map((status) => status.service);
    for (const { service, condition, logFile } of before.services) {
      if (condition !== "ready")
        context.report(`${service.name} (pid ${service.pid}) is ${condition}, starting it again; its log is now ${logFile}.previous`);
    }
    await clearAway(layout, ready);
    const old = (await readClusterState(layout.stateFile)).services;
    const fresh: ServiceState[] = [];
    const remember = async (): Promise<void> => await writeClusterState(layout.stateFile, { services: [...ready, ...fresh] });
    const find = <Kind extends ServiceState["kind"]>(
      services: readonly ServiceState[],
      kind: Kind,
    ): Extract<ServiceState, { kind: Kind }> | undefined =>
      services.find((service): service is Extract<ServiceState, { kind: Kind }> => service.kind === kind);
    try {
      let kafka: KafkaServiceState | undefined = find(ready, "kafka");
      if (kafka === undefined) {
        kafka = await startKafka(context, find(old, "kafka"));
        fresh.push(kafka);
        await remember();
      }
      let registry: RegistryServiceState | undefined = find(ready, "registry");
      if (registry === undefined) {
        registry = await startRegistry(context, find(old, "registry"));
        fresh.push(registry);
        await remember();
      }
      const [startedKafka, startedRegistry] = [kafka, registry];
      await waitUntilReady(startedKafka, async () => await isKafkaReady(startedKafka), context);
      await waitUntilReady(startedRegistry, async () => await isRegistryReady(startedRegistry), context);
      return {
        kafkaBrokers: [`127.0.0.1:${kafka.port}`],
        registryUrl: registryUrl(registry),
        started: ready.length === 0,
      };
    } catch (error) {
      await stopOwnProcesses(
        fresh.map((service) => service.pid),
        layout.directory,
        15_000,
      );
      await writeClusterState(layout.stateFile, { services: ready });
      throw error;
    }
  });
}
