import { memory } from "@millrace/driver-memory";
import { createBrokerEngine } from "@millrace/embedded-kafka";
import { createKafka } from "@millrace/kafka";
import { createVirtualClock, seededRandom } from "@millrace/testing";
import { brokersOfCluster, clusterNodes, embeddedTiming, minSessionTimeoutMs } from "./embedded-settings.ts";
import { startEmbeddedWeather } from "./embedded-weather.ts";
import type { Drive, FaultGround } from "./fault-ground.ts";

/** Three brokers and their clients in this process, without sockets, in virtual time: a seed repeats a run exactly. */
export function memoryGround(seed: number): { readonly ground: FaultGround; readonly drive: Drive } {
  const clock = createVirtualClock();
  const engine = createBrokerEngine({
    clock,
    random: seededRandom(seed),
    nodes: Array.from({ length: clusterNodes }, (_, index) => ({ id: index + 1, host: "127.0.0.1", port: 9_092 + index })),
    autoCreateTopics: false,
    groups: { minSessionTimeoutMs },
  });
  const driver = memory({ engine });
  const ground: FaultGround = {
    clock,
    timing: embeddedTiming,
    replicas: clusterNodes,
    connect: (random) => createKafka({ driver, clock, random }),
    startWeather: (topics, partitions, random) =>
      startEmbeddedWeather({ ...engine, nodes: () => engine.nodes }, { topics, partitions, random, clock }),
    ...brokersOfCluster(engine),
    async close() {
      engine.close();
      if (clock.pending > 0) throw new Error(`${clock.pending} timers are left`);
    },
  };
  return { ground, drive: async (work) => await clock.runUntil(work, { what: `the schedule with seed ${seed}`, limitMs: 300_000 }) };
}
