import { createClientConnection } from "@millrace/client";
import { type BrokerEngine, createBrokerEngine } from "@millrace/embedded-kafka";
import type { DriverConnection, DriverContext, KafkaDriver } from "@millrace/kafka";
import { createEngineTransport } from "./engine-transport.ts";
import { memoryCapabilities } from "./memory-capabilities.ts";

/** How the in-memory driver works. */
export interface MemoryOptions {
  /** A cluster to share, such as `broker.engine` of an embedded broker that other clients use too. @default one of its own */
  readonly engine?: BrokerEngine;
  /** Partitions of topics that are created by being used. @default 1 */
  readonly defaultPartitions?: number;
}

/**
 * A driver without sockets: the embedded broker's engine and the client of `@millrace/client`, joined by function calls. Clock and random numbers come from
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
      const { clientId, clock } = context;
      const nextConnectionId = (): string => `memory-${++connections}`;
      return createClientConnection({
        transport: createEngineTransport({ engine, clientId, clock, nextConnectionId }),
        context,
        brokers: "the in-memory broker",
      });
    },
  };
}
