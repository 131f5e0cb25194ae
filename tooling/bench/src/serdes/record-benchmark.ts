import { deepStrictEqual } from "node:assert/strict";
import { SchemaRegistry } from "@kafkajs/confluent-schema-registry";
import { startEmbeddedRegistry } from "@millrace/embedded-registry";
import { createSchemaRegistry, type SchemaRegistry as MillraceRegistry } from "@millrace/schema-registry";
import type { Serde, SerdeDescriptor } from "@millrace/serdes";
import type { Benchmark } from "../benchmark.ts";

const topic = "orders";

/** What both sides work with: the same records, our serde with its schema cached, our bytes of the records, a registry that runs. */
export interface RecordBench<T> {
  readonly topic: string;
  readonly records: readonly T[];
  readonly serde: Serde<T>;
  readonly encoded: readonly Buffer[];
  readonly schemaId: number;
  readonly registry: MillraceRegistry;
  readonly registryUrl: string;
  /** `@kafkajs/confluent-schema-registry`, with nothing cached yet. */
  readonly kafkajs: SchemaRegistry;
}

/** Two ways to do the same with each record; the peer's results are compared with ours before anything is timed. */
export interface RecordWork {
  ours(index: number): unknown;
  peer(index: number): unknown;
  /** What of the two results has to be equal. @default all */
  readonly comparable?: (result: unknown, side: "ours" | "peer") => unknown;
}

/** What a benchmark of one serde consists of. */
export interface RecordBenchmarkParts<T> {
  readonly name: string;
  readonly descriptor: SerdeDescriptor<T>;
  readonly records: readonly T[];
  /** How often each side goes through the records in a round: enough for a round of some 100 ms. */
  readonly passes: { readonly ours: number; readonly peer: number };
  readonly prepare: (bench: RecordBench<T>) => RecordWork | Promise<RecordWork>;
}

/** A benchmark of the work on different records. Everything that has to be fetched is there before the first round. */
export function recordBenchmark<T>({ name, descriptor, records, passes, prepare }: RecordBenchmarkParts<T>): Benchmark {
  return {
    name,
    unit: "records/s",
    async setup() {
      const embedded = await startEmbeddedRegistry();
      const registry = createSchemaRegistry({ url: embedded.url });
      const close = async (): Promise<void> => {
        await registry.close();
        await embedded.close();
      };
      try {
        const serde = descriptor.bind({ topic, part: "value", source: registry });
        await serde.prepareToSerialize();
        const encoded = records.map((record) => serde.serialize(record));
        for (const [index, data] of encoded.entries()) {
          await serde.prepareToDeserialize(data);
          deepStrictEqual(serde.deserialize(data), records[index]);
        }
        const kafkajs = new SchemaRegistry({ host: embedded.url });
        const bench = {
          topic,
          records,
          serde,
          encoded,
          schemaId: encoded[0]!.readInt32BE(1),
          registry,
          registryUrl: embedded.url,
          kafkajs,
        };
        const work = await prepare(bench);
        const { comparable = (result) => result } = work;
        for (const index of records.keys()) {
          deepStrictEqual(comparable(await work.peer(index), "peer"), comparable(work.ours(index), "ours"));
        }
        const rate = (turns: number, startedAt: number): number => (turns * records.length * 1_000) / (performance.now() - startedAt);
        return {
          ours() {
            const startedAt = performance.now();
            for (let pass = 0; pass < passes.ours; pass++) for (let index = 0; index < records.length; index++) work.ours(index);
            return rate(passes.ours, startedAt);
          },
          async peer() {
            const startedAt = performance.now();
            for (let pass = 0; pass < passes.peer; pass++) for (let index = 0; index < records.length; index++) await work.peer(index);
            return rate(passes.peer, startedAt);
          },
          close,
        };
      } catch (error) {
        await close();
        throw error;
      }
    },
  };
}

/** Our half of an encoding benchmark, as a producer does it: it waits only where the serde asks for it. */
export function encodeWith<T>({ serde, records }: RecordBench<T>): (index: number) => Buffer {
  return (index) => {
    if (serde.prepareToSerialize() !== undefined) throw new Error("the schema is not cached");
    return serde.serialize(records[index]!);
  };
}

/** Our half of a decoding benchmark, as a consumer does it. */
export function decodeWith<T>({ encoded }: Pick<RecordBench<unknown>, "encoded">, serde: Serde<T>): (index: number) => T {
  return (index) => {
    const data = encoded[index]!;
    if (serde.prepareToDeserialize(data) !== undefined) throw new Error("the schema is not cached");
    return serde.deserialize(data);
  };
}

/** A result as plain objects: other libraries decode records as instances of classes of their own. */
export function plain(result: unknown): unknown {
  return Buffer.isBuffer(result) ? result : JSON.parse(JSON.stringify(result));
}
