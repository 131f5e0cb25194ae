import avsc from "avsc";
import { expect, test } from "vitest";
import { z } from "zod";
import { avro } from "../avro.ts";
import { createInMemorySchemas } from "../in-memory-schemas.ts";
import type { AvroModel } from "./avro-model.ts";
import { avroSchemaOf } from "./avro-schema-of.ts";

function roundTrip(schema: object, value: object): unknown {
  const serde = avro<object>(schema).bind({ topic: "t", part: "value", source: createInMemorySchemas() });
  void serde.prepareToSerialize();
  const data = serde.serialize(value);
  void serde.prepareToDeserialize(data);
  return serde.deserialize(data);
}

const fieldsOf = (fields: AvroModel["fields"]): Record<string, unknown> =>
  Object.fromEntries(avroSchemaOf({ name: "M", fields }).fields.map(({ name, ...rest }) => [name, rest]));

test("[001-15] a model becomes a record with its name, the namespace and a field with name, type and default for each of its fields", () => {
  const schema = avroSchemaOf(
    {
      name: "AgentCreated",
      fields: { agent_id: "string", retries: { type: "int", default: 3 }, note: { type: "optional", of: "string" } },
    },
    { namespace: "agent.lifecycle" },
  );
  expect(JSON.stringify(schema)).toBe(
    '{"type":"record","name":"AgentCreated","namespace":"agent.lifecycle","fields":[' +
      '{"name":"agent_id","type":"string"},{"name":"retries","type":"int","default":3},{"name":"note","type":["null","string"],"default":null}]}',
  );
  const zod = z.object({ agent_id: z.string(), retries: z.int32().default(3), note: z.string().nullish() });
  expect(avroSchemaOf(zod, { name: "AgentCreated", namespace: "agent.lifecycle" })).toEqual(schema);
});

test("[001-16] every type of a model has its Avro type, names are made to fit, and an Avro library takes the schema", () => {
  const model: AvroModel = {
    name: "1st order-event",
    fields: {
      text: "string",
      count: "int",
      "big count": { type: "int", max: 2 ** 31 },
      small: { type: "int", min: -(2 ** 31), max: 2 ** 31 - 1 },
      started: { type: "int", default: 2 ** 40 },
      ratio: "float",
      paid: "bool",
      proof: "bytes",
      id: "uuid",
      day: "date",
      tags: { type: "list", items: "string" },
      counts: { type: "map", values: "int" },
      note: { type: "optional", of: "string" },
      state: { type: "enum", name: "State", values: ["OPEN", "in progress"] },
      item: { type: "model", name: "Item", fields: { sku: "string" } },
      items: { type: "list", items: { type: "model", name: "Item", fields: { sku: "string" } } },
      either: { type: "union", of: ["string", "int", { type: "optional", of: "bool" }] },
    },
  };
  const schema = avroSchemaOf(model);
  expect(schema).toEqual({
    type: "record",
    name: "_1st_order_event",
    fields: [
      { name: "text", type: "string" },
      { name: "count", type: "int" },
      { name: "big_count", type: "long" },
      { name: "small", type: "int" },
      { name: "started", type: "long", default: 2 ** 40 },
      { name: "ratio", type: "double" },
      { name: "paid", type: "boolean" },
      { name: "proof", type: "bytes" },
      { name: "id", type: "string" },
      { name: "day", type: "string" },
      { name: "tags", type: { type: "array", items: "string" } },
      { name: "counts", type: { type: "map", values: "int" } },
      { name: "note", type: ["null", "string"], default: null },
      { name: "state", type: { type: "enum", name: "State", symbols: ["OPEN", "in_progress"] } },
      { name: "item", type: { type: "record", name: "Item", fields: [{ name: "sku", type: "string" }] } },
      { name: "items", type: { type: "array", items: "Item" } },
      { name: "either", type: ["string", "int", "null", "boolean"] },
    ],
  });
  expect(avsc.Type.forSchema(schema as unknown as avsc.Schema).typeName).toBe("record");
});

test("[001-17] the defaults false, 0 and empty text are kept, and the union's branch of a default comes first", () => {
  const fields: AvroModel["fields"] = {
    flag: { type: "bool", default: false },
    count: { type: "int", default: 0 },
    text: { type: "string", default: "" },
    maybe: { type: "optional", of: "int", default: 0 },
    large: { type: "optional", of: "int", default: 2 ** 40 },
    none: { type: "string", default: null },
    either: { type: "union", of: ["string", "bool"], default: false },
    data: { type: "bytes", default: Buffer.from([0, 255]) },
    list: { type: "list", items: "string", default: [] },
    state: { type: "enum", name: "S", values: ["a b"], default: "a b" },
    at: { type: "date", default: new Date(0) },
  };
  expect(fieldsOf(fields)).toEqual({
    flag: { type: "boolean", default: false },
    count: { type: "int", default: 0 },
    text: { type: "string", default: "" },
    maybe: { type: ["int", "null"], default: 0 },
    large: { type: ["long", "null"], default: 2 ** 40 },
    none: { type: "string" },
    either: { type: ["boolean", "string"], default: false },
    data: { type: "bytes", default: "\u0000\u00ff" },
    list: { type: { type: "array", items: "string" }, default: [] },
    state: { type: { type: "enum", name: "S", symbols: ["a_b"] }, default: "a_b" },
    at: { type: "string", default: "1970-01-01T00:00:00.000Z" },
  });
  expect(roundTrip(avroSchemaOf({ name: "M", fields }), { none: "x" })).toStrictEqual({
    flag: false,
    count: 0,
    text: "",
    maybe: 0,
    large: 2 ** 40,
    none: "x",
    either: false,
    data: Buffer.from([0, 255]),
    list: [],
    state: "a_b",
    at: "1970-01-01T00:00:00.000Z",
  });
});

