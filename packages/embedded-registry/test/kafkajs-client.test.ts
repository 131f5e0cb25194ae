import { COMPATIBILITY, SchemaRegistry, SchemaType } from "@kafkajs/confluent-schema-registry";
import type { RawAvroSchema } from "@kafkajs/confluent-schema-registry/dist/@types.js";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type EmbeddedRegistry, startEmbeddedRegistry } from "../src/index.ts";

let embedded: EmbeddedRegistry;
let client: SchemaRegistry;
beforeAll(async () => {
  embedded = await startEmbeddedRegistry();
  client = new SchemaRegistry({ host: embedded.url });
});
afterAll(() => embedded.close());

const reader = (): SchemaRegistry => new SchemaRegistry({ host: embedded.url });
const order = (...fields: object[]): { type: SchemaType.AVRO; schema: string } => ({
  type: SchemaType.AVRO,
  schema: JSON.stringify({ type: "record", name: "Order", namespace: "shop", fields: [{ name: "id", type: "string" }, ...fields] }),
});

test("@kafkajs/confluent-schema-registry registers, finds, encodes and decodes Avro", async () => {
  const { id } = await client.register(order());
  expect(await client.register(order(), { subject: "orders-value" })).toMatchObject({ id });
  expect(await client.getLatestSchemaId("shop.Order")).toBe(id);
  expect(await client.getRegistryId("shop.Order", 1)).toBe(id);
  expect(await client.getRegistryId("shop.Order", "latest")).toBe(id);
  expect(await client.getRegistryIdBySchema("shop.Order", order())).toBe(id);
  expect(await reader().getSchema(id)).toMatchObject({ name: "shop.Order" });
  const data = await client.encode(id, { id: "7" });
  expect(await reader().decode(data)).toEqual({ id: "7" });
  const readerSchema = JSON.parse(order({ name: "region", type: "string", default: "north" }).schema) as RawAvroSchema;
  expect(await reader().decode(data, { [SchemaType.AVRO]: { readerSchema } })).toEqual({ id: "7", region: "north" });
});

test("its first registration sets the subject's level, and its errors are the registry's", async () => {
  await client.register(order(), { subject: "full-value", compatibility: COMPATIBILITY.FULL });
  expect(await (await fetch(`${embedded.url}/config/full-value`)).json()).toEqual({ compatibilityLevel: "FULL" });
  await expect(
    client.register(order({ name: "total", type: "int" }), { subject: "full-value", compatibility: COMPATIBILITY.FULL }),
  ).rejects.toMatchObject({
    status: 409,
    message: expect.stringContaining("READER_FIELD_MISSING_DEFAULT_VALUE") as unknown,
  });
  await expect(client.getLatestSchemaId("none")).rejects.toMatchObject({ status: 404 });
  await expect(client.getSchema(999)).rejects.toMatchObject({ status: 404 });
});

test("it registers Avro with references, and reads what they are needed for", async () => {
  const inner = { type: "record", name: "Customer", namespace: "shop", fields: [{ name: "name", type: "string" }] };
  await client.register({ type: SchemaType.AVRO, schema: JSON.stringify(inner) }, { subject: "customer" });
  const sale = { type: "record", name: "Sale", namespace: "shop", fields: [{ name: "buyer", type: "shop.Customer" }] };
  const references = [{ name: "shop.Customer", subject: "customer", version: 1 }];
  const { id } = await client.register({ type: SchemaType.AVRO, schema: JSON.stringify(sale), references }, { subject: "sale" });
  const data = await client.encode(id, { buyer: { name: "Ada" } });
  expect(await reader().decode(data)).toEqual({ buyer: { name: "Ada" } });
});

test("it registers, finds, encodes and decodes JSON Schema, with references", async () => {
  const money = { $id: "https://shop.test/money", type: "object", properties: { amount: { type: "number" } }, required: ["amount"] };
  await client.register({ type: SchemaType.JSON, schema: JSON.stringify(money) }, { subject: "money" });
  const price = { $id: "https://shop.test/price", type: "object", properties: { net: { $ref: "https://shop.test/money" } } };
  const references = [{ name: "https://shop.test/money", subject: "money", version: 1 }];
  const schema = { type: SchemaType.JSON, schema: JSON.stringify(price), references } as const;
  const { id } = await client.register(schema, { subject: "price-value" });
  expect(await client.getLatestSchemaId("price-value")).toBe(id);
  const data = await client.encode(id, { net: { amount: 3 } });
  expect(await reader().decode(data)).toEqual({ net: { amount: 3 } });
  await expect(client.encode(id, { net: { amount: "three" } })).rejects.toThrow();
});

test("it registers, finds, encodes and decodes Protobuf, with references", async () => {
  await client.register(
    { type: SchemaType.PROTOBUF, schema: 'syntax = "proto3"; package shop; message Note { string text = 1; }' },
    { subject: "shop/note.proto" },
  );
  const references = [{ name: "shop/note.proto", subject: "shop/note.proto", version: 1 }];
  const text = 'syntax = "proto3"; package shop; import "shop/note.proto"; message Parcel { string id = 1; Note note = 2; }';
  const { id } = await client.register({ type: SchemaType.PROTOBUF, schema: text, references }, { subject: "parcels-value" });
  const data = await client.encode(id, { id: "7", note: { text: "fragile" } });
  expect(await reader().decode(data)).toMatchObject({ id: "7", note: { text: "fragile" } });
  // It looks up without references, which no registry can parse.
  await expect(
    client.getRegistryIdBySchema("parcels-value", { type: SchemaType.PROTOBUF, schema: text, references }),
  ).rejects.toMatchObject({ status: 422 });
});
