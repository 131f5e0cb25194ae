import { startProxiedKafka } from "@millrace/cluster";
import { type Random, silentLogger, systemClock } from "@millrace/core";
import { platformatic } from "@millrace/driver-platformatic";
import { createKafka, readTopics } from "@millrace/kafka";
import { startTcpProxy, waitFor } from "@millrace/testing";
import type { FaultGround, GroundTiming } from "./fault-ground.ts";
import { startNetworkWeather } from "./network-weather.ts";
import { type SocketDriver, socketDrivers } from "./socket-drivers.ts";

/** Apache Kafka behind a network that can be made bad. One schedule at a time. */
export interface ProxiedCluster {
  ground(driver: SocketDriver): FaultGround;
  close(): Promise<void>;
}

/** Apache Kafka takes sessions of a second or more here. */
const timing: GroundTiming = {
  requestTimeoutMs: 500,
  deliveryTimeoutMs: 5_000,
  sessionTimeoutMs: 1_500,
  heartbeatIntervalMs: 100,
  rebalanceTimeoutMs: 2_000,
  slackMs: 15_000,
  loadMs: 1_000,
  restMs: 40_000,
};

/** Starts a broker of Apache Kafka and the proxy that its clients are sent to. */
export async function startProxiedCluster(options: {
  readonly random: Random;
  readonly report?: (line: string) => void;
}): Promise<ProxiedCluster> {
  const { random, report } = options;
  // The broker must know the proxy's port, and the proxy the broker's.
  const target = { host: "127.0.0.1", port: 0 };
  const proxy = await startTcpProxy({ target, random });
  const broker = await startProxiedKafka(proxy.port, report === undefined ? {} : { report }).catch(async (error: unknown) => {
    await proxy.close();
    throw error;
  });
  target.port = broker.proxiedPort;
  const direct = createKafka({ driver: platformatic({ brokers: broker.kafkaBrokers }), logger: silentLogger });
  const admin = direct.admin();
  const brokers = [`${proxy.host}:${proxy.port}`];
  return {
    ground: (driver) => ({
      clock: systemClock,
      timing,
      replicas: 1,
      connect: (drawn) =>
        createKafka({ driver: socketDrivers[driver]({ brokers, connectionTimeoutMs: 5_000, requestTimeoutMs: 2_000 }), random: drawn }),
      startWeather: (_topics, _partitions, drawn) => startNetworkWeather(proxy, { random: drawn, clock: systemClock }),
      async records(topic, isolation) {
        const found: { partition: number; offset: number; value: string }[] = [];
        for await (const { partition, offset, value } of readTopics(direct, [topic], { isolation })) {
          found.push({ partition, offset, value: String(value) });
        }
        return found;
      },
      async committed(group, topic) {
        const offsets = await admin.groupOffsets(group);
        return new Map(
          offsets.flatMap((each) => (each.topic === topic && each.offset >= 0 ? [[each.partition, each.offset] as const] : [])),
        );
      },
      async close() {
        await waitFor(() => proxy.connections === 0, { what: "all connections of the schedule are closed" });
      },
    }),
    async close() {
      await direct.close();
      await proxy.close();
      await broker.stop();
    },
  };
}
