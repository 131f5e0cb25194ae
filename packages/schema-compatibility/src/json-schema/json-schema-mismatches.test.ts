import { expect, test } from "vitest";
import { cpuTimeOf } from "../../test/cpu-time.ts";
import { jsonSchemaMismatches } from "./json-schema-mismatches.ts";
import { parseJsonSchema } from "./parse-json-schema.ts";

/** `TYPE path` of everything that lets data satisfy the writer's schema and not the reader's. */
function found(writer: unknown, reader: unknown): string[] {
  const parse = (schema: unknown) => parseJsonSchema({ schema: JSON.stringify(schema) });
  return jsonSchemaMismatches(parse(reader), parse(writer)).map(({ type, path }) => `${type} ${path}`);
}

const string = { type: "string" };
const number = { type: "number" };
const integer = { type: "integer" };
const object = (properties: object, rest: object = {}): object => ({ type: "object", properties, ...rest });
const closed = { additionalProperties: false };
const stringsOnly = { additionalProperties: string };
const foo = { foo: string };
const within = (writer: unknown, reader: unknown): [object, object] => [object({ foo: writer }), object({ foo: reader })];

/** Old schema, new schema, what is wrong. */
const rows: [title: string, old: unknown, now: unknown, expected: string[]][] = [
  ["anything may become less exact", object(foo), {}, []],
  ["anything may become true", number, true, []],
  ["what was false may become anything", false, number, []],
  [
    "titles, descriptions, ids and defaults do not count",
    { ...string, title: "a", $id: "x" },
    { ...string, description: "b", default: "c" },
    [],
  ],
  ["another type", { type: "object" }, { type: "array" }, ["TYPE_CHANGED /"]],
  ["a type where there was none", {}, string, ["TYPE_CHANGED /"]],
  ["nothing where there was a type", string, false, ["TYPE_CHANGED /"]],
  ["null is null, and true or false a boolean", { type: "null" }, { type: "null" }, []],
  ["null is no boolean", { type: "null" }, { type: "boolean" }, ["TYPE_CHANGED /"]],

  ["a longer text", { ...string, maxLength: 2 }, { ...string, maxLength: 3 }, []],
  ["a text of any length", { ...string, maxLength: 2, minLength: 1, pattern: "x" }, string, []],
  ["a shorter text", { ...string, maxLength: 3 }, { ...string, maxLength: 2 }, ["MAX_LENGTH_DECREASED /maxLength"]],
  [
    "new limits of length",
    string,
    { ...string, minLength: 1, maxLength: 2 },
    ["MAX_LENGTH_ADDED /maxLength", "MIN_LENGTH_ADDED /minLength"],
  ],
  ["a text that must be longer", { ...string, minLength: 1 }, { ...string, minLength: 2 }, ["MIN_LENGTH_INCREASED /minLength"]],
  ["a text that may be shorter", { ...string, minLength: 2 }, { ...string, minLength: 1 }, []],
  ["a new pattern", string, { ...string, pattern: "a" }, ["PATTERN_ADDED /pattern"]],
  ["another pattern", { ...string, pattern: "b" }, { ...string, pattern: "a" }, ["PATTERN_CHANGED /pattern"]],

  ["any number where a whole one was", integer, number, []],
  ["a whole number where any was", number, integer, ["TYPE_NARROWED /"]],
  ["wider limits", { ...number, minimum: 1, maximum: 2 }, { ...number, minimum: 0, maximum: 3 }, []],
  ["no limits", { ...number, minimum: 1, maximum: 2, exclusiveMinimum: 0, exclusiveMaximum: 3, multipleOf: 2 }, number, []],
  [
    "narrower limits",
    { ...number, minimum: 0, maximum: 3, exclusiveMinimum: 0, exclusiveMaximum: 3 },
    { ...number, minimum: 1, maximum: 2, exclusiveMinimum: 1, exclusiveMaximum: 2 },
    [
      "MAXIMUM_DECREASED /maximum",
      "MINIMUM_INCREASED /minimum",
      "EXCLUSIVE_MAXIMUM_DECREASED /exclusiveMaximum",
      "EXCLUSIVE_MINIMUM_INCREASED /exclusiveMinimum",
    ],
  ],
  [
    "new limits",
    number,
    { ...number, minimum: 1, maximum: 2, exclusiveMinimum: 1, exclusiveMaximum: 2, multipleOf: 1 },
    [
      "MAXIMUM_ADDED /maximum",
      "MINIMUM_ADDED /minimum",
      "EXCLUSIVE_MAXIMUM_ADDED /exclusiveMaximum",
      "EXCLUSIVE_MINIMUM_ADDED /exclusiveMinimum",
      "MULTIPLE_OF_ADDED /multipleOf",
    ],
  ],
  [
    "draft 4's exclusive limits are flags",
    { ...number, maximum: 5, exclusiveMaximum: false },
    { ...number, maximum: 5, exclusiveMaximum: true },
    ["EXCLUSIVE_MAXIMUM_ADDED /exclusiveMaximum"],
  ],
  ["a part of the multiple", { ...number, multipleOf: 10 }, { ...number, multipleOf: 2 }, []],
  ["a part of a broken multiple", { ...number, multipleOf: 0.3 }, { ...number, multipleOf: 0.1 }, []],
  ["a multiple of the multiple", { ...number, multipleOf: 2 }, { ...number, multipleOf: 10 }, ["MULTIPLE_OF_EXPANDED /multipleOf"]],
  ["another multiple", { ...number, multipleOf: 10 }, { ...number, multipleOf: 11 }, ["MULTIPLE_OF_CHANGED /multipleOf"]],

  ["more values", { enum: ["a"] }, { enum: ["b", "a"] }, []],
  ["fewer values", { enum: ["a", "b"] }, { enum: ["a"] }, ["ENUM_ARRAY_NARROWED /enum"]],
  ["other values", { enum: ["a"] }, { enum: ["b"] }, ["ENUM_ARRAY_CHANGED /enum"]],
  ["values that are objects, in another order", { enum: [{ a: 1, b: [2] }, 1] }, { enum: [1, { b: [2], a: 1 }] }, []],
  ["the number 1 is not the text", { enum: [1] }, { enum: ["1"] }, ["ENUM_ARRAY_CHANGED /enum"]],
  ["another constant", { const: 1 }, { const: 2 }, ["ENUM_ARRAY_CHANGED /const"]],
  ["a type beside an enum that goes", { ...string, enum: ["a"] }, string, []],
  ["a type beside an enum that changes", { ...string, enum: ["a"] }, { ...string, enum: ["b"] }, ["COMBINED_TYPE_SUBSCHEMAS_CHANGED /"]],
  ["an enum beside a type that comes", string, { ...string, enum: ["a"] }, ["TYPE_CHANGED /"]],

  ["less that must not match", { not: number }, { not: integer }, []],
  ["more that must not match", { not: integer }, { not: number }, ["NOT_TYPE_EXTENDED /not"]],

  ["a nested property changes", ...within(string, number), ["TYPE_CHANGED /properties/foo"]],
  ["names are escaped in paths", object({ "a/b~c": string }), object({ "a/b~c": number }), ["TYPE_CHANGED /properties/a~1b~0c"]],
  [
    "an optional property in an open object",
    object(foo),
    object({ ...foo, bar: number }),
    ["OPTIONAL_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL /properties/bar"],
  ],
  ["a property that may be anything in an open object", object(foo), object({ ...foo, bar: {} }), []],
  [
    "a required property in an open object",
    object(foo),
    object({ ...foo, bar: number, baz: { ...number, default: 1 }, any: {} }, { required: ["bar", "baz", "any"] }),
    [
      "REQUIRED_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL /properties/bar",
      "REQUIRED_PROPERTY_WITH_DEFAULT_ADDED_TO_OPEN_CONTENT_MODEL /properties/baz",
      "REQUIRED_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL /properties/any",
    ],
  ],
  ["an optional property in a closed object", object(foo, closed), object({ ...foo, bar: number }, closed), []],
  [
    "a required property in a closed object",
    object(foo, closed),
    object({ ...foo, bar: number, baz: { ...number, default: 1 } }, { ...closed, required: ["bar", "baz"] }),
    ["REQUIRED_PROPERTY_ADDED_TO_UNOPEN_CONTENT_MODEL /properties/bar"],
  ],
  ["a property that others were allowed to be", object(foo, stringsOnly), object({ ...foo, bar: string }, stringsOnly), []],
  [
    "a property that others were not all",
    object(foo, stringsOnly),
    object({ ...foo, bar: number }, stringsOnly),
    ["TYPE_CHANGED /properties/bar", "PROPERTY_ADDED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL /properties/bar"],
  ],
  [
    "a property under a pattern",
    object(foo, { ...closed, patternProperties: { "^I_": integer } }),
    object({ ...foo, I_1: number }, { ...closed, patternProperties: { "^I_": integer } }),
    [],
  ],
  ["a property goes from an open object", object({ ...foo, bar: string }), object(foo), []],
  [
    "a property goes from a closed object",
    object({ ...foo, bar: string }),
    object(foo, closed),
    ["PROPERTY_REMOVED_FROM_CLOSED_CONTENT_MODEL /properties/bar", "ADDITIONAL_PROPERTIES_REMOVED /additionalProperties"],
  ],
  ["a property that nothing fitted goes", object({ ...foo, bar: false }, closed), object(foo, closed), []],
  ["a property goes where others may be the same", object({ ...foo, bar: string }, closed), object(foo, stringsOnly), []],
  [
    "a property goes where others are different",
    object({ ...foo, bar: number }, closed),
    object(foo, stringsOnly),
    ["TYPE_CHANGED /properties/bar", "PROPERTY_REMOVED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL /properties/bar"],
  ],
  ["a property becomes required", object(foo), object(foo, { required: ["foo"] }), ["REQUIRED_ATTRIBUTE_ADDED /required/0"]],
  ["a property with a default becomes required", object(foo), object({ foo: { ...string, default: "" } }, { required: ["foo"] }), []],
  ["a property becomes optional", object(foo, { required: ["foo"] }), object(foo), []],
  ["other properties are no longer allowed", object(foo), object(foo, closed), ["ADDITIONAL_PROPERTIES_REMOVED /additionalProperties"]],
  ["other properties are limited", object(foo), object(foo, stringsOnly), ["ADDITIONAL_PROPERTIES_NARROWED /additionalProperties"]],
  ["other properties are allowed", object(foo, closed), object(foo, stringsOnly), []],
  ["any other properties are allowed", object(foo, stringsOnly), object(foo, { additionalProperties: {} }), []],
  [
    "other properties change",
    object(foo, stringsOnly),
    object(foo, { additionalProperties: number }),
    ["TYPE_CHANGED /additionalProperties"],
  ],
  [
    "what no keyword looks at is no longer allowed",
    object(foo),
    object(foo, { unevaluatedProperties: false }),
    ["UNEVALUATED_PROPERTIES_REMOVED /unevaluatedProperties"],
  ],
  [
    "what no keyword looks at is limited",
    object(foo),
    object(foo, { unevaluatedProperties: string }),
    ["UNEVALUATED_PROPERTIES_NARROWED /unevaluatedProperties"],
  ],
  [
    "limits of the number of properties",
    { minProperties: 1, maxProperties: 3 },
    { minProperties: 2, maxProperties: 2 },
    ["MAX_PROPERTIES_DECREASED /maxProperties", "MIN_PROPERTIES_INCREASED /minProperties"],
  ],
  [
    "new limits of the number of properties",
    object({}),
    object({}, { minProperties: 2, maxProperties: 2 }),
    ["MAX_PROPERTIES_ADDED /maxProperties", "MIN_PROPERTIES_ADDED /minProperties"],
  ],
  ["a property needs others", object(foo), object(foo, { dependencies: { foo: ["a"] } }), ["DEPENDENCY_ARRAY_ADDED /dependencies/foo"]],
  [
    "a property needs more others",
    object(foo, { dependentRequired: { foo: ["a"] } }),
    object(foo, { dependentRequired: { foo: ["a", "b"] } }),
    ["DEPENDENCY_ARRAY_EXTENDED /dependentRequired/foo"],
  ],
  [
    "a property needs fewer others",
    object(foo, { dependencies: { foo: ["a", "b"] } }),
    object(foo, { dependentRequired: { foo: ["b"] } }),
    [],
  ],
  [
    "a property needs different others",
    object(foo, { dependencies: { foo: ["a"] } }),
    object(foo, { dependencies: { foo: ["b"] } }),
    ["DEPENDENCY_ARRAY_CHANGED /dependencies/foo"],
  ],
  [
    "a property needs a schema",
    object(foo),
    object(foo, { dependentSchemas: { foo: number } }),
    ["DEPENDENCY_SCHEMA_ADDED /dependentSchemas/foo"],
  ],
  [
    "a property needs another schema",
    object(foo, { dependencies: { foo: number } }),
    object(foo, { dependencies: { foo: integer } }),
    ["TYPE_NARROWED /dependencies/foo"],
  ],
  ["a property needs no schema", object(foo, { dependencies: { foo: number } }), object(foo), []],

  ["items get a type", { type: "array" }, { items: string }, ["SCHEMA_ADDED /items"]],
  ["items lose their type", { items: string }, { type: "array" }, []],
  ["items change", { items: number }, { items: integer }, ["TYPE_NARROWED /items"]],
  ["listed items go from an open array", { items: [string, number] }, { type: "array" }, []],
  [
    "listed items go from a closed array",
    { items: [string, number, false] },
    { items: [string], additionalItems: false },
    ["ITEM_REMOVED_FROM_CLOSED_CONTENT_MODEL /items/1", "ADDITIONAL_ITEMS_REMOVED /additionalItems"],
  ],
  ["a listed item changes", { items: [string] }, { items: [number] }, ["TYPE_CHANGED /items/0"]],
  ["a listed item in an open array", { items: [string] }, { items: [string, string] }, ["ITEM_ADDED_TO_OPEN_CONTENT_MODEL /items/1"]],
  ["a listed item that may be anything", { items: [string] }, { items: [string, true] }, []],
  ["a listed item in a closed array", { items: [string], additionalItems: false }, { items: [string, string], additionalItems: false }, []],
  [
    "a listed item that others were",
    { items: [string], additionalItems: number },
    { items: [string, number], additionalItems: number },
    [],
  ],
  [
    "a listed item that others were not",
    { items: [string], additionalItems: number },
    { items: [string, integer], additionalItems: number },
    ["TYPE_NARROWED /items/1", "ITEM_ADDED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL /items/1"],
  ],
  [
    "a listed item that others are not",
    { items: [string, number], additionalItems: integer },
    { items: [string], additionalItems: integer },
    ["TYPE_NARROWED /items/1", "ITEM_REMOVED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL /items/1"],
  ],
  [
    "2020-12 has other names for them",
    { prefixItems: [string], items: false },
    { prefixItems: [number], items: false },
    ["TYPE_CHANGED /prefixItems/0"],
  ],
  [
    "2020-12 compares with the older drafts",
    { items: [string], additionalItems: number },
    { prefixItems: [string], items: integer },
    ["TYPE_NARROWED /items"],
  ],
  [
    "other items are limited",
    { items: [string] },
    { items: [string], additionalItems: string },
    ["ADDITIONAL_ITEMS_NARROWED /additionalItems"],
  ],
  [
    "items that no keyword looks at are limited",
    { items: [string] },
    { items: [string], unevaluatedItems: string },
    ["UNEVALUATED_ITEMS_NARROWED /unevaluatedItems"],
  ],
  [
    "items that no keyword looks at are no longer allowed",
    { prefixItems: [string] },
    { prefixItems: [string], unevaluatedItems: false },
    ["UNEVALUATED_ITEMS_REMOVED /unevaluatedItems"],
  ],
  [
    "limits of the number of items",
    { type: "array", minItems: 1, maxItems: 3, contains: string, minContains: 1, maxContains: 3 },
    { type: "array", minItems: 2, maxItems: 2, contains: string, minContains: 2, maxContains: 2 },
    [
      "MAX_ITEMS_DECREASED /maxItems",
      "MIN_ITEMS_INCREASED /minItems",
      "MAX_CONTAINS_DECREASED /maxContains",
      "MIN_CONTAINS_INCREASED /minContains",
    ],
  ],
  [
    "new limits of the number of items",
    { type: "array" },
    { type: "array", minItems: 2, maxItems: 2, minContains: 2, maxContains: 2, uniqueItems: true },
    [
      "MAX_ITEMS_ADDED /maxItems",
      "MIN_ITEMS_ADDED /minItems",
      "UNIQUE_ITEMS_ADDED /uniqueItems",
      "MAX_CONTAINS_ADDED /maxContains",
      "MIN_CONTAINS_ADDED /minContains",
    ],
  ],
  ["items may be there twice", { type: "array", uniqueItems: true }, { type: "array" }, []],

  ["more types", { type: ["object"] }, { type: ["object", "array"] }, []],
  ["a type becomes one of several", ...within(string, { type: ["null", "string"] }), []],
  ["fewer types", { type: ["object", "array"] }, { type: ["object"] }, ["SUM_TYPE_NARROWED /"]],
  ["one type of several stays", { type: ["object", "array"] }, { type: "object" }, ["TYPE_CHANGED /"]],
  ["more to choose from", { oneOf: [string] }, { oneOf: [number, string] }, []],
  ["less to choose from", { anyOf: [string, number] }, { anyOf: [string] }, ["SUM_TYPE_NARROWED /"]],
  ["something else to choose", { oneOf: [string] }, { oneOf: [number] }, ["COMBINED_TYPE_SUBSCHEMAS_CHANGED /"]],
  ["a schema that is written twice counts once", { allOf: [string] }, { allOf: [string, string] }, []],
  ["less to satisfy", { allOf: [{ enum: ["a"] }, string] }, { allOf: [string] }, []],
  ["more to satisfy", { allOf: [string] }, { allOf: [{ enum: ["a"] }, string] }, ["PRODUCT_TYPE_EXTENDED /"]],
  [
    "in another order",
    { allOf: [{ enum: ["a"] }, string, { maxLength: 5 }] },
    { allOf: [{ maxLength: 6 }, { enum: ["a", "b"] }, string] },
    [],
  ],
  [
    "one that fits two and one that fits one",
    { oneOf: [integer, { ...integer, minimum: 5 }] },
    { oneOf: [{ ...integer, minimum: 3 }, number] },
    [],
  ],
  ["two that fit only the same one", { oneOf: [integer, number] }, { oneOf: [number, string] }, ["COMBINED_TYPE_SUBSCHEMAS_CHANGED /"]],
  ["oneOf becomes anyOf", { oneOf: [string] }, { anyOf: [number, string] }, []],
  ["allOf becomes anyOf", { allOf: [string] }, { anyOf: [number, string] }, []],
  ["anyOf with one becomes oneOf", { anyOf: [string] }, { oneOf: [number, string] }, []],
  ["anyOf with two becomes oneOf", { anyOf: [number, string] }, { oneOf: [string] }, ["COMBINED_TYPE_CHANGED /oneOf"]],
  ["oneOf with one becomes allOf with one", { oneOf: [string] }, { allOf: [string] }, []],
  ["anyOf with one becomes allOf with two", { anyOf: [string] }, { allOf: [number, string] }, ["COMBINED_TYPE_CHANGED /allOf"]],
  ["a plain schema becomes one of several", string, { oneOf: [number, string] }, []],
  ["a plain schema becomes none of several", string, { oneOf: [number, integer] }, ["TYPE_CHANGED /"]],
  ["a plain schema becomes allOf with one", string, { allOf: [string] }, []],
  ["a plain schema becomes allOf with two", string, { allOf: [string, { maxLength: 3 }] }, ["TYPE_CHANGED /"]],
  ["allOf with one becomes plain", { allOf: [string] }, string, []],
  ["conditions are not compared", { if: string, else: number }, { if: number }, []],
];

