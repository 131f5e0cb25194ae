import type { Benchmark } from "../benchmark.ts";
import { redriveLimited } from "./redrive-limited.ts";
import { redrivePerSecond } from "./redrive-per-second.ts";

export const retryBenchmarks: readonly Benchmark[] = [redrivePerSecond, redriveLimited];
