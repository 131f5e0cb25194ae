import fc from "fast-check";
import { expect, test } from "vitest";
import { cpuTimeOf } from "../test/cpu-time.ts";
import { checkCompatibility } from "./check-compatibility.ts";
import { InvalidSchemaError } from "./schema-error.ts";
import type { SchemaType } from "./schema-text.ts";

/** A verdict, or the one error there is; anything else is thrown on. */
function verdictOf(type: SchemaType, schema: string, previous: string): boolean | "invalid" {
  try {
    return checkCompatibility({ type, schema, previous: [previous], level: "FULL" }).compatible;
  } catch (error) {
    if (InvalidSchemaError.is(error)) return "invalid";
    throw error;
  }
}

const keywords = [
  "type",
  "properties",
  "required",
  "items",
  "prefixItems",
  "additionalProperties",
  "additionalItems",
  "patternProperties",
  "$ref",
  "$id",
  "$defs",
  "definitions",
  "oneOf",
  "allOf",
  "anyOf",
  "not",
  "enum",
  "const",
  "minimum",
  "maxLength",
  "pattern",
  "dependencies",
  "default",
  "name",
  "fields",
  "symbols",
  "values",
  "size",
  "namespace",
  "aliases",
  "unevaluatedProperties",
  "$anchor",
  "__proto__",
  "constructor",
];
const values = [
  "string",
  "object",
  "array",
  "record",
  "enum",
  "map",
  "null",
  "int",
  "#",
  "#/$defs/a",
  "#/properties/a",
  "a",
  "",
  "(a+)+$",
  0,
  -1,
  1.5,
  true,
  false,
  null,
];
const json = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    { weight: 3, arbitrary: fc.constantFrom(...values) },
    { weight: 2, arbitrary: fc.array(tie("value"), { maxLength: 4 }) },
    { weight: 4, arbitrary: fc.dictionary(fc.constantFrom("a", "b", ...keywords), tie("value"), { maxKeys: 5 }) },
  ),
})).value;

const words = [
  "message",
  "enum",
  "oneof",
  "map",
  "optional",
  "repeated",
  "required",
  "group",
  "option",
  "reserved",
  "extend",
  "extensions",
  "to",
  "max",
  "int32",
  "string",
  "M",
  "N",
  ".M",
  "M.N",
  "1",
  "2",
  "0x3",
  "-",
  "{",
  "}",
  "{",
  "}",
  "[",
  "]",
  "(",
  ")",
  "<",
  ">",
  "=",
  ";",
  ",",
  ";",
  '"a"',
  "/*",
  "*/",
  "//",
];
const proto = fc
  .tuple(fc.constantFrom('syntax = "proto3";', 'syntax = "proto2";', ""), fc.array(fc.constantFrom(...words), { maxLength: 30 }))
  .map(([syntax, body]) => `${syntax} ${body.join(" ")}`);

test("any JSON as an Avro or a JSON schema gets a verdict or the typed error", () => {
  fc.assert(
    fc.property(fc.constantFrom<SchemaType>("AVRO", "JSON"), json, json, (type, one, other) => {
      verdictOf(type, JSON.stringify(one), JSON.stringify(other));
    }),
    { numRuns: 3_000 },
  );
});

test("any text as a schema of any type gets a verdict or the typed error", () => {
  fc.assert(
    fc.property(fc.constantFrom<SchemaType>("AVRO", "JSON", "PROTOBUF"), fc.string({ maxLength: 100 }), proto, (type, one, other) => {
      verdictOf(type, one, other);
      verdictOf(type, other, one);
    }),
    { numRuns: 2_000 },
  );
});

test("a JSON schema that is valid is compatible with itself", () => {
  let valid = 0;
  fc.assert(
    fc.property(json, (schema) => {
      const verdict = verdictOf("JSON", JSON.stringify(schema), JSON.stringify(schema));
      expect(verdict).not.toBe(false);
      if (verdict === true) valid++;
    }),
    { numRuns: 2_000 },
  );
  expect(valid).toBeGreaterThan(100);
});