test("a zod schema says the same as the model, with named, nested, recursive and nullable parts", () => {
  const address = z.object({ street: z.string() }).meta({ id: "Address" });
  const node = z.object({
    value: z.int32(),
    get next() {
      return node.nullable();
    },
  });
  const order = z
    .object({
      id: z.uuid(),
      at: z.date(),
      day: z.iso.date(),
      exact: z.int(),
      small: z.int32().describe("how many"),
      huge: z.bigint(),
      ratio: z.number(),
      paid: z.boolean().default(false),
      state: z.enum(["OPEN", "DONE"]),
      maybeState: z.enum(["A", "B"]).nullable(),
      nothing: z.literal(null),
      only: z.literal("x"),
      bits: z.union([z.literal(1), z.literal(2)]),
      tags: z.array(z.string()),
      counts: z.record(z.string(), z.int32()),
      home: address,
      work: address.optional(),
      either: z.union([z.string(), z.boolean(), z.null()]),
      shape: z.discriminatedUnion("kind", [z.object({ kind: z.literal("a"), a: z.int32() }), z.object({ kind: z.literal("b") })]),
      inner: z.object({ text: z.string() }).optional(),
      list: node,
    })
    .meta({ title: "Order", description: "what was ordered" });
  const schema = avroSchemaOf(order);
  const only = (name: string, ...symbols: string[]): object => ({ type: "enum", name, symbols });
  expect(schema).toEqual({
    type: "record",
    name: "Order",
    doc: "what was ordered",
    fields: [
      { name: "id", type: "string" },
      { name: "at", type: "string" },
      { name: "day", type: "string" },
      { name: "exact", type: "long" },
      { name: "small", type: "int", doc: "how many" },
      { name: "huge", type: "long" },
      { name: "ratio", type: "double" },
      { name: "paid", type: "boolean", default: false },
      { name: "state", type: only("OrderState", "OPEN", "DONE") },
      { name: "maybeState", type: ["null", only("OrderMaybeState", "A", "B")], default: null },
      { name: "nothing", type: "null" },
      { name: "only", type: only("OrderOnly", "x") },
      { name: "bits", type: "int" },
      { name: "tags", type: { type: "array", items: "string" } },
      { name: "counts", type: { type: "map", values: "int" } },
      { name: "home", type: { type: "record", name: "Address", fields: [{ name: "street", type: "string" }] } },
      { name: "work", type: ["null", "Address"], default: null },
      { name: "either", type: ["null", "string", "boolean"], default: null },
      {
        name: "shape",
        type: [
          {
            type: "record",
            name: "OrderShape1",
            fields: [
              { name: "kind", type: only("OrderShape1Kind", "a") },
              { name: "a", type: "int" },
            ],
          },
          { type: "record", name: "OrderShape2", fields: [{ name: "kind", type: only("OrderShape2Kind", "b") }] },
        ],
      },
      { name: "inner", type: ["null", { type: "record", name: "OrderInner", fields: [{ name: "text", type: "string" }] }], default: null },
      {
        name: "list",
        type: {
          type: "record",
          name: "OrderList",
          fields: [
            { name: "value", type: "int" },
            { name: "next", type: ["null", "OrderList"], default: null },
          ],
        },
      },
    ],
  });
  expect(avro(schema).format).toBe("avro");
  expect(avroSchemaOf(node, { name: "Node" }).fields[1]).toEqual({ name: "next", type: ["null", "Node"], default: null });
  expect(avroSchemaOf(address).name).toBe("Address");
});

test("what Avro has no form for is refused with a reason", () => {
  const item = (fields: AvroModel["fields"]): AvroModel => ({ name: "M", fields });
  const models: [AvroModel, RegExp][] = [
    [item({ "a-b": "string", a_b: "string" }), /would both be a_b/],
    [item({ a: { type: "enum", name: "E", values: ["a b", "a-b"] } }), /would both be a_b/],
    [item({ a: { type: "model", name: "M", fields: {} } }), /two different types have the name M/],
    [item({ a: { type: "ref", name: "Missing" } }), /nothing has the name Missing/],
    [item({ a: { type: "union", of: ["string", "bool"], default: 5 } }), /not a value/],
    [item({ a: { type: "int", default: "5" } }), /not a value/],
    [
      item({
        a: {
          type: "union",
          of: [
            { type: "list", items: "string" },
            { type: "list", items: "int" },
          ],
        },
      }),
      /not a usable Avro schema/,
    ],
    [item({ a: { type: "model", name: "Inner", fields: { b: "string" }, default: {} } }), /not a usable Avro schema/],
    [item({ a: "constructor" as "string" }), /constructor is not a type/],
  ];
  for (const [model, reason] of models) {
    expect(() => avroSchemaOf(model)).toThrow(
      expect.objectContaining({ code: "SERDE_INVALID_SCHEMA", message: expect.stringMatching(reason) as string }),
    );
  }
  for (const schema of [
    z.object({ a: z.any() }),
    z.object({ a: z.tuple([z.string()]) }),
    z.string(),
    z.object({ a: z.literal([1, "a"]) }),
  ]) {
    expect(() => avroSchemaOf(schema, { name: "M" })).toThrow(expect.objectContaining({ code: "SERDE_INVALID_SCHEMA" }));
  }
  expect(() => avroSchemaOf(z.object({}))).toThrow(/no name/);
});
