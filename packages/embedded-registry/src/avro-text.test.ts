import { checkCompatibility } from "@millrace/schema-compatibility";
import fc from "fast-check";
import { expect, test } from "vitest";
import { expandedAvro, normalAvro } from "./avro-text.ts";

test("names are whole, attributes in one order, and what holds anyway is left out", () => {
  const text = JSON.stringify({
    doc: "d",
    custom: { z: 1, a: [2] },
    aliases: ["B", "other.A"],
    fields: [
      { order: "ascending", default: { b: 1, a: 2 }, type: { type: "map", values: { type: "long" } }, name: "counts", aliases: ["n"] },
      { name: "kind", type: { symbols: ["X", "Y"], name: "Kind", type: "enum", default: "X" }, order: "ignore" },
      { name: "again", type: ["null", "Kind"], default: null },
      { name: "money", type: { scale: 2, precision: 9, logicalType: "decimal", type: "bytes", extra: true } },
      { name: "hash", type: { type: "fixed", size: 16, name: "other.Hash" } },
      { name: "self", type: { type: "array", items: "A" } },
    ],
    namespace: "shop",
    name: "A",
    type: "record",
  });
  expect(JSON.parse(normalAvro(text))).toEqual({
    name: "shop.A",
    type: "record",
    fields: [
      { name: "counts", type: { type: "map", values: "long" }, aliases: ["n"], default: { a: 2, b: 1 } },
      { name: "kind", type: { name: "shop.Kind", type: "enum", symbols: ["X", "Y"], default: "X" }, order: "ignore" },
      { name: "again", type: ["null", "shop.Kind"], default: null },
      { name: "money", type: { type: "bytes", logicalType: "decimal", precision: 9, scale: 2, extra: true } },
      { name: "hash", type: { name: "other.Hash", type: "fixed", size: 16 } },
      { name: "self", type: { type: "array", items: "shop.A" } },
    ],
    doc: "d",
    aliases: ["other.A", "shop.B"],
    custom: { a: [2], z: 1 },
  });
  expect(normalAvro('{"custom":1,"type":"record","name":"R","fields":[]}')).toBe('{"name":"R","type":"record","fields":[],"custom":1}');
  expect(normalAvro(" int ")).toBe('"int"');
  expect(normalAvro('{"type":"long"}')).toBe('"long"');
  expect(normalAvro('{"type":"record","name":"R","fields":[{"name":"a","type":"long","default":9007199254740993}]}')).toContain(
    "9007199254740993",
  );
});

test("types of references are put in where they are first named, names of any namespace found", () => {
  const inner = '{"type":"record","name":"Inner","namespace":"far","fields":[{"name":"next","type":["null","Inner"]}]}';
  const bare = '{"type":"enum","name":"Bare","symbols":["A"]}';
  const outer =
    '{"type":"record","name":"near.Outer","fields":[{"name":"a","type":"far.Inner"},{"name":"b","type":"far.Inner"},{"name":"c","type":"Bare"}]}';
  expect(JSON.parse(expandedAvro(outer, [inner, bare]))).toEqual({
    name: "near.Outer",
    type: "record",
    fields: [
      { name: "a", type: { name: "far.Inner", type: "record", fields: [{ name: "next", type: ["null", "far.Inner"] }] } },
      { name: "b", type: "far.Inner" },
      { name: "c", type: { name: "Bare", type: "enum", symbols: ["A"] } },
    ],
  });
});

test("types of references stay names, which are those of their own namespace", () => {
  const inner = '{"type":"enum","name":"Inner","namespace":"far","symbols":["A"]}';
  const bare = '{"type":"enum","name":"Bare","symbols":["A"]}';
  const outer = (a: string, b: string): string =>
    JSON.stringify({ type: "record", name: "near.Outer", fields: [a, b].map((type, index) => ({ name: `f${index}`, type })) });
  expect(normalAvro(outer("far.Inner", "Bare"), [inner, bare])).toBe(
    '{"name":"near.Outer","type":"record","fields":[{"name":"f0","type":"far.Inner"},{"name":"f1","type":"Bare"}]}',
  );
});

const name = fc.stringMatching(/^[A-Z][a-z]{1,6}$/);
const { schema } = fc.letrec((tie) => ({
  schema: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom("null", "boolean", "int", "long", "float", "double", "bytes", "string", { type: "string" }),
    fc.record({ type: fc.constant("array"), items: tie("schema") }),
    fc.record({ values: tie("schema"), type: fc.constant("map"), extra: fc.jsonValue() }),
    fc.record({
      fields: fc.uniqueArray(fc.record({ type: tie("schema"), name, doc: fc.string() }), { maxLength: 4, selector: (field) => field.name }),
      namespace: fc.option(fc.constantFrom("a", "a.b"), { nil: undefined }),
      name,
      type: fc.constant("record"),
    }),
  ),
}));

test("the normal form of a valid schema is valid, means the same, and is its own normal form", () => {
  fc.assert(
    fc.property(schema, (generated) => {
      const text = JSON.stringify(generated);
      try {
        checkCompatibility({ type: "AVRO", schema: text, previous: [], level: "NONE" });
      } catch {
        // Two types of one name.
        return;
      }
      const normal = normalAvro(text);
      expect(checkCompatibility({ type: "AVRO", schema: normal, previous: [text], level: "FULL" }).incompatibilities).toEqual([]);
      expect(normalAvro(normal)).toBe(normal);
    }),
    { numRuns: 500 },
  );
});
