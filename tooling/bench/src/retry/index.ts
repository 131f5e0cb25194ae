import type { Benchmark } from "../benchmark.ts";
import { redrivePerSecond } from "./redrive-per-second.ts";

export const retryBenchmarks: readonly Benchmark[] = [redrivePerSecond];
