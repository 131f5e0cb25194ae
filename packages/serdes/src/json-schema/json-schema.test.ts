import fc from "fast-check";
import { expect, test } from "vitest";
import { createInMemorySchemas } from "../in-memory-schemas.ts";
import type { SchemaSource, Serde, SerdeHeader } from "../serde.ts";
import { SerdeError } from "../serde-error.ts";
import { type JsonSchemaOptions, jsonSchema } from "./json-schema.ts";

const order = {
  $schema: "http://json-schema.org/draft-07/schema#",
  title: "Order",
  type: "object",
  properties: {
    id: { type: "integer" },
    placedAt: { type: "string", format: "date-time" },
    state: { enum: ["open", "closed"] },
    items: { type: "array", items: { type: "object", properties: { price: { type: "number" } }, required: ["price"] } },
    tags: { type: "array", uniqueItems: true },
  },
  required: ["id"],
  additionalProperties: false,
};

function bound(schema: object | string, options?: JsonSchemaOptions, source: SchemaSource = createInMemorySchemas()): Serde<unknown> {
  const serde = jsonSchema(schema, options).bind({ topic: "orders", part: "value", source });
  void serde.prepareToSerialize();
  return serde;
}

function framed(text: string): Buffer {
  return Buffer.concat([Buffer.from("0000000001", "hex"), Buffer.from(text)]);
}

function read(serde: Serde<unknown>, data: Buffer, headers?: SerdeHeader[]): unknown {
  void serde.prepareToDeserialize(data, headers);
  return serde.deserialize(data, headers);
}

const refused = (code: string, path: string, valueType: string): unknown =>
  expect.objectContaining({ code, path, valueType, message: expect.not.stringContaining("secret") });

test("a value is written behind byte 0 and the schema id as compact JSON, and comes back checked", () => {
  const serde = bound(order);
  const value = { id: 7, placedAt: "2026-11-21T18:54:16Z", state: "open", items: [{ price: 2.5 }], tags: ["a", "b"] };
  const data = serde.serialize(value);
  expect(data).toEqual(framed(JSON.stringify(value)));
  expect(read(serde, data)).toEqual(value);
  expect(jsonSchema(order)).toMatchObject({ format: "json-schema", schema: { type: "JSON", text: JSON.stringify(order) } });
});

test("what does not fit is refused in both directions, with the place and the type that stood there", () => {
  const serde = bound(order);
  for (const [value, path, valueType] of [
    [{ id: "secret" }, "id", "string"],
    [{}, "id", "undefined"],
    [{ id: 1, items: [{ price: 1 }, { price: null }] }, "items.1.price", "null"],
    [{ id: 1, items: [{}] }, "items.0.price", "undefined"],
    [{ id: 1, placedAt: "secret" }, "placedAt", "string"],
    [{ id: 1, state: "secret" }, "state", "string"],
    [{ id: 1, secret: 1 }, "", "object"],
    [
      {
        id: 1,
        tags: [
          { a: 1, b: 2 },
          { b: 2, a: 1 },
        ],
      },
      "tags",
      "array",
    ],
    [{ id: 1.5 }, "id", "number"],
    ["secret", "", "string"],
  ] as const) {
    expect(() => serde.serialize(value)).toThrow(refused("SERDE_INVALID_VALUE", path, valueType));
    expect(() => read(serde, framed(JSON.stringify(value)))).toThrow(refused("SERDE_INVALID_DATA", path, valueType));
  }
  expect(() => serde.serialize(undefined)).toThrow(expect.objectContaining({ code: "SERDE_INVALID_VALUE" }));
});

