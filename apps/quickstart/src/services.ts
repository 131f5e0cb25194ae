import { startEmbeddedKafka } from "@millrace/embedded-kafka";
import { startEmbeddedRegistry } from "@millrace/embedded-registry";
import type { JobArguments } from "./arguments.ts";

/** Where the job runs. */
export interface Services {
  readonly name: string;
  readonly brokers: readonly string[];
  readonly registryUrl: string;
  close(): Promise<void>;
}

/** The services that were named, or a broker and a registry inside this process. */
export async function openServices(named: JobArguments["services"]): Promise<Services> {
  if (named !== undefined) return { name: `Kafka at ${named.brokers.join(", ")}`, ...named, close: () => Promise.resolve() };
  const kafka = await startEmbeddedKafka();
  const registry = await startEmbeddedRegistry();
  return {
    name: "a broker and a registry inside this process",
    brokers: kafka.brokers,
    registryUrl: registry.url,
    async close() {
      await registry.close();
      await kafka.close();
    },
  };
}
