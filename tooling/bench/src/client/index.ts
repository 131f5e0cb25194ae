import type { Benchmark } from "../benchmark.ts";
import { batchVsJava } from "./batch-vs-java.ts";
import { consumeBenchmarks } from "./consume-benchmarks.ts";
import { idleCpuBenchmarks } from "./idle-cpu.ts";
import { sendBenchmarks } from "./send-benchmarks.ts";

export const clientBenchmarks: readonly Benchmark[] = [...sendBenchmarks, ...consumeBenchmarks, batchVsJava, ...idleCpuBenchmarks];
