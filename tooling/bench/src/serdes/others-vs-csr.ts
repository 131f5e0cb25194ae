import { jsonSchema } from "@millrace/serdes/json-schema";
import { protobuf } from "@millrace/serdes/protobuf";
import type { Benchmark } from "../benchmark.ts";
import { encodeWith, recordBenchmark } from "./record-benchmark.ts";
import { type SampleOrder, sampleOrderJsonSchema, sampleOrderProto, sampleOrders } from "./sample-orders.ts";

/** JSON with a schema, checked by both sides, against `@kafkajs/confluent-schema-registry`; both write the same bytes. */
export const jsonEncode: Benchmark = recordBenchmark({
  name: "json-encode-vs-csr",
  descriptor: jsonSchema<SampleOrder>(sampleOrderJsonSchema),
  records: sampleOrders,
  passes: { ours: 60, peer: 60 },
  prepare: (bench) => ({
    ours: encodeWith(bench),
    peer: (index) => bench.kafkajs.encode(bench.schemaId, bench.records[index]),
  }),
});

/** Protobuf against `@kafkajs/confluent-schema-registry`, which leaves out the message indexes; all other bytes are the same. */
export const protobufEncode: Benchmark = recordBenchmark({
  name: "protobuf-encode-vs-csr",
  descriptor: protobuf<SampleOrder>(sampleOrderProto),
  // Its absent note has no form in Protobuf but not to be there.
  records: sampleOrders.map(({ note, ...order }) => (note === null ? order : { ...order, note })) as readonly SampleOrder[],
  passes: { ours: 30, peer: 30 },
  prepare: (bench) => ({
    ours: encodeWith(bench),
    peer: (index) => bench.kafkajs.encode(bench.schemaId, bench.records[index]),
    comparable: (result, side) => (result as Buffer).subarray(side === "ours" ? 6 : 5).toString("hex"),
  }),
});
