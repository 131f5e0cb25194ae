import { createLogger, type Instrumentation, type LogEntry, noInstrumentation } from "@millrace/core";
import { memory } from "@millrace/driver-memory";
import { type BrokerEngine, type BrokerEngineOptions, createBrokerEngine, type EngineRequest } from "@millrace/embedded-kafka";
import { createKafka, type Kafka } from "@millrace/kafka";
import type { ApiName, ResponseTypes } from "@millrace/protocol";
import { createVirtualClock, seededRandom, type VirtualClock } from "@millrace/testing";
import { onTestFinished } from "vitest";
import { createMonitor, type Monitor, type MonitorOptions } from "../../src/index.ts";

/** A cluster in virtual time, and monitors of it. */
export interface World {
  readonly clock: VirtualClock;
  readonly engine: BrokerEngine;
  readonly kafka: Kafka;
  /** Every request so far; `fail` may throw for one before the broker sees it. */
  readonly requests: EngineRequest[];
  fail: (request: EngineRequest) => void;
  /** Changes what the broker answers, in place. */
  spoil: { readonly [Api in ApiName]?: (answer: ResponseTypes[Api]) => void };
  readonly logs: LogEntry[];
  readonly gauges: { readonly name: string; readonly value: number; readonly group: unknown }[];
  monitor(options?: Partial<MonitorOptions>): Monitor;
  /** Writes records of these ages, in milliseconds; says when. */
  produce(topic: string, ages: readonly number[], partition?: number): Promise<number>;
  commit(group: string, topic: string, offset: number, partition?: number): Promise<void>;
  run<T>(promise: Promise<T>): Promise<T>;
}

export function createWorld(options: Omit<BrokerEngineOptions, "clock" | "random"> = {}): World {
  const clock = createVirtualClock();
  const random = seededRandom(1);
  const engine = createBrokerEngine({ ...options, clock, random });
  const requests: EngineRequest[] = [];
  const handle = async (request: EngineRequest) => {
    requests.push(request);
    world.fail(request);
    const answer = await engine.handle(request);
    const spoil = world.spoil[request.api] as ((answer: unknown) => void) | undefined;
    spoil?.(answer);
    return answer;
  };
  const kafka = createKafka({ driver: memory({ engine: { ...engine, handle } as BrokerEngine }), clock, random });
  const monitors: Monitor[] = [];
  const logs: LogEntry[] = [];
  const gauges: { readonly name: string; readonly value: number; readonly group: unknown }[] = [];
  const instrumentation: Instrumentation = {
    ...noInstrumentation,
    gauge: (name, value, attributes) => gauges.push({ name, value, group: attributes?.["group"] }),
  };
  const producer = kafka.producer({ lingerMs: 0 });
  const admin = kafka.admin();
  onTestFinished(async () => {
    world.fail = () => {};
    await clock.runUntil(Promise.all([...monitors.map((monitor) => monitor.close()), kafka.close()]));
    engine.close();
  });
  const run = <T>(promise: Promise<T>): Promise<T> => clock.runUntil(promise);
  const world: World = {
    clock,
    engine,
    kafka,
    requests,
    fail: () => {},
    spoil: {},
    logs,
    gauges,
    monitor(given = {}) {
      const logger = createLogger({ level: "debug", write: (entry) => logs.push(entry) });
      const monitor = createMonitor({ kafka, clock, logger, instrumentation, ...given });
      monitors.push(monitor);
      return monitor;
    },
    async produce(topic, ages, partition = 0) {
      const value = Buffer.from("v");
      const now = clock.now();
      await run(Promise.all(ages.map((age) => producer.sendRaw({ topic, partition, key: null, value, timestamp: now - age }))));
      return now;
    },
    async commit(group, topic, offset, partition = 0) {
      await run(admin.setGroupOffsets(group, [{ topic, partition, offset, metadata: null }]));
    },
    run,
  };
  return world;
}
