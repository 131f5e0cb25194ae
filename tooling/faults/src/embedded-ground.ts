import { systemClock } from "@millrace/core";
import { startEmbeddedKafka } from "@millrace/embedded-kafka";
import { createKafka } from "@millrace/kafka";
import { seededRandom } from "@millrace/testing";
import { brokersOfCluster, clusterNodes, embeddedTiming, minSessionTimeoutMs } from "./embedded-settings.ts";
import { startEmbeddedWeather } from "./embedded-weather.ts";
import type { FaultGround } from "./fault-ground.ts";
import { type SocketDriver, socketDrivers } from "./socket-drivers.ts";

/** Three embedded brokers with sockets, and a driver that uses them. */
export async function embeddedGround(driver: SocketDriver, seed: number): Promise<FaultGround> {
  const broker = await startEmbeddedKafka({
    random: seededRandom(seed),
    nodes: clusterNodes,
    autoCreateTopics: false,
    groups: { minSessionTimeoutMs },
  });
  const settings = { brokers: broker.brokers, connectionTimeoutMs: 5_000, requestTimeoutMs: 1_000 };
  return {
    clock: systemClock,
    // On sockets everything takes its time.
    timing: { ...embeddedTiming, loadMs: 700, slackMs: 15_000 },
    replicas: clusterNodes,
    connect: (random) => createKafka({ driver: socketDrivers[driver](settings), random }),
    startWeather: (topics, partitions, random) => startEmbeddedWeather(broker, { topics, partitions, random, clock: systemClock }),
    ...brokersOfCluster(broker),
    close: () => broker.close(),
  };
}
