import { expect, test } from "vitest";
import type { ReferencedSchema } from "../schema-text.ts";
import { resolved } from "./json-schema-node.ts";
import { parseJsonSchema } from "./parse-json-schema.ts";

const parse = (schema: unknown, references: readonly ReferencedSchema[] = []) =>
  resolved(parseJsonSchema({ schema: JSON.stringify(schema), references }));

/** The kind of schema that a reference leads to. */
const kindBehind = (reference: string, schema: object, references: readonly ReferencedSchema[] = []) =>
  parse({ ...schema, allOf: [{ $ref: reference }] }, references);

const isString = { kind: "combined", branches: [{ schema: { kind: "reference", target: { kind: "string" } } }] };

const places: [string, object, ReferencedSchema[]?][] = [
  ["#/definitions/a", { definitions: { a: { type: "string" } } }],
  ["#/$defs/a%20b~1c~0d", { $defs: { "a b/c~d": { type: "string" } } }],
  ["#/$defs/list/1", { $defs: { list: [{}, { type: "string" }] } }],
  ["#named", { $defs: { x: { $anchor: "named", type: "string" } } }],
  ["#named", { $defs: { x: { $dynamicAnchor: "named", type: "string" } } }],
  ["#named", { definitions: { x: { $id: "#named", type: "string" } } }],
  ["#/$defs/a", { $id: "http://example.com/root.json", $defs: { a: { type: "string" } } }],
  ["http://example.com/root.json#/$defs/a", { $id: "http://example.com/root.json", $defs: { a: { type: "string" } } }],
  ["item.json", { $id: "http://example.com/root.json", $defs: { a: { $id: "item.json", type: "string" } } }],
  ["item.json#x", { $id: "http://example.com/root.json", $defs: { a: { $id: "item.json", b: { $anchor: "x", type: "string" } } } }],
  ["address.json", {}, [{ name: "address.json", schema: '{"type":"string"}' }]],
  ["./address.json#", {}, [{ name: "address.json", schema: '{"type":"string"}' }]],
  ["address.json#/$defs/street", {}, [{ name: "address.json", schema: '{"$defs":{"street":{"type":"string"}}}' }]],
  ["address.json", { $id: "http://example.com/root.json" }, [{ name: "address.json", schema: '{"type":"string"}' }]],
  ["address.json", { $id: "http://example.com/root.json" }, [{ name: "http://example.com/address.json", schema: '{"type":"string"}' }]],
  ["http://other.com/a", {}, [{ name: "any name", schema: '{"$id":"http://other.com/a","type":"string"}' }]],
  [
    "one.json",
    {},
    [
      { name: "two.json", schema: '{"definitions":{"x":{"type":"string"}}}' },
      { name: "one.json", schema: '{"$ref":"two.json#/definitions/x"}' },
    ],
  ],
];
for (const [reference, schema, references] of places) {
  test(`the reference ${reference} is found in ${JSON.stringify(schema)}${references === undefined ? "" : " or what it refers to"}`, () => {
    const found = kindBehind(reference, schema, references);
    expect(found).toMatchObject(isString);
  });
}

test("a reference in a reference is relative to where it stands", () => {
  const references = [{ name: "http://example.com/a/one.json", schema: '{"$ref":"#/$defs/x","$defs":{"x":{"type":"string"}}}' }];
  expect(kindBehind("http://example.com/a/one.json", { $defs: { x: { type: "number" } } }, references)).toMatchObject(isString);
});

test("the whole schema, and one that refers to itself, are graphs with cycles", () => {
  const node = parse({ properties: { next: { $ref: "#" }, other: { $recursiveRef: "#" } } });
  if (node.kind !== "object") throw new Error(node.kind);
  expect(resolved(node.properties.get("next")!)).toBe(node);
  expect(resolved(node.properties.get("other")!)).toBe(node);
});

test("keywords of several kinds beside each other must all be satisfied", () => {
  expect(parse({ type: "object", enum: [{}], oneOf: [{}], not: {}, if: {} })).toMatchObject({
    kind: "combined",
    criterion: "allOf",
    branches: [
      { schema: { kind: "enum" } },
      { schema: { kind: "combined" } },
      { schema: { kind: "not" } },
      { schema: { kind: "object" } },
      {},
    ],
  });
  expect(parse({ minimum: 1, minLength: 1 })).toMatchObject({ kind: "combined", criterion: "allOf", branches: [{}, {}] });
  expect(parse({ description: "nothing said" })).toMatchObject({ kind: "any" });
});

