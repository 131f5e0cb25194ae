export type { Benchmark, BenchmarkContext, PreparedBenchmark } from "./benchmark.ts";
