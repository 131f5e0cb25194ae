import fc from "fast-check";
import { expect, test } from "vitest";
import { cloudEvents } from "../src/cloud-events/index.ts";
import { cloudEventType, events } from "../src/events/index.ts";
import {
  avro,
  bytes,
  compressed,
  createInMemorySchemas,
  integer,
  json,
  nullAsEmpty,
  oneOf,
  type SchemaSource,
  type SerdeDescriptor,
  SerdeError,
  type SerdeHeader,
  string,
  versions,
} from "../src/index.ts";
import { jsonSchema } from "../src/json-schema/index.ts";
import { protobuf } from "../src/protobuf/index.ts";

const orderAvro = {
  type: "record",
  name: "Order",
  fields: [
    { name: "id", type: "string" },
    { name: "tags", type: { type: "map", values: ["null", "long"] } },
  ],
};
const orderJson = { title: "Note", type: "object", properties: { tags: { type: "array", uniqueItems: true } } };
const orderProto = 'syntax = "proto3"; message Wire { string id = 1; repeated Wire parts = 2; map<string, int64> counts = 3; }';

const formats: Readonly<Record<string, SerdeDescriptor<unknown>>> = {
  avro: avro(orderAvro),
  "avro in headers": avro(orderAvro, { framing: "header", logicalTypes: true }),
  json: json(),
  "json with bigints": json({ largeIntegers: "bigint" }),
  "json schema": jsonSchema(orderJson),
  protobuf: protobuf(orderProto),
  utf8: string(),
  utf16: string({ encoding: "utf16le" }),
  bytes: bytes(),
  integer: integer(),
  gzip: compressed(avro(orderAvro), "gzip", { maxBytes: 100_000 }),
  zlib: compressed(json(), "zlib", { maxBytes: 100_000 }),
  "null as empty": nullAsEmpty(integer()),
  "cloud events": cloudEvents(),
  "cloud events of avro": cloudEvents({ mode: "binary", data: avro(orderAvro) }),
  events: events(cloudEventType),
  "one of, by schema": oneOf({ order: avro(orderAvro), note: jsonSchema(orderJson), wire: protobuf(orderProto) }),
  "one of, by header": oneOf({ a: avro(orderAvro), b: json() }, { by: { header: "type" } }),
  versions: versions(avro(orderAvro))
    .next(jsonSchema(orderJson), (old) => old)
    .descriptor(),
  "versions, by field": versions(json())
    .next(json(), (old) => old)
    .descriptor({ by: { field: "v" } }),
};

/** Schemas 1 to 4 are those of the formats and one that is no schema at all. */
function schemas(): SchemaSource {
  const source = createInMemorySchemas();
  for (const { schema } of [avro(orderAvro), jsonSchema(orderJson), protobuf(orderProto)]) void source.idFor("s", schema!);
  void source.idFor("s", { type: "AVRO", text: "[".repeat(100_000) });
  return source;
}

const framing = fc.nat(5).map((id) => Buffer.from([0, 0, 0, 0, id]));
const tail = fc.uint8Array({ maxLength: 40 }).map((data) => Buffer.from(data));
const body = fc.oneof(
  tail,
  fc.jsonValue().map((value) => Buffer.from(JSON.stringify(value))),
  tail.map((data) => Buffer.concat([Buffer.alloc(6), data])),
);
const data = fc.oneof(
  body,
  fc.tuple(framing, body).map((parts) => Buffer.concat(parts)),
);
const name = fc.constantFrom(
  "schema_id",
  "content-type",
  "ce_specversion",
  "ce_id",
  "ce_source",
  "ce_type",
  "ce_time",
  "type",
  "v",
  "other",
);
const value = fc.oneof(
  fc.constantFrom("1", "2", "3", "4", "1.0", "a", "b", "application/json", "application/cloudevents+json"),
  fc.string(),
);
const headers = fc.array(fc.tuple(name, fc.option(value.map((text) => Buffer.from(text)))), { maxLength: 8 });

test.each(Object.entries(formats))("whatever bytes and headers %s is given, it gives a value or a SerdeError", (_name, descriptor) => {
  const source = schemas();
  const serde = descriptor.bind({ topic: "orders", part: "value", source });
  fc.assert(
    fc.property(data, headers, (bytesGiven, headersGiven) => {
      const given: readonly SerdeHeader[] = headersGiven;
      const before = Buffer.from(bytesGiven);
      // Unknown ids reject; that is the source's answer, not the bytes'.
      void serde.prepareToDeserialize(bytesGiven, given)?.catch(() => undefined);
      try {
        serde.deserialize(bytesGiven, given);
      } catch (error) {
        if (!SerdeError.is(error)) throw error;
      }
      expect(bytesGiven).toEqual(before);
    }),
    { numRuns: 300 },
  );
});

const anything = fc.anything({
  withBigInt: true,
  withDate: true,
  withMap: true,
  withNullPrototype: true,
  withSparseArray: true,
  withTypedArray: true,
});
const almost = fc.record(
  {
    type: fc.oneof(fc.constantFrom("order", "note", "wire", "a", "b"), anything),
    value: anything,
    id: anything,
    source: anything,
    data: anything,
    extensions: anything,
    tags: anything,
    v: fc.constantFrom("2", 2),
  },
  { requiredKeys: [] },
);

test.each(Object.entries(formats))("whatever value %s is given to write, it gives bytes or a SerdeError", (_name, descriptor) => {
  const serde = descriptor.bind({ topic: "orders", part: "value", source: schemas() });
  fc.assert(
    fc.property(fc.oneof(anything, almost), (given) => {
      expect(serde.prepareToSerialize(given, [])).toBeUndefined();
      try {
        expect(Buffer.isBuffer(serde.serialize(given, []))).toBe(true);
      } catch (error) {
        if (!SerdeError.is(error)) throw error;
      }
    }),
    { numRuns: 300 },
  );
});