const invalid: [title: string, schema: unknown, path: string][] = [
  ["a text", "string", "/"],
  ["null", null, "/"],
  ["a list", [], "/"],
  ["a number in place of a schema", { properties: { a: 5 } }, "/properties/a"],
  ["an unknown type", { type: "text" }, "/type"],
  ["a type that is no name", { items: { type: { type: "string" } } }, "/items/type"],
  ["no types", { type: [] }, "/type"],
  ["properties that are a list", { properties: [] }, "/properties"],
  ["required that is true", { properties: { a: { required: true } } }, "/properties/a/required"],
  ["required that is no list of names", { required: [1] }, "/required"],
  ["a length that is a text", { minLength: "1" }, "/minLength"],
  ["a length below 0", { maxLength: -1 }, "/maxLength"],
  ["a broken number of items", { type: "array", maxItems: 1.5 }, "/maxItems"],
  ["a limit that is a text", { type: "number", minimum: "1" }, "/minimum"],
  ["a pattern that is no text", { pattern: 1 }, "/pattern"],
  ["uniqueItems that is a number", { uniqueItems: 1 }, "/uniqueItems"],
  ["an enum that is no list", { enum: "a" }, "/enum"],
  ["nothing to choose from", { oneOf: [] }, "/oneOf"],
  ["dependencies that are numbers", { dependencies: { a: [1] } }, "/dependencies"],
  ["dependentRequired with a schema", { dependentRequired: { a: {} } }, "/dependentRequired"],
  ["dependentSchemas with a list", { dependentSchemas: { a: [] } }, "/dependentSchemas"],
  ["a reference that is no text", { $ref: 1 }, "/$ref"],
  ["an unknown type behind a reference", { $ref: "#/$defs/a", $defs: { a: { type: "text" } } }, "/$defs/a/type"],
  ["a reference to nothing", { items: { $ref: "#/definitions/a" } }, "/items/$ref"],
  ["a reference to a step that everything inherits", { $ref: "#/constructor" }, "/$ref"],
  ["a reference to another document", { $ref: "http://example.com/a" }, "/$ref"],
  ["a reference to an unknown anchor", { $ref: "#a" }, "/$ref"],
  [
    "references that lead back to themselves",
    { $ref: "#/$defs/a", $defs: { a: { $ref: "#/$defs/b" }, b: { $ref: "#/$defs/a" } } },
    "/$ref",
  ],
];
test.each(invalid)("%s is refused with its place", (_title, schema, path) => {
  expect(() => parse(schema)).toThrow(expect.objectContaining({ code: "INVALID_SCHEMA", path }));
});

test("a text that is not JSON is refused, and in a reference with the reference's name", () => {
  expect(() => parseJsonSchema({ schema: "{" })).toThrow(
    expect.objectContaining({ code: "INVALID_SCHEMA", path: "/", reference: undefined }),
  );
  expect(() => parse({}, [{ name: "a.json", schema: "{" }])).toThrow(
    expect.objectContaining({ code: "INVALID_SCHEMA", reference: "a.json" }),
  );
  const wrong = [{ name: "a.json", schema: '{"items":{"type":"text"}}' }];
  expect(() => parse({ $ref: "a.json" }, wrong)).toThrow(
    expect.objectContaining({ code: "INVALID_SCHEMA", path: "/items/type", reference: "a.json" }),
  );
});

test("schemas made to exhaust the stack are refused", () => {
  const deep = (open: string, inner: string, close: string) => open.repeat(100_000) + inner + close.repeat(100_000);
  for (const text of [deep('{"items":', "{}", "}"), `{"enum":[${deep("[", "1", "]")}]}`, `{"oneOf":[${deep('{"not":', "{}", "}")}]}`]) {
    expect(() => parseJsonSchema({ schema: text })).toThrow(expect.objectContaining({ code: "INVALID_SCHEMA" }));
  }
  const chain = Object.fromEntries(Array.from({ length: 20_000 }, (_, index) => [index, { $ref: `#/$defs/${index + 1}` }]));
  expect(parse({ $ref: "#/$defs/0", $defs: { ...chain, 20000: { type: "null" } } })).toMatchObject({ kind: "null" });
});
