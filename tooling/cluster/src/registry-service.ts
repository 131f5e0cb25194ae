import type { RegistryServiceState } from "./cluster-state.ts";
import { downloadRegistry } from "./download.ts";
import { findRegistryJava } from "./find-java.ts";
import { findPortPair, isPortFree } from "./free-port.ts";
import { startOwnProcess } from "./own-process.ts";
import { probeRegistry } from "./probe-registry.ts";
import { type ServiceContext, serviceLogFile } from "./service-start.ts";

const preferredPort = 18081;

/** Address of the Confluent-compatible API. */
export function registryUrl(service: RegistryServiceState): string {
  return `http://127.0.0.1:${service.port}/apis/ccompat/v7`;
}

/** Whether the registry says that it is ready. */
export async function isRegistryReady(service: RegistryServiceState): Promise<boolean> {
  return await probeRegistry(service.managementPort, 2_000);
}

/** Starts the registry, without waiting for it. It keeps schemas in memory: one that crashed comes back empty, on its old ports if they are free. */
export async function startRegistry(context: ServiceContext, crashed: RegistryServiceState | undefined): Promise<RegistryServiceState> {
  const { layout, report } = context;
  const java = await findRegistryJava(layout.libraryDirectory, report);
  const application = await downloadRegistry(layout.libraryDirectory, report);
  const resumes = crashed !== undefined && (await isPortFree(crashed.port)) && (await isPortFree(crashed.managementPort));
  const [port, managementPort] = resumes ? [crashed.port, crashed.managementPort] : await findPortPair(preferredPort);
  const name = "registry";
  const pid = await startOwnProcess({
    java: java.program,
    directory: layout.directory,
    service: name,
    parameters: ["-Xmx384m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto", "-jar", "quarkus-run.jar"],
    logFile: serviceLogFile(layout, name),
    workingDirectory: application,
    environment: {
      QUARKUS_HTTP_HOST: "127.0.0.1",
      QUARKUS_HTTP_PORT: String(port),
      QUARKUS_MANAGEMENT_HOST: "127.0.0.1",
      QUARKUS_MANAGEMENT_PORT: String(managementPort),
      APICURIO_RULES_GLOBAL_COMPATIBILITY: "BACKWARD",
      APICURIO_REST_DELETION_ARTIFACT_ENABLED: "true",
      APICURIO_REST_DELETION_ARTIFACT_VERSION_ENABLED: "true",
      APICURIO_REST_DELETION_GROUP_ENABLED: "true",
    },
  });
  return { kind: "registry", name, pid, port, managementPort };
}
