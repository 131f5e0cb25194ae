import type { TestProject } from "vitest/node";
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

/** Global set-up of the tests against real services. A cluster that does not start fails the run; nothing is skipped. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const cluster = await startCluster({ report: (line) => process.stderr.write(`cluster: ${line}\n`) });
  project.provide("kafkaBrokers", cluster.kafkaBrokers);
  project.provide("registryUrl", cluster.registryUrl);
  return async () => {
    if (cluster.started) await stopCluster();
  };
}
