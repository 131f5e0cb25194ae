import { type ClusterPlace, createClusterLayout } from "./cluster-layout.ts";
import { readClusterState, type ServiceState } from "./cluster-state.ts";
import { isKafkaReady } from "./kafka-service.ts";
import { isOwnProcess } from "./own-process.ts";
import { isRegistryReady, registryUrl } from "./registry-service.ts";
import { serviceLogFile } from "./service-start.ts";

/** `ready` answers; `silent` lives but does not answer; `crashed` was started and is gone although nobody stopped it. */
export type ServiceCondition = "ready" | "silent" | "crashed";

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
  /** Whether Kafka and the registry are both ready. */
  readonly up: boolean;
  readonly services: readonly ServiceStatus[];
}

/** Looks at every service that was started and not stopped. Changes nothing. */
export async function clusterStatus(place: ClusterPlace = {}): Promise<ClusterStatus> {
  const layout = createClusterLayout(place);
  const state = await readClusterState(layout.stateFile);
  const services = await Promise.all(
    state.services.map(async (service): Promise<ServiceStatus> => {
      const address = service.kind === "kafka" ? `127.0.0.1:${service.port}` : registryUrl(service);
      const logFile = serviceLogFile(layout, service.name);
      if (!(await isOwnProcess(service.pid, layout.directory, service.name))) return { service, condition: "crashed", address, logFile };
      const ready = service.kind === "kafka" ? await isKafkaReady(service) : await isRegistryReady(service);
      return { service, condition: ready ? "ready" : "silent", address, logFile };
    }),
  );
  const up = (["kafka", "registry"] as const).every((kind) => {
    const ofKind = services.filter((status) => status.service.kind === kind);
    return ofKind.length > 0 && ofKind.every((status) => status.condition === "ready");
  });
  return { up, services };
}