/** Schemas of about a hundred kilobytes in which everything meets everything. */
const expensive: [title: string, type: SchemaType, (variant: number) => string][] = [
  [
    "unions of many records",
    "AVRO",
    (variant) =>
      JSON.stringify(
        Array.from({ length: 1_500 }, (_, index) => ({
          type: "record",
          name: `R${variant}_${index}`,
          fields: [{ name: `f${variant}`, type: "int" }],
        })),
      ),
  ],
  [
    "many to choose from, each with many",
    "JSON",
    (variant) =>
      JSON.stringify({
        oneOf: Array.from({ length: 50 }, (_, index) => ({
          oneOf: Array.from({ length: 50 }, (_v, part) => ({ const: `${index}_${part}_${variant}` })),
        })),
      }),
  ],
  [
    "many that fit each other but one",
    "JSON",
    (variant) =>
      JSON.stringify({ anyOf: Array.from({ length: 900 }, (_, index) => ({ type: "integer", minimum: index, title: `${variant}` })) }),
  ],
  [
    "a graph in which everything holds everything",
    "JSON",
    (variant) => {
      const names = Array.from({ length: 60 }, (_, index) => `n${index}`);
      const any = { anyOf: names.map((name) => ({ $ref: `#/$defs/${name}` })) };
      const $defs = Object.fromEntries(
        names.map((name, index) => [
          name,
          { type: "object", properties: { [`p${variant}_${index}`]: any, next: any }, additionalProperties: false },
        ]),
      );
      return JSON.stringify({ ...any, $defs });
    },
  ],
  [
    "patterns that never end",
    "JSON",
    (variant) =>
      JSON.stringify({
        patternProperties: { "^(a+)+$": {}, "^((a|a)+)+b": {} },
        properties: Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`${"a".repeat(40 + index)}!${variant}`, {}])),
        additionalProperties: false,
      }),
  ],
  [
    "references through references",
    "JSON",
    (variant) => {
      const $defs = Object.fromEntries(
        Array.from({ length: 2_000 }, (_, index) => [
          index,
          { properties: { a: { $ref: `#/$defs/${index + 1}` }, b: { $ref: `#/$defs/${index + 1}` } }, additionalProperties: false },
        ]),
      );
      return JSON.stringify({ $ref: "#/$defs/0", $defs: { ...$defs, 2000: { const: variant } } });
    },
  ],
  [
    "long names everywhere",
    "JSON",
    (variant) => {
      let schema: unknown = { type: variant === 0 ? "string" : "object" };
      for (let level = 0; level < 20; level++) schema = { type: "object", properties: { ["x".repeat(5_000)]: schema } };
      return JSON.stringify(schema);
    },
  ],
  ["names that grow from level to level", "JSON", (variant) => `${'{"$id":"a/","x":'.repeat(60_000)}${variant}${"}".repeat(60_000)}`],
  [
    "many names under a long one",
    "JSON",
    (variant) =>
      JSON.stringify({
        $id: `http://a/${"b".repeat(1_900)}/`,
        $defs: Array.from({ length: 50_000 }, (_, index) => ({ $id: `${index}`, $anchor: `c${variant}` })),
      }),
  ],
  [
    "many types in a long namespace",
    "AVRO",
    (variant) =>
      JSON.stringify({
        type: "record",
        name: "R",
        namespace: Array.from({ length: 990 - variant }, () => "n").join(""),
        fields: Array.from({ length: 20_000 }, (_, index) => ({
          name: `f${index}`,
          type: { type: "fixed", name: `F${index}`, size: 1 + variant },
        })),
      }),
  ],
  [
    "many aliases for many records of one name",
    "AVRO",
    (variant) =>
      JSON.stringify(
        Array.from({ length: 500 }, (_, index) => ({
          type: "record",
          name: "R",
          namespace: `n${index}`,
          fields: [{ name: `f${variant}`, type: "int", aliases: Array.from({ length: 200 }, (_v, alias) => `a${variant}_${alias}`) }],
        })),
      ),
  ],
  [
    "choices between large objects",
    "JSON",
    (variant) => {
      const properties = Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`p${index}`, true]));
      return JSON.stringify({
        anyOf: Array.from({ length: 250 }, (_, index) => ({ properties: { ...properties, [`q${variant}_${index}`]: { type: "null" } } })),
      });
    },
  ],
  [
    "types looked for in a package of many parts",
    "PROTOBUF",
    (variant) =>
      `syntax = "proto3"; package ${Array.from({ length: 127 }, () => "p").join(".")}; ${Array.from({ length: 10_000 }, (_, index) => `message N${index} {}`).join(" ")}
      message M { ${Array.from({ length: 10_000 }, (_, index) => `N${index} ${variant === 0 ? "f" : "g"}${index} = ${index + 1};`).join(" ")} }`,
  ],
  [
    "many oneofs and reserved numbers",
    "PROTOBUF",
    (variant) =>
      `syntax = "proto3"; message M { reserved ${Array.from({ length: 20_000 }, (_, index) => 500_000 + index).join(", ")}; ${Array.from(
        { length: 15_000 },
        (_, index) => `oneof o${index} { ${variant === 0 ? "int32" : "string"} f${index} = ${index + 1}; }`,
      ).join(" ")} }`,
  ],
  [
    "imported messages that all hold each other",
    "PROTOBUF",
    (variant) =>
      `syntax = "proto3"; ${Array.from(
        { length: 60 },
        (_, index) =>
          `message M${index} { ${Array.from({ length: 60 }, (_v, field) => `${variant === 0 ? `M${field}` : "string"} f${field} = ${field + 1};`).join(" ")} }`,
      ).join("\n")}`,
  ],
];
test.each(expensive)("%s: a verdict or the typed error, with a bounded amount of work", (_title, type, schema) => {
  const spent = cpuTimeOf(() => {
    verdictOf(type, schema(0), schema(1));
    verdictOf(type, schema(0), schema(0));
  });
  expect(spent).toBeLessThan(8_000);
});
