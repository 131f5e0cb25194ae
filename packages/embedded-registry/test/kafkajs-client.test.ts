import { COMPATIBILITY, SchemaRegistry, SchemaType } from "@kafkajs/confluent-schema-registry";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type EmbeddedRegistry, startEmbeddedRegistry } from "../src/index.ts";

let embedded: EmbeddedRegistry;
let client: SchemaRegistry;
beforeAll(async () => {
  embedded = await startEmbeddedRegistry();
  client = new SchemaRegistry({ host: embedded.url });
});
afterAll(() => embedded.close());

const order = (...fields: object[]): { type: SchemaType.AVRO; schema: string } => ({
  type: SchemaType.AVRO,
  schema: JSON.stringify({ type: "record", name: "Order", namespace: "shop", fields: [{ name: "id", type: "string" }, ...fields] }),
});

test("@kafkajs/confluent-schema-registry registers, finds, encodes and decodes Avro", async () => {
  const { id } = await client.register(order());
  expect(await client.register(order(), { subject: "orders-value" })).toMatchObject({ id });
  expect(await client.getLatestSchemaId("shop.Order")).toBe(id);
  expect(await client.getRegistryId("shop.Order", 1)).toBe(id);
  expect(await client.getRegistryIdBySchema("shop.Order", order())).toBe(id);
  const data = await client.encode(id, { id: "7" });
  expect(await new SchemaRegistry({ host: embedded.url }).decode(data)).toEqual({ id: "7" });
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