for (const [title, old, now, expected] of rows) {
  test(`${title}: ${expected.length === 0 ? "compatible" : expected.map((line) => line.split(" ")[0]).join(", ")}`, () => {
    expect(found(old, now)).toEqual(expected);
  });
}

test("references are followed, and their names do not count", () => {
  const of = (name: string, schema: object) => ({
    type: "array",
    items: { $ref: `#/definitions/${name}` },
    definitions: { [name]: schema },
  });
  expect(found(of("a", string), of("b", string))).toEqual([]);
  expect(found(of("a", string), of("b", number))).toEqual(["TYPE_CHANGED /items"]);
  expect(found({ type: "array", items: string }, of("b", string))).toEqual([]);
  expect(found(of("a", string), { type: "array", items: { $ref: "#/$defs/x", default: "", maxLength: 1 }, $defs: { x: string } })).toEqual([
    "TYPE_CHANGED /items",
  ]);
});

test("recursive schemas are compared once around, and what differs in them is found", () => {
  const list = (value: object, next: object = {}) => ({
    $ref: "#/$defs/list",
    $defs: { list: object({ value, next: { oneOf: [{ type: "null" }, { $ref: "#/$defs/list" }] }, ...next }, closed) },
  });
  expect(found(list(integer), list(number))).toEqual([]);
  expect(found(list(number), list(integer))).toEqual(["TYPE_NARROWED /properties/value"]);
  expect(found(list(number), list(number, { extra: string }))).toEqual([]);
});

