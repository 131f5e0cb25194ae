import { type BrokerEngine, createBrokerEngine } from "@millrace/embedded-kafka";
import type { DriverConnection, DriverContext, KafkaDriver } from "@millrace/kafka";
import { createEngineClient, type EngineClient } from "./engine-client.ts";
import { createMemoryAdmin } from "./memory-admin.ts";
import { memoryCapabilities } from "./memory-capabilities.ts";
import { createMemoryConsumer } from "./memory-consumer.ts";
import { createMemoryProducer } from "./memory-producer.ts";

/** How the in-memory driver works. */
export interface MemoryOptions {
  /** A cluster to share, such as `broker.engine` of an embedded broker that other clients use too. @default one of its own */
  readonly engine?: BrokerEngine;
  /** Partitions of topics that are created by being used. @default 1 */
  readonly defaultPartitions?: number;
}

/**
 * A driver without sockets: the embedded broker's engine and a small client of our own, joined by function calls. Clock and random numbers come from
 * `createKafka`, so that client and broker run together in virtual time.
 *
 * One driver value is one cluster: every `createKafka` that is given it sees the same topics. An engine that the driver made uses the clock of the first of
 * them and lives as long as the driver value does.
 */
export function memory(options: MemoryOptions = {}): KafkaDriver {
  let engine = options.engine;
  let connections = 0;

  return {
    name: "memory",
    capabilities: memoryCapabilities,
    connect(context: DriverContext): DriverConnection {
      engine ??= createBrokerEngine({ clock: context.clock, random: context.random, defaultPartitions: options.defaultPartitions ?? 1 });
      const cluster = engine;
      const open = new Set<{ close(): Promise<void> }>();
      const client = (): EngineClient => createEngineClient(cluster, context.clientId, `memory-${++connections}`);
      const kept = <T extends { close(): Promise<void> }>(made: T): T => {
        const part: T = {
          ...made,
          close() {
            open.delete(part);
            return made.close();
          },
        };
        open.add(part);
        return part;
      };
      return {
        createProducer: (settings) => Promise.resolve(kept(createMemoryProducer(client(), settings, context))),
        createConsumer: (settings, handlers) => Promise.resolve(kept(createMemoryConsumer(client(), settings, handlers, context))),
        createAdmin: () => Promise.resolve(kept(createMemoryAdmin(client()))),
        async close() {
          await Promise.all([...open].map((part) => part.close()));
        },
      };
    },
  };
}
