import type { Benchmark } from "../benchmark.ts";
import { exactlyOnceBenchmarks } from "./exactly-once.ts";
import { parallelKeys } from "./parallel-keys.ts";
import { passthroughBenchmarks } from "./passthrough.ts";

export const runtimeBenchmarks: readonly Benchmark[] = [...passthroughBenchmarks, parallelKeys, ...exactlyOnceBenchmarks];
