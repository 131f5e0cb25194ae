import type { Benchmark } from "../benchmark.ts";
import { sendHundred, sendOne } from "./send-vs-kafkajs.ts";

export const clientBenchmarks: readonly Benchmark[] = [sendHundred, sendOne];
