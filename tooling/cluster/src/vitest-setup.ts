import type { TestProject } from "vitest/node";
import { ClusterError } from "./cluster-error.ts";
import { clusterStatus } from "./cluster-status.ts";
import { startCluster } from "./start-cluster.ts";
import { stopCluster } from "./stop-cluster.ts";

declare module "vitest" {
  export interface ProvidedContext {
    /** Addresses of a real Kafka cluster: `127.0.0.1:19092`. */
    kafkaBrokers: string[];
    /** Base address of a real schema registry. */
    registryUrl: string;
  }
}

/** Global set-up of the tests against real services. A cluster that does not start, or a service that crashes, fails the run; nothing is skipped. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const cluster = await startCluster({ report: (line) => process.stderr.write(`cluster: ${line}\n`) });
  project.provide("kafkaBrokers", cluster.kafkaBrokers);
  project.provide("registryUrl", cluster.registryUrl);
  return async () => {
    const { services } = await clusterStatus();
    if (cluster.started) await stopCluster();
    const crashed = services.filter((status) => status.condition === "crashed");
    if (crashed.length > 0) {
      const names = crashed.map(({ service, logFile }) => `${service.name} (see ${logFile})`);
      throw new ClusterError(`During the tests these services crashed: ${names.join(", ")}.`);
    }
  };
}
