import type { BenchmarkContext, PreparedBenchmark } from "../benchmark.ts";
import { startBrokerProcess } from "./broker-process.ts";

/** One of the two brokers that are compared, with everything ready for the rounds. */
export interface Side {
  /** Runs one round and gives its rate. */
  readonly round: () => Promise<number>;
  readonly close: () => Promise<void>;
}

/** The same client program against an embedded broker in a process of its own and against Apache Kafka. Says how much of the time the client itself took. */
export async function compareSides(open: (brokers: string[]) => Promise<Side>, context: BenchmarkContext): Promise<PreparedBenchmark> {
  const broker = await startBrokerProcess();
  const ours = await open(broker.brokers);
  const peer = await open(context.kafkaBrokers ?? []);
  const busy = { ours: 0, peer: 0 };
  const all = { ours: 0, peer: 0 };
  const watched = async (name: "ours" | "peer", side: Side): Promise<number> => {
    const before = performance.eventLoopUtilization();
    const rate = await side.round();
    const { active, idle } = performance.eventLoopUtilization(before);
    busy[name] += active;
    all[name] += active + idle;
    return rate;
  };
  const share = (name: "ours" | "peer"): string => `${((busy[name] / all[name]) * 100).toFixed(0)} %`;
  return {
    ours: async () => await watched("ours", ours),
    peer: async () => await watched("peer", peer),
    note: () =>
      `the client itself was busy for ${share("ours")} of the time with the embedded broker, for ${share("peer")} with Apache Kafka`,
    close: async () => {
      await ours.close();
      await peer.close();
      await broker.close();
    },
  };
}
