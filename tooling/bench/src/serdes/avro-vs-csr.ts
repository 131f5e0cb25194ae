import { deepStrictEqual } from "node:assert/strict";
import { SchemaRegistry, SchemaType } from "@kafkajs/confluent-schema-registry";
import { startEmbeddedRegistry } from "@millrace/embedded-registry";
import { createSchemaRegistry } from "@millrace/schema-registry";
import { avro, type Serde } from "@millrace/serdes";
import type { Benchmark, PreparedBenchmark } from "../benchmark.ts";
import { type SampleOrder, sampleOrderSchema, sampleOrders } from "./sample-orders.ts";

const passes = 60;

interface Bench {
  readonly orders: readonly SampleOrder[];
  readonly encoded: readonly Buffer[];
  readonly serde: Serde<SampleOrder>;
  readonly peer: SchemaRegistry;
  readonly schemaId: number;
  close(): Promise<void>;
}

/** Our Avro serde against the encode of `@kafkajs/confluent-schema-registry`; both have the schema cached, and write the same bytes. */
export const avroEncode: Benchmark = {
  name: "avro-encode-vs-csr",
  unit: "records/s",
  setup: () =>
    prepared(({ orders, serde, peer, schemaId }) => ({
      ours() {
        for (const order of orders) {
          // As a producer does it: wait only where the serde asks for it.
          if (serde.prepareToSerialize() !== undefined) throw new Error("the schema is not cached");
          serde.serialize(order);
        }
      },
      async peer() {
        for (const order of orders) await peer.encode(schemaId, order);
      },
    })),
};

/** Our Avro serde against the decode of `@kafkajs/confluent-schema-registry`; both have the schema cached, and read the same bytes. */
export const avroDecode: Benchmark = {
  name: "avro-decode-vs-csr",
  unit: "records/s",
  setup: () =>
    prepared(({ encoded, serde, peer }) => ({
      ours() {
        for (const data of encoded) {
          if (serde.prepareToDeserialize(data) !== undefined) throw new Error("the schema is not cached");
          serde.deserialize(data);
        }
      },
      async peer() {
        for (const data of encoded) await peer.decode(data);
      },
    })),
};

async function prepared(
  make: (bench: Bench) => { readonly ours: () => void; readonly peer: () => Promise<void> },
): Promise<PreparedBenchmark> {
  const bench = await setUp();
  const { ours, peer } = make(bench);
  const rate = async (work: () => void | Promise<void>): Promise<number> => {
    const startedAt = performance.now();
    for (let pass = 0; pass < passes; pass++) await work();
    return (passes * bench.orders.length * 1_000) / (performance.now() - startedAt);
  };
  return { ours: () => rate(ours), peer: () => rate(peer), close: () => bench.close() };
}

async function setUp(): Promise<Bench> {
  const embedded = await startEmbeddedRegistry();
  const registry = createSchemaRegistry({ url: embedded.url });
  const close = async (): Promise<void> => {
    await registry.close();
    await embedded.close();
  };
  try {
    const serde = avro<SampleOrder>(sampleOrderSchema).bind({ topic: "orders", part: "value", source: registry });
    await serde.prepareToSerialize();
    const peer = new SchemaRegistry({ host: embedded.url });
    const { id: schemaId } = await peer.register(
      { type: SchemaType.AVRO, schema: JSON.stringify(sampleOrderSchema) },
      { subject: "orders-value" },
    );
    const orders = sampleOrders(1_024);
    const encoded = orders.map((order) => serde.serialize(order));
    for (const [index, data] of encoded.entries()) {
      await serde.prepareToDeserialize(data);
      // The comparison means something only while both do the same.
      deepStrictEqual(await peer.encode(schemaId, orders[index]), data);
      deepStrictEqual(serde.deserialize(data), orders[index]);
    }
    return { orders, encoded, serde, peer, schemaId, close };
  } catch (error) {
    await close();
    throw error;
  }
}
