import type { Benchmark } from "../benchmark.ts";

/** Benchmarks of the area `serdes`, in the order in which they run. */
export const serdesBenchmarks: readonly Benchmark[] = [];
