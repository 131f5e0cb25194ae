import type { Benchmark } from "../benchmark.ts";
import { consumeBatch } from "./consume-vs-kafka.ts";
import { endToEnd } from "./end-to-end.ts";
import { memory } from "./memory.ts";
import { produceBatch } from "./produce-vs-kafka.ts";
import { ready } from "./ready.ts";

export const embeddedBenchmarks: readonly Benchmark[] = [produceBatch, consumeBatch, ready, endToEnd, memory];
