import { type ClusterPlace, createClusterLayout } from "./cluster-layout.ts";
import { readClusterState, type ServiceState } from "./cluster-state.ts";
import { isKafkaReady } from "./kafka-service.ts";
import { isOwnProcess } from "./own-process.ts";
import { probePort } from "./probe-port.ts";
import { isRegistryReady, registryUrl } from "./registry-service.ts";
import { serviceLogFile } from "./service-start.ts";

/**
 * `ready` answers; `silent` lives but does not answer; `stopped` was stopped alone, on purpose; `crashed` was started and is gone although nobody
 * stopped it.
 */
export type ServiceCondition = "ready" | "silent" | "stopped" | "crashed";

/** One service as it is now. */
export interface ServiceStatus {
  readonly service: ServiceState;
  readonly condition: ServiceCondition;
  /** For clients: `127.0.0.1:19092`, or a URL. */
  readonly address: string;
  readonly logFile: string;
}

/** The cluster as it is now. */
export interface ClusterStatus {
  /** Whether all of it is ready: Kafka and the registry, several brokers and their controller, or the secured broker. */
  readonly up: boolean;
  readonly services: readonly ServiceStatus[];
}

/** Looks at every service that was started and not stopped. Changes nothing. */
export async function clusterStatus(place: ClusterPlace = {}): Promise<ClusterStatus> {
  const layout = createClusterLayout(place);
  const state = await readClusterState(layout.stateFile);
  const services = await Promise.all(
    state.services.map(
      async (service): Promise<ServiceStatus> => ({
        service,
        condition: await conditionOf(service, layout.directory),
        address: service.kind === "registry" ? registryUrl(service) : `127.0.0.1:${service.port}`,
        logFile: serviceLogFile(layout, service.name),
      }),
    ),
  );
  const companion = layout.nodes === 1 ? ("registry" as const) : ("controller" as const);
  const kinds = layout.secured ? (["kafka"] as const) : (["kafka", companion] as const);
  const up = kinds.every((kind) => {
    const ofKind = services.filter((status) => status.service.kind === kind);
    return ofKind.length === (kind === "kafka" ? layout.nodes : 1) && ofKind.every((status) => status.condition === "ready");
  });
  return { up, services };
}

async function conditionOf(service: ServiceState, directory: string): Promise<ServiceCondition> {
  if (service.kind === "kafka" && service.isStopped === true) return "stopped";
  if (!(await isOwnProcess(service.pid, directory, service.name))) return "crashed";
  return (await isReady(service)) ? "ready" : "silent";
}

async function isReady(service: ServiceState): Promise<boolean> {
  switch (service.kind) {
    case "kafka":
      return await isKafkaReady(service);
    case "controller":
      return await probePort(service.port, 2_000);
    case "registry":
      return await isRegistryReady(service);
  }
}
