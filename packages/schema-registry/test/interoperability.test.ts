import { create, createFileRegistry, fromBinary, type Message } from "@bufbuild/protobuf";
import { FileDescriptorProtoSchema, file_google_protobuf_timestamp } from "@bufbuild/protobuf/wkt";
import {
  AvroDeserializer,
  AvroSerializer,
  type Client,
  JsonDeserializer,
  JsonSerializer,
  ProtobufDeserializer,
  ProtobufSerializer,
  SchemaRegistryClient,
  SerdeType,
} from "@confluentinc/schemaregistry";
import { SchemaRegistry } from "@kafkajs/confluent-schema-registry";
import { type EmbeddedRegistry, startEmbeddedRegistry } from "@millrace/embedded-registry";
import { avro, type Serde, type SerdeDescriptor } from "@millrace/serdes";
import { jsonSchema } from "@millrace/serdes/json-schema";
import { protobuf } from "@millrace/serdes/protobuf";
import { ConfluentSchemaRegistry } from "@platformatic/kafka";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createSchemaRegistry, type SchemaRegistry as MillraceRegistry } from "../src/index.ts";

let registry: EmbeddedRegistry;
let source: MillraceRegistry;
let confluent: Client;
beforeAll(async () => {
  registry = await startEmbeddedRegistry();
  source = createSchemaRegistry({ url: registry.url });
  confluent = new SchemaRegistryClient({ baseURLs: [registry.url], maxRetries: 0 });
});
afterAll(async () => {
  await source.close();
  await registry.close();
});

/** What each case needs of ours: one value's bytes, its schema's id, and reading others' bytes. */
async function ours<T>(descriptor: SerdeDescriptor<T>, topic: string, value: T) {
  const serde: Serde<T> = descriptor.bind({ topic, part: "value", source });
  await serde.prepareToSerialize();
  const data = serde.serialize(value);
  return {
    data,
    id: data.readInt32BE(1),
    read: async (bytes: Buffer): Promise<T> => {
      await serde.prepareToDeserialize(bytes);
      return serde.deserialize(bytes);
    },
  };
}

const latest = { useLatestVersion: true, autoRegisterSchemas: false } as const;

/** Encodes and decodes values as a producer and a consumer of @platformatic/kafka do. */
async function platformatic(id: number, topic: string, messageName?: string) {
  const client = new ConfluentSchemaRegistry<Buffer, unknown, Buffer, Buffer>({
    url: registry.url,
    ...(messageName !== undefined && { protobufTypeMapper: () => messageName }),
  });
  const message = { topic, value: null, metadata: { schemas: { value: id } } };
  await new Promise<void>((resolve, reject) => {
    void client.getBeforeSerializationHook()(message, "value", message, (error) => (error ? reject(error) : resolve()));
  });
  const { value: serialize } = client.getSerializers();
  const { value: deserialize } = client.getDeserializers();
  return {
    encode: (value: object): Buffer => serialize(value, undefined, message)!,
    decode: (data: Buffer): unknown => deserialize(data, undefined, { topic } as never),
  };
}

const schema = {
  type: "record",
  name: "Order",
  namespace: "shop",
  fields: [
    { name: "id", type: "string" },
    { name: "cents", type: "long" },
    { name: "ratio", type: "double" },
    { name: "paid", type: "boolean" },
    { name: "note", type: ["null", "string"], default: null },
    { name: "state", type: { type: "enum", name: "State", symbols: ["OPEN", "DONE"] } },
    { name: "items", type: { type: "array", items: { type: "record", name: "Item", fields: [{ name: "sku", type: "string" }] } } },
    { name: "labels", type: { type: "map", values: "string" } },
  ],
};
const order = {
  id: "o-1é",
  cents: -(2 ** 40),
  ratio: 0.25,
  paid: true,
  note: "text",
  state: "DONE",
  items: [{ sku: "a" }, { sku: "b" }],
  labels: { k: "v" },
};

