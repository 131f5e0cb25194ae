import { availableParallelism } from "node:os";
import type { Benchmark, BenchmarkContext, PreparedBenchmark } from "../benchmark.ts";
import { startBrokerProcess } from "./broker-process.ts";
import { type ClientKind, startClientProcess } from "./client-process.ts";

/** The clients of one of the two brokers. */
interface Side {
  round(): Promise<number>;
  /** The share of the time for which the clients did not wait for the broker, in all rounds so far. */
  busyShare(): number;
  close(): Promise<void>;
}

const mostClients = 4;

/**
 * The same kafkajs program, with batches of a thousand, against an embedded broker and against Apache Kafka, each in a process of its own.
 *
 * There are as many clients as the machine has cores, up to four. One kafkajs is busy for 70 to 95 % of the time with either broker: alone it shows
 * its own speed, whatever it talks to. Together they use all cores, as the workers of a test run do, and what a broker takes of them shows.
 */
export function brokerBenchmark(kind: ClientKind): Benchmark {
  const clients = Math.min(mostClients, availableParallelism());
  return { name: `${kind}-batch-vs-kafka`, unit: "records/s", setup: (context) => compareBrokers(kind, clients, context) };
}

/** The same with one client, which is the limit more than either broker is. */
export function oneClientBenchmark(kind: ClientKind): Benchmark {
  return { name: `${kind}-batch-one-client-vs-kafka`, unit: "records/s", setup: (context) => compareBrokers(kind, 1, context) };
}

async function compareBrokers(kind: ClientKind, clients: number, context: BenchmarkContext): Promise<PreparedBenchmark> {
  const broker = await startBrokerProcess();
  const ours = await openSide(kind, clients, broker.brokers);
  const peer = await openSide(kind, clients, context.kafkaBrokers ?? []);
  const share = (side: Side): string => `${(side.busyShare() * 100).toFixed(0)} %`;
  return {
    ours: () => ours.round(),
    peer: () => peer.round(),
    note: () =>
      `${clients} ${clients === 1 ? "client" : "clients"}, busy for ${share(ours)} of the time with the embedded broker, for ${share(peer)} with Apache Kafka`,
    close: async () => {
      await ours.close();
      await peer.close();
      await broker.close();
    },
  };
}

async function openSide(kind: ClientKind, count: number, brokers: readonly string[]): Promise<Side> {
  const clients = await Promise.all(Array.from({ length: count }, () => startClientProcess(kind, brokers)));
  let busy = 0;
  let rounds = 0;
  return {
    async round() {
      const results = await Promise.all(clients.map((client) => client.round()));
      busy += results.reduce((sum, { busyShare }) => sum + busyShare, 0);
      rounds += results.length;
      return results.reduce((sum, { rate }) => sum + rate, 0);
    },
    busyShare: () => busy / rounds,
    async close() {
      await Promise.all(clients.map((client) => client.close()));
    },
  };
}
