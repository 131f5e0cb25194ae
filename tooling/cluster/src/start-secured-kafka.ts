import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { createClusterLayout } from "./cluster-layout.ts";
import { withClusterLock } from "./cluster-lock.ts";
import { type KafkaServiceState, writeClusterState } from "./cluster-state.ts";
import { clusterStatus } from "./cluster-status.ts";
import { findPorts } from "./free-port.ts";
import { formatKafkaNode, launchKafkaNode, newClusterId } from "./kafka-node.ts";
import { isKafkaReady } from "./kafka-service.ts";
import { type Certificates, makeCertificates, readCertificates } from "./make-certificates.ts";
import { findOwnProcesses, stopOwnProcesses } from "./own-process.ts";
import { requireLinux } from "./require-linux.ts";
import { type SecuredListener, scramParameters, securedListeners, securedProperties, securedUsers } from "./secured-listeners.ts";
import { type ServiceContext, waitUntilReady } from "./service-start.ts";
import type { StartClusterOptions } from "./start-cluster.ts";

/** A broker that asks who is there, and is up. */
export interface RunningSecuredKafka {
  /**
   * Addresses by door. `plaintext` lets everybody in, and do everything; `tls` too, but encrypted; `mutualTls` wants a certificate; `elsewhereTls` shows a
   * certificate for another host; `sasl` and `saslTls` want PLAIN, SCRAM-SHA-256, SCRAM-SHA-512 or OAUTHBEARER with an unsigned token.
   */
  readonly listeners: Readonly<Record<SecuredListener, string>>;
  /** Who is known. `admin`, and `client` by certificate, may do everything; the others only what they are granted. */
  readonly users: typeof securedUsers;
  readonly certificates: Certificates;
  /** Where the certificates lie as files. */
  readonly certificateFolder: string;
  /** Whether this call started it: then it is the caller's to stop. */
  readonly started: boolean;
}

const preferredPort = 19292;
const serviceName = "kafka-1";

/**
 * Starts one broker with TLS, SASL and access control, beside all others, and waits until it answers. One that runs already is left alone; one that crashed is
 * started empty, with new certificates. Safe to call from several processes at once. `stopCluster({ secured: true })` stops it.
 *
 * @throws ClusterError when it does not start, with the end of its log; then nothing is left running.
 */
export async function startSecuredKafka(options: Omit<StartClusterOptions, "nodes" | "secured"> = {}): Promise<RunningSecuredKafka> {
  requireLinux();
  const place = { ...options, secured: true };
  const layout = createClusterLayout(place);
  const context: ServiceContext = { layout, report: options.report ?? (() => undefined), readyMs: options.readyMs ?? 90_000 };
  const certificateFolder = join(layout.dataDirectory, "certificates");
  await mkdir(layout.logDirectory, { recursive: true });
  return await withClusterLock(layout.directory, 600_000, async () => {
    const [status] = (await clusterStatus(place)).services;
    if (status?.condition === "ready" && status.service.kind === "kafka") {
      return await describe(status.service.port, certificateFolder, false);
    }
    await stopOwnProcesses(await findOwnProcesses(layout.directory), layout.directory, 15_000);
    const ports = await findPorts(preferredPort, securedListeners.length + 1);
    const [firstPort, controllerPort] = [ports[0] ?? 0, ports.at(-1) ?? 0];
    await makeCertificates(certificateFolder, context.report);
    const overrides = securedProperties({ firstPort, controllerPort, certificateFolder });
    const node = { nodeId: 1, port: firstPort, controllerPort };
    await formatKafkaNode(
      context,
      serviceName,
      await newClusterId(context),
      { ...node, role: "both", brokers: 1, overrides },
      scramParameters(),
    );
    const service: KafkaServiceState = {
      kind: "kafka",
      name: serviceName,
      pid: await launchKafkaNode(context, serviceName, "384m"),
      ...node,
    };
    await writeClusterState(layout.stateFile, { services: [service] });
    try {
      await waitUntilReady(service, async () => await isKafkaReady(service), context);
    } catch (error) {
      await writeClusterState(layout.stateFile, { services: [] });
      throw error;
    }
    return await describe(firstPort, certificateFolder, true);
  });
}

async function describe(firstPort: number, certificateFolder: string, started: boolean): Promise<RunningSecuredKafka> {
  const addresses = securedListeners.map((listener, index) => [listener, `127.0.0.1:${firstPort + index}`]);
  return {
    listeners: Object.fromEntries(addresses) as RunningSecuredKafka["listeners"],
    users: securedUsers,
    certificates: await readCertificates(certificateFolder),
    certificateFolder,
    started,
  };
}
