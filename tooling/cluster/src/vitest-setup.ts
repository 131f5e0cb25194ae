import type { TestProject } from "vitest/node";
import { ClusterError } from "./cluster-error.ts";
import { clusterStatus } from "./cluster-status.ts";
import { startCluster } from "./start-cluster.ts";
import { startKafkaNodes } from "./start-kafka-nodes.ts";
import { stopCluster } from "./stop-cluster.ts";

declare module "vitest" {
  export interface ProvidedContext {
    /** Addresses of a real Kafka cluster: `127.0.0.1:19092`. */
    kafkaBrokers: string[];
    /** Addresses of the brokers 1, 2 and 3 of another real Kafka cluster, which a test may stop and start: `stopBroker(2)`. */
    kafkaThreeNodeBrokers: string[];
    /** Base address of a real schema registry. */
    registryUrl: string;
  }
}

/** Global set-up of the tests against real services. A cluster that does not start, or a service that crashes, fails the run; nothing is skipped. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const report = (line: string): void => void process.stderr.write(`cluster: ${line}\n`);
  // Tests that want the secured broker start it themselves, and leave it to those after them.
  const hadSecured = (await clusterStatus({ secured: true })).services.length > 0;
  const cluster = await startCluster({ report });
  let nodes: Awaited<ReturnType<typeof startKafkaNodes>>;
  try {
    nodes = await startKafkaNodes({ report });
  } catch (error) {
    if (cluster.started) await stopCluster();
    throw error;
  }
  project.provide("kafkaBrokers", cluster.kafkaBrokers);
  project.provide("kafkaThreeNodeBrokers", nodes.kafkaBrokers);
  project.provide("registryUrl", cluster.registryUrl);
  return async () => {
    const places = [{}, { nodes: 3 }, { secured: true }];
    const services = (await Promise.all(places.map(async (place) => (await clusterStatus(place)).services))).flat();
    if (cluster.started) await stopCluster();
    if (nodes.started) await stopCluster({ nodes: 3 });
    if (!hadSecured) await stopCluster({ secured: true });
    const crashed = services.filter((status) => status.condition === "crashed");
    if (crashed.length > 0) {
      const names = crashed.map(({ service, logFile }) => `${service.name} (see ${logFile})`);
      throw new ClusterError(`During the tests these services crashed: ${names.join(", ")}.`);
    }
  };
}