test("what is checked is what stands on the wire: dates, class objects, left out fields, numbers that JSON does not have", () => {
  const serde = bound(order);
  expect(serde.serialize({ id: 1, placedAt: new Date(0), state: undefined })).toEqual(
    framed('{"id":1,"placedAt":"1970-01-01T00:00:00.000Z"}'),
  );
  class Order {
    readonly id = 1;
  }
  expect(serde.serialize(new Order())).toEqual(framed('{"id":1}'));
  expect(() => bound({ type: "object", properties: { at: { type: "object" } } }).serialize({ at: new Date(0) })).toThrow(
    refused("SERDE_INVALID_VALUE", "at", "string"),
  );
  expect(() => bound({ type: "array", items: { type: "number" } }).serialize([1, Number.NaN])).toThrow(
    refused("SERDE_INVALID_VALUE", "1", "null"),
  );
  const sparse: number[] = [];
  sparse.length = 2;
  for (const holes of [sparse, [undefined], [() => 1]]) {
    expect(() => bound({ type: "array", items: { type: "number" } }).serialize(holes)).toThrow(refused("SERDE_INVALID_VALUE", "0", "null"));
  }
  const failing = {
    get id(): number {
      throw new Error("secret");
    },
  };
  expect(() => serde.serialize(failing)).toThrow(expect.objectContaining({ code: "SERDE_INVALID_VALUE" }));
  expect(bound(order).serialize(Object.assign(Object.create(null) as object, { id: 1 }))).toEqual(framed('{"id":1}'));
});

test("whatever another version wrote is checked against this schema; another type of schema is refused", () => {
  const source = createInMemorySchemas();
  const older = bound({ type: "object" }, {}, source);
  const data = older.serialize({ id: 1 });
  const reader = bound(order, {}, source);
  expect(read(reader, data)).toEqual({ id: 1 });
  expect(() => read(reader, older.serialize({ id: "1" }))).toThrow(expect.objectContaining({ code: "SERDE_INVALID_DATA", schemaId: 1 }));
  const foreign = source.idFor("s", { type: "AVRO", text: '"string"' }) as number;
  const framing = Buffer.alloc(6);
  framing.writeInt32BE(foreign, 1);
  expect(() => read(reader, framing)).toThrow(expect.objectContaining({ code: "SERDE_INCOMPATIBLE_SCHEMA", schemaId: foreign }));
});

test("JSON with the id in a schema_id header and the registry framing are both read, whichever is written", () => {
  const source = createInMemorySchemas();
  const bus = bound(order, { framing: "header" }, source);
  const registry = bound(order, {}, source);
  const headers: SerdeHeader[] = [];
  const plain = bus.serialize({ id: 1 }, headers);
  expect(plain.toString()).toBe('{"id":1}');
  expect(headers).toEqual([["schema_id", Buffer.from("1")]]);
  for (const serde of [bus, registry]) {
    expect(read(serde, plain, headers)).toEqual({ id: 1 });
    expect(read(serde, registry.serialize({ id: 2 }))).toEqual({ id: 2 });
    // A bridge that adds the header to framed bytes.
    expect(read(serde, registry.serialize({ id: 3 }), [["schema_id", Buffer.from("77")]])).toEqual({ id: 3 });
    expect(() => read(serde, plain, [["schema_id", Buffer.from("one")]])).toThrow(expect.objectContaining({ code: "SERDE_BAD_MAGIC" }));
    expect(() => read(serde, plain)).toThrow(expect.objectContaining({ code: "SERDE_BAD_MAGIC" }));
  }
});