/** As others hand records out: instances of classes of their own. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

test("Avro bytes are the same and read both ways with @kafkajs/confluent-schema-registry", async () => {
  const { data, id, read } = await ours(avro(schema), "avro-kafkajs", order);
  const peer = new SchemaRegistry({ host: registry.url });
  const theirs = await peer.encode(id, order);
  expect(theirs.equals(data)).toBe(true);
  expect(plain(await peer.decode(data))).toEqual(order);
  expect(await read(theirs)).toStrictEqual(order);
});

test("Avro bytes are the same and read both ways with @confluentinc/schemaregistry", async () => {
  const { data, read } = await ours(avro(schema), "avro-confluent", order);
  const theirs = await new AvroSerializer(confluent, SerdeType.VALUE, latest).serialize("avro-confluent", order);
  expect(theirs.equals(data)).toBe(true);
  expect(plain(await new AvroDeserializer(confluent, SerdeType.VALUE, {}).deserialize("avro-confluent", data))).toEqual(order);
  expect(await read(theirs)).toStrictEqual(order);
});

test("Avro bytes are the same and read both ways with the registry of @platformatic/kafka", async () => {
  const { data, id, read } = await ours(avro(schema), "avro-platformatic", order);
  const peer = await platformatic(id, "avro-platformatic");
  const theirs = peer.encode(order);
  expect(theirs.equals(data)).toBe(true);
  expect(plain(peer.decode(data))).toEqual(order);
  expect(await read(theirs)).toStrictEqual(order);
});

test("Avro whose schema refers to another one is read both ways", async () => {
  const money = { type: "record", name: "Money", namespace: "shop", fields: [{ name: "cents", type: "long" }] };
  const sale = { type: "record", name: "Sale", namespace: "shop", fields: [{ name: "price", type: "shop.Money" }] };
  await source.idFor("money", { type: "AVRO", text: JSON.stringify(money) });
  const references = [{ name: "shop.Money", subject: "money", version: 1, schema: money }];
  const { data, id, read } = await ours(avro(sale, { references }), "avro-references", { price: { cents: 5 } });
  const kafkajs = new SchemaRegistry({ host: registry.url });
  const confluents = await new AvroSerializer(confluent, SerdeType.VALUE, latest).serialize("avro-references", { price: { cents: 5 } });
  for (const theirs of [await kafkajs.encode(id, { price: { cents: 5 } }), confluents]) {
    expect(theirs.equals(data)).toBe(true);
    expect(await read(theirs)).toStrictEqual({ price: { cents: 5 } });
  }
  expect(plain(await kafkajs.decode(data))).toEqual({ price: { cents: 5 } });
});

const json = {
  $schema: "http://json-schema.org/draft-07/schema#",
  type: "object",
  properties: { id: { type: "string" }, cents: { type: "integer" }, note: { type: ["string", "null"] } },
  required: ["id"],
};
const payment = { id: "p-1é", cents: 5, note: null };

test("JSON Schema bytes are read both ways with all three", async () => {
  const { data, id, read } = await ours(jsonSchema(json), "json", payment);
  const kafkajs = new SchemaRegistry({ host: registry.url });
  const theirs = {
    kafkajs: await kafkajs.encode(id, payment),
    confluent: await new JsonSerializer(confluent, SerdeType.VALUE, latest).serialize("json", payment),
    platformatic: (await platformatic(id, "json")).encode(payment),
  };
  for (const [name, bytes] of Object.entries(theirs)) {
    expect(bytes.equals(data), name).toBe(true);
    expect(await read(bytes), name).toStrictEqual(payment);
  }
  expect(await kafkajs.decode(data)).toEqual(payment);
  expect(await new JsonDeserializer(confluent, SerdeType.VALUE, {}).deserialize("json", data)).toEqual(payment);
  expect((await platformatic(id, "json")).decode(data)).toEqual(payment);
});

const proto = `syntax = "proto3";
package shop;

import "google/protobuf/timestamp.proto";

message Order {
  string order_id = 1;
  int64 cents = 2;
  repeated Item items = 3;
  map<string, string> labels = 4;
  google.protobuf.Timestamp placed_at = 5;
  optional string note = 6;

  message Item {
    string sku = 1;
    uint32 count = 2;
  }
}

message Receipt {
  string id = 1;
}
`;
const sale = {
  orderId: "o-1é",
  cents: -(2 ** 40),
  items: [{ sku: "a", count: 3 }],
  labels: { k: "v" },
  placedAt: { seconds: 1_795_287_256, nanos: 5 },
  note: "",
};

test("Protobuf bytes are the same and read both ways with @confluentinc/schemaregistry, whichever message they hold", async () => {
  const topic = "proto-confluent";
  const { data, id, read } = await ours(protobuf<object>(proto), topic, sale);
  const answer = (await (await fetch(`${registry.url}/schemas/ids/${id}?format=serialized`)).json()) as { schema: string };
  const file = fromBinary(FileDescriptorProtoSchema, Buffer.from(answer.schema, "base64"));
  const files = createFileRegistry(file, (name) =>
    name === "google/protobuf/timestamp.proto" ? file_google_protobuf_timestamp : undefined,
  );
  const serializer = new ProtobufSerializer(confluent, SerdeType.VALUE, latest);
  for (const name of ["Order", "Order.Item", "Receipt"]) serializer.registry.add(files.getMessage(`shop.${name}`)!);
  const message = (name: string, value: object): Message => create(files.getMessage(`shop.${name}`)!, value as never);
  const encode = (name: string, value: object): Promise<Buffer> => serializer.serialize(topic, message(name, value));
  const deserializer = new ProtobufDeserializer(confluent, SerdeType.VALUE, {});

  const placedAt = { seconds: BigInt(sale.placedAt.seconds), nanos: 5 };
  const theirs = await encode("Order", { ...sale, cents: BigInt(sale.cents), placedAt });
  expect(theirs.equals(data)).toBe(true);
  expect(await read(theirs)).toStrictEqual(sale);
  expect(await deserializer.deserialize(topic, data)).toMatchObject({
    orderId: sale.orderId,
    cents: BigInt(sale.cents),
    placedAt,
    note: "",
  });

  for (const [name, value] of [
    ["Order.Item", { sku: "b", count: 0 }],
    ["Receipt", { id: "r" }],
  ] as const) {
    const other = await ours(protobuf<object>(proto, { message: name }), topic, value);
    const bytes = await encode(name, value);
    expect(bytes.equals(other.data), name).toBe(true);
    expect(await other.read(bytes), name).toStrictEqual(value);
    expect(await deserializer.deserialize(topic, other.data), name).toMatchObject(value);
    await expect(read(bytes)).rejects.toMatchObject({ code: "SERDE_INCOMPATIBLE_SCHEMA" });
  }
});

test("Protobuf bytes of @kafkajs/confluent-schema-registry and @platformatic/kafka lack the message indexes and are read all the same", async () => {
  const topic = "proto-others";
  const text = proto.replace(/\n.*(?:timestamp|Timestamp).*/g, "");
  const { placedAt: _placedAt, ...value } = sale;
  const { data, id, read } = await ours(protobuf<object>(text), topic, value);
  const kafkajs = new SchemaRegistry({ host: registry.url });
  const theirs = { kafkajs: await kafkajs.encode(id, value), platformatic: (await platformatic(id, topic, "shop.Order")).encode(value) };
  for (const [name, bytes] of Object.entries(theirs)) {
    expect(bytes.equals(Buffer.concat([data.subarray(0, 5), data.subarray(6)])), name).toBe(true);
    expect(await read(bytes), name).toStrictEqual(value);
  }
  // It takes the single byte 0 of a first message for padding; the other one refuses what has indexes.
  expect(plain(await kafkajs.decode(data))).toMatchObject({ orderId: value.orderId, items: value.items });
  await expect(platformatic(id, topic, "shop.Order").then((peer) => peer.decode(data))).rejects.toThrow();
});
