import type { Benchmark } from "../benchmark.ts";

/** Benchmarks of the area `client`, in the order in which they run. */
export const clientBenchmarks: readonly Benchmark[] = [];
