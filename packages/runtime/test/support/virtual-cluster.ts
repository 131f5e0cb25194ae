import { memory } from "@millrace/driver-memory";
import { type BrokerEngine, createBrokerEngine } from "@millrace/embedded-kafka";
import { createKafka, type Kafka } from "@millrace/kafka";
import { createVirtualClock, seededRandom, type VirtualClock } from "@millrace/testing";
import { onTestFinished } from "vitest";
import type { RuntimeOptions } from "../../src/index.ts";

/** A cluster in memory and in virtual time. */
export interface VirtualCluster {
  readonly clock: VirtualClock;
  readonly engine: BrokerEngine;
  readonly kafka: Kafka;
  /** Options of a runtime with a connection of its own. */
  readonly parts: (changes?: Partial<RuntimeOptions>) => RuntimeOptions;
  /** The group's offset, -1 when there is none. */
  readonly committed: (topic: string, partition?: number) => number;
}

export function createVirtualCluster(options: { readonly autoCreateTopics?: boolean } = {}): VirtualCluster {
  const clock = createVirtualClock({ startMs: 1_700_000_000_000 });
  const random = seededRandom(1);
  const engine = createBrokerEngine({ clock, random, ...options });
  const connect = (): Kafka => createKafka({ driver: memory({ engine }), clock, random });
  onTestFinished(() => engine.close());
  return {
    clock,
    engine,
    kafka: connect(),
    parts: (changes = {}) => ({ kafka: connect(), group: "g", clock, random, commitIntervalMs: 100, sessionTimeoutMs: 6_000, ...changes }),
    committed: (topic, partition = 0) =>
      engine.offsets("g").find((stored) => stored.topic === topic && stored.partition === partition)?.offset ?? -1,
  };
}
