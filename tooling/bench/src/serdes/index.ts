import type { Benchmark } from "../benchmark.ts";
import { avroDecode, avroEncode } from "./avro-vs-csr.ts";

/** The serdes area. */
export const serdesBenchmarks: readonly Benchmark[] = [avroEncode, avroDecode];
