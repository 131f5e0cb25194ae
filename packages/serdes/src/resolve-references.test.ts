import { expect, test } from "vitest";
import { avro } from "./avro.ts";
import { createInMemorySchemas } from "./in-memory-schemas.ts";
import type { SchemaDefinition, SchemaSource } from "./serde.ts";

const money = { type: "record", name: "shop.Money", fields: [{ name: "cents", type: "long" }] };
const item = { type: "record", name: "shop.Item", fields: [{ name: "price", type: "shop.Money" }] };
const order = {
  type: "record",
  name: "shop.Order",
  fields: [
    { name: "items", type: { type: "array", items: "shop.Item" } },
    { name: "total", type: "shop.Money" },
  ],
};
const toMoney = { name: "shop.Money", subject: "money", version: 1 };
const toItem = { name: "shop.Item", subject: "item", version: 1 };
const value = { items: [{ price: { cents: 5 } }], total: { cents: 5 } };

const definition = (schema: object, references?: SchemaDefinition["references"]): SchemaDefinition => ({
  type: "AVRO",
  text: JSON.stringify(schema),
  references,
});

function sourceWithParts(): SchemaSource {
  const source = createInMemorySchemas();
  void source.idFor("money", definition(money));
  void source.idFor("item", definition(item, [toMoney]));
  return source;
}

const referring = avro<typeof value>(order, {
  references: [
    { ...toMoney, schema: money },
    { ...toItem, schema: item },
  ],
});

test("a schema that names others is registered with its references, and read with those of the registry", async () => {
  const source = sourceWithParts();
  const binding = { topic: "t", part: "value", source } as const;
  const serde = referring.bind(binding);
  expect(referring.schema).toEqual(definition(order, [toMoney, toItem]));
  expect(serde.prepareToSerialize()).toBeUndefined();
  const data = serde.serialize(value);
  expect(data.toString("hex")).toBe("0000000003020a000a");
  await serde.prepareToDeserialize(data);
  expect(serde.deserialize(data)).toStrictEqual(value);
  // A reader that has it all in one schema, of a writer whose second reference only its first one names.
  const inline = { ...order, fields: [{ name: "total", type: money }] };
  const writers = source.idFor("u-value", definition(order, [toItem]));
  const other = Buffer.concat([Buffer.from([0, 0, 0, 0, writers as number]), data.subarray(5)]);
  const reader = avro<object>(inline).bind(binding);
  const wait = reader.prepareToDeserialize(other);
  expect(reader.prepareToDeserialize(other)).toBe(wait);
  await wait;
  expect(reader.prepareToDeserialize(other)).toBeUndefined();
  expect(reader.deserialize(other)).toStrictEqual({ total: { cents: 5 } });
});

test("references that miss are tried again; circles, crowds and sources that know none are refused for good", async () => {
  const memory = createInMemorySchemas();
  const missing = memory.idFor("t-value", definition(order, [toItem])) as number;
  const serde = avro<object>(money).bind({ topic: "t", part: "value", source: memory });
  const framed = (id: number): Buffer => Buffer.from([0, 0, 0, 0, id, 2]);
  await expect(serde.prepareToDeserialize(framed(missing))).rejects.toMatchObject({ code: "SERDE_UNKNOWN_SCHEMA" });
  void memory.idFor("money", definition(money));
  void memory.idFor("item", definition(item, [toMoney]));
  await serde.prepareToDeserialize(framed(missing));
  expect(() => serde.deserialize(framed(missing))).toThrow(expect.objectContaining({ code: "SERDE_INCOMPATIBLE_SCHEMA" }));

  let calls = 0;
  const endless: SchemaSource = {
    idFor: () => 9,
    schemaFor: (id) => definition(order, [{ name: "a", subject: "s", version: id === 1 ? 1 : 2 }]),
    schemaOf(subject, version) {
      calls++;
      // Version 1 names itself, version 2 a next one without end.
      return definition(money, version === 1 ? [{ name: "a", subject, version }] : [{ name: "a", subject, version: version + 1 }]);
    },
  };
  for (const [source, ids] of [
    [endless, [1, 2]],
    [{ ...endless, schemaOf: undefined }, [1]],
    [
      {
        ...endless,
        schemaFor: () =>
          definition(
            order,
            Array.from({ length: 300 }, (_, index) => ({ name: "a", subject: `s${index}`, version: 1 })),
          ),
      },
      [5],
    ],
  ] as unknown as [SchemaSource, number[]][]) {
    const hostile = avro<object>(money).bind({ topic: "t", part: "value", source });
    for (const id of ids) {
      await hostile.prepareToDeserialize(framed(id));
      expect(hostile.prepareToDeserialize(framed(id))).toBeUndefined();
      expect(() => hostile.deserialize(framed(id))).toThrow(expect.objectContaining({ code: "SERDE_INVALID_SCHEMA" }));
    }
  }
  expect(calls).toBeLessThan(600);
});

test("a reference that is left out, or named before what it names, is refused where it is written down", () => {
  for (const references of [
    [],
    [
      { ...toItem, schema: item },
      { ...toMoney, schema: money },
    ],
  ]) {
    expect(() => avro(order, { references })).toThrow(expect.objectContaining({ code: "SERDE_INVALID_SCHEMA" }));
  }
});
