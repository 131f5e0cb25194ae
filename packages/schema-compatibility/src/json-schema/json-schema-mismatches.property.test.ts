import { Ajv2020 } from "ajv/dist/2020.js";
import fc from "fast-check";
import { expect, test } from "vitest";
import { jsonSchemaMismatches } from "./json-schema-mismatches.ts";
import type { JsonSchemaNode } from "./json-schema-node.ts";
import { parseJsonSchema } from "./parse-json-schema.ts";

const names = fc.constantFrom("a", "b", "c");
const limit = fc.constantFrom(undefined, undefined, 0, 1, 2, 3, 5);
const optional = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(arbitrary, { nil: undefined });

/** Schemas of everything that is compared, except `oneOf`: there a branch that takes more may make two of them fit, which the registry's rules leave out. */
const { schema } = fc.letrec<{ schema: unknown }>((tie) => ({
  schema: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.constantFrom<unknown>(
      true,
      false,
      {},
      { type: "null" },
      { type: "boolean" },
      { type: ["string", "null"] },
      { type: ["integer", "string"] },
    ),
    fc.constantFrom<unknown>({ const: "a" }, { enum: ["a", 1] }, { type: "string", enum: ["a"] }, { type: "string", enum: ["a", "ab"] }),
    fc.record({ type: fc.constant("string"), minLength: limit, maxLength: limit, pattern: optional(fc.constantFrom("a", "^b")) }),
    fc.record({
      type: fc.constantFrom("number", "integer"),
      minimum: limit,
      maximum: limit,
      exclusiveMinimum: limit,
      exclusiveMaximum: limit,
      multipleOf: optional(fc.constantFrom(1, 2, 3, 4, 0.5)),
    }),
    fc
      .record({
        type: fc.constant("object"),
        properties: fc.dictionary(names, tie("schema"), { maxKeys: 3, noNullPrototype: true }),
        required: fc.uniqueArray(names, { maxLength: 2 }),
        additionalProperties: optional(fc.oneof(fc.boolean(), tie("schema"))),
        dependentRequired: optional(fc.dictionary(names, fc.uniqueArray(names, { maxLength: 2 }), { maxKeys: 1, noNullPrototype: true })),
        minProperties: limit,
        maxProperties: limit,
      })
      // Names that are required but not described are not compared.
      .map(({ required, ...rest }) => ({ ...rest, required: required.filter((name) => Object.hasOwn(rest.properties, name)) })),
    fc.record({
      type: fc.constant("array"),
      items: optional(tie("schema")),
      minItems: limit,
      maxItems: limit,
      uniqueItems: optional(fc.boolean()),
    }),
    fc.record({
      type: fc.constant("array"),
      prefixItems: fc.array(tie("schema"), { minLength: 1, maxLength: 2 }),
      items: optional(tie("schema")),
    }),
    fc.record({ anyOf: fc.array(tie("schema"), { minLength: 1, maxLength: 3 }) }),
    fc.record({ allOf: fc.array(tie("schema"), { minLength: 1, maxLength: 2 }) }),
    fc.record({ not: tie("schema") }),
  ),
}));

/** Makes another schema of one: `next` says at each place what to change, and mostly nothing. */
function changed(json: unknown, next: () => number, other: unknown): unknown {
  if (Array.isArray(json)) return json.map((item) => changed(item, next, other));
  const change = next();
  if (change === 1 && typeof json === "object") return other;
  if (typeof json === "number") return change === 2 ? json + 1 : change === 3 ? Math.max(0, json - 1) : json;
  if (json === "integer" && change < 5) return "number";
  if (typeof json !== "object" || json === null) return json;
  const entries = Object.entries(json).flatMap(([name, value]) => {
    if (name === "required") return [[name, change === 4 ? [] : value]];
    if (value === undefined || (change === 5 && typeof value === "number")) return [];
    return [
      [
        name,
        name === "enum" || name === "const" || name === "pattern" || name === "dependentRequired" ? value : changed(value, next, other),
      ],
    ];
  });
  return Object.fromEntries(entries) as object;
}

const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 2 },
    { weight: 3, arbitrary: fc.constantFrom<unknown>(null, true, 0, 1, 2, 3, 4, 6, 1.5, -1, "", "a", "ab", "ba", "abcd", "zz") },
    { weight: 1, arbitrary: fc.array(tie("value"), { maxLength: 3 }) },
    { weight: 2, arbitrary: fc.dictionary(fc.constantFrom("a", "b", "c", "d"), tie("value"), { maxKeys: 3, noNullPrototype: true }) },
  ),
}));

/** undefined where a change made something that is no schema. */
function parse(json: unknown): JsonSchemaNode | undefined {
  try {
    return parseJsonSchema({ schema: JSON.stringify(json) });
  } catch {
    return undefined;
  }
}

function validatorOf(json: unknown): (data: unknown) => boolean {
  const written = JSON.parse(JSON.stringify(json)) as object;
  return new Ajv2020({ strict: false, validateSchema: false }).compile(written);
}

test("what satisfies a schema satisfies every schema that is compatible with it, says a validator", () => {
  const seen = { compatible: 0, incompatible: 0, values: 0 };
  fc.assert(
    fc.property(
      schema,
      schema,
      fc.infiniteStream(fc.nat(24)),
      fc.array(value, { minLength: 30, maxLength: 30 }),
      (old, other, stream, values) => {
        const now = changed(old, () => stream.next().value as number, other);
        const [before, after] = [parse(old), parse(now)];
        if (before === undefined || after === undefined || JSON.stringify(old) === JSON.stringify(now)) return;
        const isCompatible = jsonSchemaMismatches(after, before).length === 0;
        seen[isCompatible ? "compatible" : "incompatible"]++;
        if (!isCompatible) return;
        const satisfiesNow = validatorOf(now);
        for (const data of values.filter(validatorOf(old))) {
          seen.values++;
          if (!satisfiesNow(data)) expect({ old, now, data }).toBe("satisfied by the new schema, too");
        }
      },
    ),
    { numRuns: 1_500 },
  );
  expect(seen.compatible).toBeGreaterThan(50);
  expect(seen.incompatible).toBeGreaterThan(50);
  expect(seen.values).toBeGreaterThan(100);
});
