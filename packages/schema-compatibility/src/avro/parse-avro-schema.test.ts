import { expect, test } from "vitest";
import { cpuTimeOf } from "../../test/cpu-time.ts";
import { InvalidSchemaError } from "../schema-error.ts";
import type { RecordSchema } from "./avro-schema.ts";
import { parseAvroSchema } from "./parse-avro-schema.ts";

const parse = (schema: unknown): unknown => parseAvroSchema({ schema: JSON.stringify(schema) });

test("names are resolved with the namespace they stand in", () => {
  const schema = parse({
    type: "record",
    name: "a.b.Outer",
    fields: [
      { name: "one", type: { type: "enum", name: "Inner", symbols: ["X"] } },
      { name: "two", type: "Inner" },
      { name: "three", type: "a.b.Inner" },
      { name: "four", type: { type: "fixed", name: "Other", namespace: "c", size: 1, aliases: ["Old", "d.Older"] } },
      { name: "self", type: ["null", "Outer"] },
      { name: "global", type: { type: "record", name: "Free", namespace: "", fields: [] } },
    ],
  }) as RecordSchema;
  const [one, two, three, four, self, global] = schema.fields.map(({ schema: type }) => type);
  expect(schema.fullName).toBe("a.b.Outer");
  expect(one).toMatchObject({ fullName: "a.b.Inner" });
  expect(two).toBe(one);
  expect(three).toBe(one);
  expect(four).toMatchObject({ fullName: "c.Other", aliases: new Set(["c.Old", "d.Older"]) });
  expect(self).toMatchObject({ kind: "union", branches: [{ kind: "null" }, schema] });
  expect(global).toMatchObject({ fullName: "Free" });
});

test("a primitive may stand as text, as JSON text, or as an object", () => {
  for (const text of ["string", '"string"', '{"type":"string"}']) {
    expect(parseAvroSchema({ schema: text })).toEqual({ kind: "string" });
  }
  expect(parse({ type: "error", name: "E", fields: [] })).toMatchObject({ kind: "record" });
});

const valid: [unknown, unknown][] = [
  ["null", null],
  ["boolean", false],
  ["int", -(2 ** 31)],
  ["long", 2 ** 40],
  ["double", 1.5],
  ["float", "NaN"],
  ["string", ""],
  ["bytes", "\u00ff"],
  [{ type: "fixed", name: "F", size: 1 }, "\u0001"],
  [{ type: "enum", name: "E", symbols: ["A"] }, "A"],
  [{ type: "array", items: "int" }, []],
  [{ type: "array", items: "int" }, [1, 2]],
  [{ type: "map", values: "int" }, { a: 1 }],
  [
    {
      type: "record",
      name: "I",
      fields: [
        { name: "x", type: "int" },
        { name: "y", type: "int", default: 1 },
      ],
    },
    { x: 1 },
  ],
  [["null", "int"], null],
  [["null", "int"], 5],
];
test.each(valid)("a field of type %j may have the default %j", (type, value) => {
  expect(parse({ type: "record", name: "R", fields: [{ name: "a", type, default: value }] })).toMatchObject({
    fields: [{ hasDefault: true }],
  });
});

