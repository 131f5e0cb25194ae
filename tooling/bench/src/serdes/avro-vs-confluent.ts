import { AvroDeserializer, AvroSerializer, SchemaRegistryClient, SerdeType } from "@confluentinc/schemaregistry";
import { avro } from "@millrace/serdes";
import type { Benchmark } from "../benchmark.ts";
import { decodeWith, encodeWith, plain, recordBenchmark } from "./record-benchmark.ts";
import { type SampleOrder, sampleOrderSchema, sampleOrders } from "./sample-orders.ts";

const descriptor = avro<SampleOrder>(sampleOrderSchema);
/** Its fastest settings: no look-up of associations, the registered schema rather than one inferred from each record. */
const settings = { useLatestVersion: true, autoRegisterSchemas: false, subjectNameStrategyType: "TOPIC" } as const;

/** Our Avro serde against the AvroSerializer of `@confluentinc/schemaregistry`; both have the schema cached, and write the same bytes. */
export const avroEncodeConfluent: Benchmark = recordBenchmark({
  name: "avro-encode-vs-confluent",
  descriptor,
  records: sampleOrders,
  passes: { ours: 120, peer: 6 },
  prepare(bench) {
    const peer = new AvroSerializer(new SchemaRegistryClient({ baseURLs: [bench.registryUrl] }), SerdeType.VALUE, settings as never);
    return { ours: encodeWith(bench), peer: (index) => peer.serialize(bench.topic, bench.records[index]) };
  },
});

/** Our Avro serde against its AvroDeserializer; both read the same bytes with the writer's schema. */
export const avroDecodeConfluent: Benchmark = recordBenchmark({
  name: "avro-decode-vs-confluent",
  descriptor,
  records: sampleOrders,
  passes: { ours: 120, peer: 6 },
  prepare(bench) {
    const client = new SchemaRegistryClient({ baseURLs: [bench.registryUrl] });
    const peer = new AvroDeserializer(client, SerdeType.VALUE, { subjectNameStrategyType: "TOPIC" } as never);
    return {
      ours: decodeWith(bench, bench.serde),
      peer: (index) => peer.deserialize(bench.topic, bench.encoded[index]!),
      comparable: plain,
    };
  },
});
