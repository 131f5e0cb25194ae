import { SchemaRegistry, SchemaType } from "@kafkajs/confluent-schema-registry";
import { avro } from "@millrace/serdes";
import { expect, test } from "vitest";
import { createSchemaRegistry } from "../src/index.ts";

const schema = {
  type: "record",
  name: "Interop",
  namespace: "millrace.test",
  fields: [
    { name: "text", type: "string" },
    { name: "long", type: "long" },
    { name: "double", type: "double" },
    { name: "flag", type: "boolean", default: false },
    { name: "maybe", type: ["null", "string"], default: null },
    { name: "state", type: { type: "enum", name: "InteropState", symbols: ["OPEN", "DONE"] } },
    { name: "items", type: { type: "array", items: { type: "record", name: "InteropItem", fields: [{ name: "sku", type: "string" }] } } },
    { name: "labels", type: { type: "map", values: "int" } },
    { name: "proof", type: "bytes" },
  ],
};
const newer = { ...schema, fields: [...schema.fields, { name: "region", type: "string", default: "eu" }] };
const value = {
  text: `Grüße 👋 ${"x".repeat(200)}`,
  long: -(2 ** 40),
  double: 1.25,
  flag: true,
  maybe: "yes",
  state: "DONE",
  items: [{ sku: "a" }, { sku: "b" }],
  labels: { one: 1, two: 2 },
  proof: Buffer.from([0, 255, 1]),
};

/** Bytes are interchangeable with `@kafkajs/confluent-schema-registry`, on any registry. */
export function interopSuite(url: () => string, prefix: string): void {
  test("what our serde writes, @kafkajs/confluent-schema-registry reads, and it writes the very same bytes", async () => {
    const registry = createSchemaRegistry({ url: url() });
    const peer = new SchemaRegistry({ host: url() });
    try {
      const serde = avro<typeof value>(schema).bind({ topic: `${prefix}-ours`, part: "value", source: registry });
      await serde.prepareToSerialize();
      const data = serde.serialize(value);
      expect(await peer.decode(data)).toEqual(value);
      const id = await peer.getLatestSchemaId(`${prefix}-ours-value`);
      expect(data.readInt32BE(1)).toBe(id);
      expect(await peer.encode(id, value)).toEqual(data);
    } finally {
      await registry.close();
    }
  });

  test("what @kafkajs/confluent-schema-registry registers and writes, our serde reads, with its own newer schema too", async () => {
    const registry = createSchemaRegistry({ url: url() });
    const peer = new SchemaRegistry({ host: url() });
    try {
      const { id } = await peer.register({ type: SchemaType.AVRO, schema: JSON.stringify(schema) }, { subject: `${prefix}-theirs-value` });
      const data = await peer.encode(id, value);
      const binding = { topic: `${prefix}-theirs`, part: "value", source: registry } as const;
      const same = avro<typeof value>(schema).bind(binding);
      await same.prepareToDeserialize(data);
      expect(same.deserialize(data)).toStrictEqual(value);
      await same.prepareToSerialize();
      expect(same.serialize(value)).toEqual(data);
      const evolved = avro<typeof value & { region: string }>(newer).bind(binding);
      await evolved.prepareToDeserialize(data);
      expect(evolved.deserialize(data)).toStrictEqual({ ...value, region: "eu" });
    } finally {
      await registry.close();
    }
  });
}
