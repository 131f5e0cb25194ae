import { expect, test } from "vitest";
import { avroMismatches } from "./avro-mismatches.ts";
import { parseAvroSchema } from "./parse-avro-schema.ts";

/** `TYPE path (detail)` of everything that keeps the reader from reading the writer's data. */
function found(reader: unknown, writer: unknown): string[] {
  return avroMismatches(parseAvroSchema({ schema: JSON.stringify(reader) }), parseAvroSchema({ schema: JSON.stringify(writer) })).map(
    ({ type, path, detail }) => `${type} ${path} (${detail})`,
  );
}

const record = (fields: unknown[], rest: object = {}): object => ({ type: "record", name: "R", fields, ...rest });
const field = (name: string, type: unknown, rest: object = {}): object => ({ name, type, ...rest });
const enumeration = (symbols: string[], rest: object = {}): object => ({ type: "enum", name: "E", symbols, ...rest });
const fixed = (size: number, rest: object = {}): object => ({ type: "fixed", name: "F", size, ...rest });

const primitives = ["null", "boolean", "int", "long", "float", "double", "bytes", "string"];
const promotions = ["int>long", "int>float", "int>double", "long>float", "long>double", "float>double", "string>bytes", "bytes>string"];

for (const writer of primitives) {
  for (const reader of primitives) {
    const isReadable = reader === writer || promotions.includes(`${writer}>${reader}`);
    test(`${writer} ${isReadable ? "can" : "cannot"} be read as ${reader}`, () => {
      expect(found(reader, writer)).toEqual(
        isReadable
          ? []
          : [`TYPE_MISMATCH / (reader type: ${reader.toUpperCase()} not compatible with writer type: ${writer.toUpperCase()})`],
      );
    });
  }
}