const invalid: [string, unknown, string][] = [
  ["no JSON", undefined, "/"],
  ["null", null, "/"],
  ["a number", 7, "/"],
  ["an object without type", {}, "/"],
  ["an object as the type of an object", { type: { type: "string" } }, "/"],
  ["an unknown order", { type: "record", name: "R", fields: [{ name: "a", type: "int", order: "up" }] }, "/fields/0/order"],
  ["an unknown name", "Missing", "/"],
  ["an unknown type", { type: "nonsense" }, "/"],
  ["a record without a name", { type: "record", fields: [] }, "/"],
  ["a record without fields", { type: "record", name: "R" }, "/"],
  ["an invalid name", { type: "record", name: "1R", fields: [] }, "/"],
  ["a primitive's name", { type: "record", name: "string", fields: [] }, "/"],
  ["an invalid namespace", { type: "record", name: "R", namespace: "a-b", fields: [] }, "/"],
  ["aliases that are no list", { type: "record", name: "R", aliases: "S", fields: [] }, "/aliases"],
  ["a field that is no object", { type: "record", name: "R", fields: ["a"] }, "/fields/0"],
  ["a field without a type", { type: "record", name: "R", fields: [{ name: "a" }] }, "/fields/0"],
  ["a field with an invalid name", { type: "record", name: "R", fields: [{ name: "a b", type: "int" }] }, "/fields/0"],
  [
    "the same field twice",
    {
      type: "record",
      name: "R",
      fields: [
        { name: "a", type: "int" },
        { name: "a", type: "int" },
      ],
    },
    "/",
  ],
  [
    "the same name twice",
    [
      { type: "fixed", name: "F", size: 1 },
      { type: "enum", name: "F", symbols: ["A"] },
    ],
    "/1",
  ],
  ["an array without items", { type: "array" }, "/"],
  ["a map without values", { type: "map" }, "/"],
  ["an enum without symbols", { type: "enum", name: "E" }, "/"],
  ["an enum with an invalid symbol", { type: "enum", name: "E", symbols: ["a-b"] }, "/"],
  ["the same enum symbol twice", { type: "enum", name: "E", symbols: ["A", "A"] }, "/symbols"],
  ["an enum default that is no symbol", { type: "enum", name: "E", symbols: ["A"], default: "B" }, "/default"],
  ["a fixed without a size", { type: "fixed", name: "F" }, "/"],
  ["a fixed of negative size", { type: "fixed", name: "F", size: -1 }, "/"],
  ["a union in a union", ["null", ["int"]], "/"],
  ["the same branch twice", ["int", "int"], "/"],
  [
    "two arrays in a union",
    [
      { type: "array", items: "int" },
      { type: "array", items: "long" },
    ],
    "/",
  ],
  ["a default of another type", { type: "record", name: "R", fields: [{ name: "a", type: "int", default: "1" }] }, "/fields/0/default"],
  ["a default out of range", { type: "record", name: "R", fields: [{ name: "a", type: "int", default: 2 ** 31 }] }, "/fields/0/default"],
  ["a default with a fraction", { type: "record", name: "R", fields: [{ name: "a", type: "long", default: 1.5 }] }, "/fields/0/default"],
  [
    "a default of no branch",
    { type: "record", name: "R", fields: [{ name: "a", type: ["null", "int"], default: "x" }] },
    "/fields/0/default",
  ],
];
test.each(invalid)("%s is refused with its place", (_title, schema, path) => {
  const text = schema === undefined ? "{" : JSON.stringify(schema);
  expect(() => parseAvroSchema({ schema: text })).toThrow(expect.objectContaining({ code: "INVALID_SCHEMA", path }));
});

test("schemas made to exhaust the stack or the clock are refused", () => {
  const nested = `${'{"type":"array","items":'.repeat(100_000)}"int"${"}".repeat(100_000)}`;
  expect(() => parseAvroSchema({ schema: nested })).toThrow(expect.objectContaining({ code: "INVALID_SCHEMA" }));
  // Each level of this default can be tried as A or as B, and fits neither.
  let value: unknown = { next: "neither" };
  for (let level = 0; level < 60; level++) value = { next: value };
  const doubling = {
    type: "record",
    name: "Top",
    fields: [
      {
        name: "first",
        type: [
          "null",
          {
            type: "record",
            name: "A",
            fields: [
              { name: "next", type: ["null", "A", { type: "record", name: "B", fields: [{ name: "next", type: ["null", "A", "B"] }] }] },
            ],
          },
        ],
      },
      { name: "second", type: ["null", "A", "B"], default: value },
    ],
  };
  const spent = cpuTimeOf(() => expect(() => parse(doubling)).toThrow(InvalidSchemaError));
  expect(spent).toBeLessThan(2_000);
  const deepDefault = `{"type":"record","name":"R","fields":[{"name":"a","type":["null","R"],"default":${'{"a":'.repeat(50_000)}1${"}".repeat(50_000)}}]}`;
  expect(() => parseAvroSchema({ schema: deepDefault })).toThrow(expect.objectContaining({ code: "INVALID_SCHEMA" }));
});
