import type { RawAvroSchema } from "@kafkajs/confluent-schema-registry/dist/@types.js";
import { avro } from "@millrace/serdes";
import type { Benchmark } from "../benchmark.ts";
import { decodeWith, encodeWith, plain, recordBenchmark } from "./record-benchmark.ts";
import { readerOrderSchema, type SampleOrder, sampleOrderSchema, sampleOrders } from "./sample-orders.ts";

const descriptor = avro<SampleOrder>(sampleOrderSchema);

/** Our Avro serde against the encode of `@kafkajs/confluent-schema-registry`; both have the schema cached, and write the same bytes. */
export const avroEncode: Benchmark = recordBenchmark({
  name: "avro-encode-vs-csr",
  descriptor,
  records: sampleOrders,
  passes: { ours: 120, peer: 60 },
  prepare: (bench) => ({
    ours: encodeWith(bench),
    peer: (index) => bench.kafkajs.encode(bench.schemaId, bench.records[index]),
  }),
});

/** Our Avro serde against its decode; both read the same bytes with the writer's schema. */
export const avroDecode: Benchmark = recordBenchmark({
  name: "avro-decode-vs-csr",
  descriptor,
  records: sampleOrders,
  passes: { ours: 120, peer: 60 },
  prepare: (bench) => ({
    ours: decodeWith(bench, bench.serde),
    peer: (index) => bench.kafkajs.decode(bench.encoded[index]!),
    comparable: plain,
  }),
});

/** Both read with another, newer schema than the writer's: a field less, one with a default more. */
export const avroReader: Benchmark = recordBenchmark({
  name: "avro-reader-vs-csr",
  descriptor,
  records: sampleOrders,
  passes: { ours: 120, peer: 1 },
  async prepare(bench) {
    const reader = avro<object>(readerOrderSchema).bind({ topic: bench.topic, part: "value", source: bench.registry });
    await reader.prepareToDeserialize(bench.encoded[0]!);
    const options = { AVRO: { readerSchema: readerOrderSchema as unknown as RawAvroSchema } };
    return {
      ours: decodeWith(bench, reader),
      peer: (index) => bench.kafkajs.decode(bench.encoded[index]!, options),
      comparable: plain,
    };
  },
});
