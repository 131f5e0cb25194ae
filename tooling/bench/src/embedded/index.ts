import type { Benchmark } from "../benchmark.ts";
import { brokerBenchmark, oneClientBenchmark } from "./compare-brokers.ts";
import { endToEnd } from "./end-to-end.ts";
import { memory } from "./memory.ts";
import { ready } from "./ready.ts";

export const embeddedBenchmarks: readonly Benchmark[] = [
  brokerBenchmark("produce"),
  brokerBenchmark("consume"),
  oneClientBenchmark("produce"),
  oneClientBenchmark("consume"),
  ready,
  endToEnd,
  memory,
];
