import type { Benchmark } from "../benchmark.ts";
import { avroDecodeConfluent, avroEncodeConfluent } from "./avro-vs-confluent.ts";
import { avroDecode, avroEncode, avroReader } from "./avro-vs-csr.ts";
import { jsonEncode, protobufEncode } from "./others-vs-csr.ts";

/** The serdes area. */
export const serdesBenchmarks: readonly Benchmark[] = [
  avroEncode,
  avroDecode,
  avroReader,
  avroEncodeConfluent,
  avroDecodeConfluent,
  jsonEncode,
  protobufEncode,
];