test("a pair that was found to fit while another was thought to fit is compared again", () => {
  const graph = (first: object, leaf: object) => ({
    ...object({ first, second: { $ref: "#/$defs/b" } }, closed),
    $defs: {
      a: object({ b: { $ref: "#/$defs/b" }, leaf }, closed),
      b: object({ a: { $ref: "#/$defs/a" } }, closed),
    },
  });
  const a = { $ref: "#/$defs/a" };
  // The new `first` takes anything after all; the new `second` still needs a whole number in `leaf`.
  expect(found(graph(a, number), graph({ anyOf: [a, true] }, integer))).toEqual([
    "TYPE_NARROWED /properties/second/properties/a/properties/leaf",
  ]);
});

test("a choice between many events, told apart by a constant, is compared in no time", () => {
  const events = (count: number, rest: object): object => ({
    oneOf: Array.from({ length: count }, (_, index) =>
      object(
        {
          type: { ...string, const: `event-${index}` },
          ...Object.fromEntries(Array.from({ length: 10 }, (_v, field) => [`f${field}`, rest])),
        },
        closed,
      ),
    ),
  });
  const codes = (count: number): object => ({
    oneOf: Array.from({ length: count }, (_, index) => ({ const: index, title: `code ${index}` })),
  });
  const spent = cpuTimeOf(() => {
    expect(found(events(500, integer), events(501, number))).toEqual([]);
    expect(found(events(500, number), events(500, integer))).toEqual(["COMBINED_TYPE_SUBSCHEMAS_CHANGED /"]);
    expect(found(codes(1_000), codes(1_001))).toEqual([]);
  });
  expect(spent).toBeLessThan(5_000);
});

test("each reason has a sentence that names what it is about", () => {
  const parse = (schema: unknown) => parseJsonSchema({ schema: JSON.stringify(schema) });
  expect(jsonSchemaMismatches(parse(object({ "{reader}": string })), parse(object({})))).toEqual([
    {
      type: "OPTIONAL_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL",
      path: "/properties/{reader}",
      message:
        'property "\\u007breader}" is only in the {reader}; data of the {writer}, which allows other properties, may hold anything under it',
      detail: '"\\u007breader}"',
    },
  ]);
});