test("the drafts differ as they should, and others are refused", () => {
  const tuple = { prefixItems: [{ type: "string" }], items: false };
  const modern = bound({ $schema: "https://json-schema.org/draft/2020-12/schema", ...tuple });
  expect(modern.serialize(["a"])).toEqual(framed('["a"]'));
  expect(() => modern.serialize(["a", "b"])).toThrow(expect.objectContaining({ code: "SERDE_INVALID_VALUE" }));
  expect(() => modern.serialize([1])).toThrow(expect.objectContaining({ path: "0" }));
  // Draft 07 has no prefixItems, and `items: false` allows none.
  expect(() => bound(tuple).serialize(["a"])).toThrow(expect.objectContaining({ code: "SERDE_INVALID_VALUE" }));
  const closed = { $schema: "https://json-schema.org/draft/2019-09/schema", properties: { a: {} }, unevaluatedProperties: false };
  expect(() => bound(closed).serialize({ b: 1 })).toThrow(expect.objectContaining({ code: "SERDE_INVALID_VALUE" }));
  const unique = bound({ $schema: "https://json-schema.org/draft/2020-12/schema", uniqueItems: true });
  expect(() => unique.serialize([{ a: 1 }, { a: 1 }])).toThrow(expect.objectContaining({ code: "SERDE_INVALID_VALUE" }));
  for (const $schema of [
    "http://json-schema.org/draft-06/schema#",
    "http://json-schema.org/schema#",
    "http://json-schema.org/draft-07/schema",
  ]) {
    expect(() => bound({ $schema, const: 1 }).serialize(2)).toThrow(expect.objectContaining({ code: "SERDE_INVALID_VALUE" }));
  }
  for (const $schema of ["http://json-schema.org/draft-04/schema#", "https://example.com/own", 4]) {
    expect(() => jsonSchema({ $schema })).toThrow(expect.objectContaining({ code: "SERDE_INVALID_SCHEMA" }));
  }
});

test("references are found under their name, relative to $id, and under their own $id", () => {
  const money = { type: "object", properties: { cents: { $ref: "cents.json" } }, required: ["cents"] };
  const reference = (name: string, schema: object | string) => ({ name, subject: name, version: 1, schema });
  const cents = { type: "integer" };
  for (const root of [{}, { $id: "https://example.com/schemas/order.json" }]) {
    const schema = { ...root, properties: { price: { $ref: "money.json" }, other: { $ref: "https://example.com/own#/definitions/x" } } };
    const references = [
      reference("cents.json", JSON.stringify(cents)),
      reference("money.json", money),
      reference("own", { $id: "https://example.com/own", definitions: { x: { $ref: "https://example.com/text" } } }),
      reference("text", { $id: "https://example.com/text", type: "string" }),
      reference("same text", { $id: "https://example.com/text", type: "string" }),
    ];
    const descriptor = jsonSchema(schema, { references });
    expect(descriptor.schema?.references).toEqual(references.map(({ name, subject, version }) => ({ name, subject, version })));
    const serde = bound(schema, { references });
    expect(serde.serialize({ price: { cents: 1 }, other: "a" })).toHaveLength(5 + 33);
    expect(() => serde.serialize({ price: { cents: "1" } })).toThrow(expect.objectContaining({ path: "price.cents" }));
    expect(() => serde.serialize({ other: 1 })).toThrow(expect.objectContaining({ path: "other" }));
    expect(() => jsonSchema(schema, { references: references.slice(1) })).toThrow(
      expect.objectContaining({ code: "SERDE_INVALID_SCHEMA" }),
    );
  }
});

test("a schema that is none is refused at once; true and false are schemas", () => {
  for (const schema of [
    "",
    "{",
    "7",
    "null",
    "[]",
    '{"type":"nonsense"}',
    '{"$ref":"#/nowhere"}',
    '{"pattern":"("}',
    { minimum: "1" },
    { $async: true },
  ]) {
    expect(() => jsonSchema(schema)).toThrow(expect.objectContaining({ code: "SERDE_INVALID_SCHEMA" }));
  }
  expect(bound("true").serialize(1)).toEqual(framed("1"));
  expect(() => bound("false").serialize(1)).toThrow(expect.objectContaining({ code: "SERDE_INVALID_VALUE" }));
  expect(() => jsonSchema("true").bind({ topic: "t", part: "key" })).toThrow(expect.objectContaining({ code: "SERDE_NO_SCHEMA_SOURCE" }));
});