const rows: [string, unknown, unknown, string[]][] = [
  [
    "items are compared inside arrays",
    { type: "array", items: "int" },
    { type: "array", items: "string" },
    ["TYPE_MISMATCH /items (reader type: INT not compatible with writer type: STRING)"],
  ],
  ["values are compared inside maps", { type: "map", values: "long" }, { type: "map", values: "int" }, []],
  [
    "a map is no array",
    { type: "map", values: "int" },
    { type: "array", items: "int" },
    ["TYPE_MISMATCH / (reader type: MAP not compatible with writer type: ARRAY)"],
  ],
  [
    "a record is no map",
    record([]),
    { type: "map", values: "int" },
    ["TYPE_MISMATCH / (reader type: RECORD not compatible with writer type: MAP)"],
  ],

  ["a new field with a default", record([field("a", "int"), field("b", "int", { default: 0 })]), record([field("a", "int")]), []],
  ["a default of null counts", record([field("b", ["null", "int"], { default: null })]), record([]), []],
  [
    "a default of false, 0 or empty text counts",
    record([field("a", "boolean", { default: false }), field("b", "int", { default: 0 }), field("c", "string", { default: "" })]),
    record([]),
    [],
  ],
  [
    "a new field without a default",
    record([field("a", "int"), field("b", "int")]),
    record([field("a", "int")]),
    ["READER_FIELD_MISSING_DEFAULT_VALUE /fields/1 (b)"],
  ],
  ["a removed field", record([]), record([field("a", "int")]), []],
  ["fields in another order", record([field("a", "int"), field("b", "string")]), record([field("b", "string"), field("a", "int")]), []],
  [
    "a field of another type",
    record([field("a", "int")]),
    record([field("a", "string")]),
    ["TYPE_MISMATCH /fields/0/type (reader type: INT not compatible with writer type: STRING)"],
  ],
  ["a field found by the reader's alias", record([field("b", "int", { aliases: ["a"] })]), record([field("a", "int")]), []],
  [
    "the writer's aliases do not count",
    record([field("b", "int")]),
    record([field("a", "int", { aliases: ["b"] })]),
    ["READER_FIELD_MISSING_DEFAULT_VALUE /fields/0 (b)"],
  ],
  [
    "every problem is told",
    record([field("a", "int"), field("b", "int")]),
    record([field("a", "string")]),
    [
      "TYPE_MISMATCH /fields/0/type (reader type: INT not compatible with writer type: STRING)",
      "READER_FIELD_MISSING_DEFAULT_VALUE /fields/1 (b)",
    ],
  ],
  [
    "a new enum field is refused even though the enum has a default, as Avro's Java library does",
    record([field("e", enumeration(["A"], { default: "A" }))]),
    record([]),
    ["TYPE_MISMATCH /fields/0/type (reader type: ENUM not compatible with writer type: RECORD)"],
  ],

  ["the same name in another namespace", record([], { namespace: "a" }), record([], { namespace: "b" }), []],
  ["another name", record([]), record([], { name: "S" }), ["NAME_MISMATCH /name (expected: S)"]],
  ["another name with an alias", record([], { aliases: ["x.S"] }), record([], { name: "S", namespace: "x" }), []],
  [
    "an alias counts with its namespace",
    record([], { aliases: ["S"] }),
    record([], { name: "S", namespace: "x" }),
    ["NAME_MISMATCH /name (expected: x.S)"],
  ],
  ["an alias takes the reader's namespace", record([], { namespace: "x", aliases: ["S"] }), record([], { name: "S", namespace: "x" }), []],
  ["another enum name", enumeration(["A"]), enumeration(["A"], { name: "G" }), ["NAME_MISMATCH /name (expected: G)"]],
  ["another fixed name", fixed(2), fixed(2, { name: "G" }), ["NAME_MISMATCH /name (expected: G)"]],

  ["an added enum symbol", enumeration(["A", "B"]), enumeration(["A"]), []],
  ["a removed enum symbol", enumeration(["A"]), enumeration(["A", "B", "C"]), ["MISSING_ENUM_SYMBOLS /symbols ([B, C])"]],
  ["a removed enum symbol with a default", enumeration(["A"], { default: "A" }), enumeration(["A", "B"]), []],
  [
    "the writer's enum default does not count",
    enumeration(["A"]),
    enumeration(["A", "B"], { default: "A" }),
    ["MISSING_ENUM_SYMBOLS /symbols ([B])"],
  ],

  ["fixed of the same size", fixed(4), fixed(4), []],
  ["fixed of another size", fixed(4), fixed(8), ["FIXED_SIZE_MISMATCH /size (expected: 8, found: 4)"]],
  ["fixed is not bytes", "bytes", fixed(4), ["TYPE_MISMATCH / (reader type: BYTES not compatible with writer type: FIXED)"]],

  ["a union reads its branches", ["null", "string"], "string", []],
  ["a union reads what one branch can be promoted from", ["null", "long"], "int", []],
  ["a union without the branch", ["null", "string"], "int", ["MISSING_UNION_BRANCH / (reader union lacking writer type: INT)"]],
  ["a wider union", ["null", "string", "int"], ["string", "null"], []],
  ["a narrower union", ["null", "string"], ["null", "string", "int"], ["MISSING_UNION_BRANCH /2 (reader union lacking writer type: INT)"]],
  ["one type reads a union of which it can read every branch", "double", ["int", "long"], []],
  [
    "one type does not read a nullable one",
    "string",
    ["null", "string"],
    ["TYPE_MISMATCH /0 (reader type: STRING not compatible with writer type: NULL)"],
  ],
  ["making a field nullable", record([field("a", ["null", "int"])]), record([field("a", "int")]), []],
  [
    "a union of records is matched by the records' names",
    [record([field("a", "int")]), "null"],
    [record([field("a", "string")])],
    ["MISSING_UNION_BRANCH /0 (reader union lacking writer type: RECORD)"],
  ],

  [
    "logical types do not count",
    { type: "bytes", logicalType: "decimal", precision: 4, scale: 2 },
    { type: "bytes", logicalType: "decimal", precision: 4, scale: 1 },
    [],
  ],
  [
    "documentation and order do not count",
    record([field("a", "int", { doc: "x", order: "ignore" })], { doc: "y" }),
    record([field("a", "int")]),
    [],
  ],
];

for (const [title, reader, writer, expected] of rows) {
  test(`${title}: ${expected.length === 0 ? "compatible" : expected.map((line) => line.split(" ")[0]).join(", ")}`, () => {
    expect(found(reader, writer)).toEqual(expected);
  });
}

test("recursive schemas are compared once around", () => {
  const list = (value: string, rest: object[] = []): object => record([field("value", value), field("next", ["null", "R"]), ...rest]);
  expect(found(list("long"), list("int"))).toEqual([]);
  expect(found(list("int"), list("long"))).toEqual([
    "TYPE_MISMATCH /fields/0/type (reader type: INT not compatible with writer type: LONG)",
  ]);
  expect(found(list("int", [field("extra", "int")]), list("int"))).toEqual(["READER_FIELD_MISSING_DEFAULT_VALUE /fields/2 (extra)"]);
});

test("schemas that refer to their types many times over are compared in no time", () => {
  // Every level uses the one below twice: 2^40 comparisons without a memory.
  const doubling = (leaf: string): object => {
    let type: unknown = record([field("x", leaf)], { name: "L0" });
    for (let level = 1; level <= 40; level++) type = record([field("a", type), field("b", `L${level - 1}`)], { name: `L${level}` });
    return type as object;
  };
  expect(found(doubling("long"), doubling("int"))).toEqual([]);
  expect(found(doubling("int"), doubling("string")).length).toBeGreaterThan(0);
});
