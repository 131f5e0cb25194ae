import { InvalidOptionsError } from "@millrace/core";
import { createKafkaJsTransport, type KafkaJsResources, kafkaJsOperations } from "./kafka-js-transport.ts";
import { createRegistryClient } from "./registry-client.ts";
import { type RegistryClientOptions, resolveRegistryClientOptions } from "./registry-client-options.ts";
import { type RegistryOperation, registryEndpoints } from "./registry-endpoints.ts";
import type { SchemaRegistry } from "./schema-registry.ts";

/** An instance of `SchemaRegistry` of `@kafkajs/confluent-schema-registry`, 4.0 or newer. */
export interface KafkaJsRegistry {
  getSchema(registryId: number): Promise<unknown>;
  getLatestSchemaId(subject: string): Promise<number>;
}

/**
 * The port over an instance that a program has already: its address, authentication, agent and middlewares are used. Time-outs, single flight, caches and
 * typed errors are this package's.
 *
 * It has fewer calls: `refused` names what it cannot do. A subject's transitive level makes `checkCompatibility` reject, because it compares with the newest
 * version only. Reads are repeated by the instance, as its own `retry` option says, everything else as `options.retry` does.
 * @throws InvalidOptionsError (`INVALID_OPTIONS`) with every problem
 */
export function fromKafkaJsRegistry(registry: KafkaJsRegistry, options: RegistryClientOptions = {}): SchemaRegistry {
  const problems: string[] = [];
  const settings = resolveRegistryClientOptions(options, problems);
  const resources = resourcesOf(registry);
  if (resources === undefined) {
    problems.push("registry must be an instance of SchemaRegistry of @kafkajs/confluent-schema-registry, 4.0 or newer");
  }
  if (resources === undefined || problems.length > 0) throw new InvalidOptionsError("kafkajs schema registry", problems);
  const refused = (Object.keys(registryEndpoints) as RegistryOperation[]).filter((operation) => !kafkaJsOperations.has(operation));
  return createRegistryClient(createKafkaJsTransport(resources), settings, refused);
}

/** The REST calls that the instance makes its own calls of. Not in its types, but there is no other way to a schema's text. */
function resourcesOf(registry: unknown): KafkaJsResources | undefined {
  const api: unknown = typeof registry === "object" && registry !== null ? Reflect.get(registry, "api") : undefined;
  if (typeof api !== "object" || api === null) return undefined;
  for (const [resource, method] of kafkaJsOperations.values()) {
    const methods: unknown = Reflect.get(api, resource);
    if (typeof methods !== "object" || methods === null || typeof Reflect.get(methods, method) !== "function") return undefined;
  }
  return api as KafkaJsResources;
}