test("large integers are an error, or bigints that the schema has checked", () => {
  const schema = { type: "object", properties: { id: { type: "integer" } } };
  const data = framed('{"id":9007199254740993}');
  expect(() => read(bound(schema), data)).toThrow(expect.objectContaining({ code: "SERDE_UNSAFE_INTEGER", schemaId: 1 }));
  const exact = bound(schema, { largeIntegers: "bigint" });
  expect(read(exact, data)).toEqual({ id: 9007199254740993n });
  expect(exact.serialize({ id: 9007199254740993n })).toEqual(data);
  expect(() => exact.serialize({ id: "9007199254740993" })).toThrow(expect.objectContaining({ code: "SERDE_INVALID_VALUE" }));
  expect(() => read(exact, framed('{"id":1.5}'))).toThrow(expect.objectContaining({ code: "SERDE_INVALID_DATA" }));
});

test("hostile bytes give a value or a SerdeError in bounded time: cut, spoilt, nested deeply, many unequal items", () => {
  const list = bound({ definitions: { n: { type: "array", items: { $ref: "#/definitions/n" } } }, $ref: "#/definitions/n" });
  const attempt = (serde: Serde<unknown>, data: Buffer): unknown => {
    try {
      return read(serde, data);
    } catch (error) {
      if (!SerdeError.is(error)) throw error;
      return error.code;
    }
  };
  expect(attempt(list, framed("["))).toBe("SERDE_INVALID_DATA");
  expect(attempt(list, framed(`${"[".repeat(100_000)}${"]".repeat(100_000)}`))).toBe("SERDE_TOO_LARGE");
  let deep: unknown[] = [];
  for (let level = 0; level < 100_000; level++) deep = [deep];
  expect(() => list.serialize(deep)).toThrow(expect.objectContaining({ code: "SERDE_INVALID_VALUE" }));
  const endless = bound({ definitions: { a: { anyOf: [{ $ref: "#/definitions/a" }] } }, $ref: "#/definitions/a" });
  expect(attempt(endless, framed("1"))).toBe("SERDE_TOO_LARGE");

  const link = bound({ type: "string", format: "url" });
  for (const [url, isValid] of [
    ["https://example.com/a", true],
    ["ftp://example.com", true],
    ["urn:a", false],
    ["example.com", false],
    [`http://${"::".repeat(500_000)}!`, false],
  ] as const) {
    expect(attempt(link, framed(JSON.stringify(url)))).toBe(isValid ? url : "SERDE_INVALID_DATA");
  }

  const long = framed(JSON.stringify({ ["a".repeat(1_000_000)]: { id: 1 } }));
  expect(() => read(bound({ additionalProperties: { type: "string" } }), long)).toThrow(/^.{100,600}$/);

  const unique = bound({ type: "array", uniqueItems: true });
  const items = Array.from({ length: 50_000 }, (_, id) => ({ id }));
  const startedAt = performance.now();
  expect(read(unique, framed(JSON.stringify(items)))).toHaveLength(50_000);
  expect(attempt(unique, framed(JSON.stringify([...items, { id: 0 }])))).toBe("SERDE_INVALID_DATA");
  expect(performance.now() - startedAt).toBeLessThan(8_000);
  for (const [text, isUnique] of [
    ['["1",1,true,"true",null,"null"]', true],
    ["[1,1.0]", false],
    ["[[1],[1]]", false],
    ['["a","a"]', false],
  ] as const) {
    expect(Array.isArray(attempt(unique, framed(text)))).toBe(isUnique);
  }
  expect(read(bound({ uniqueItems: false }), framed("[1,1]"))).toEqual([1, 1]);

  const serde = bound(order);
  const data = serde.serialize({ id: 1, items: [{ price: 1 }], tags: ["a"] });
  for (let length = 0; length < data.length; length++) attempt(serde, data.subarray(0, length));
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), fc.nat(data.length * 8 - 1), fc.jsonValue(), (body, bit, value) => {
      attempt(serde, Buffer.concat([data.subarray(0, 5), body]));
      attempt(serde, framed(JSON.stringify(value)));
      const flipped = Buffer.from(data);
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      if (bit >= 40) attempt(serde, flipped);
    }),
    { numRuns: 300 },
  );
});
