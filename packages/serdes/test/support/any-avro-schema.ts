import fc from "fast-check";

const leaf = fc.constantFrom<unknown>(
  "null",
  "boolean",
  "int",
  "long",
  "float",
  "double",
  "string",
  "bytes",
  { type: "long", logicalType: "timestamp-millis" },
  { type: "long", logicalType: "timestamp-micros" },
  { type: "long", logicalType: "local-timestamp-millis" },
  { type: "int", logicalType: "date" },
  { type: "bytes", logicalType: "decimal", precision: 400, scale: 20 },
);

/** Avro schemas with all types nested in each other, most of them valid: a union may hold what it must not. */
export function anyAvroSchema(): fc.Arbitrary<object | string> {
  let names = 0;
  const { part } = fc.letrec<{ part: unknown }>((tie) => ({
    part: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      leaf,
      fc.record({ type: fc.constant("array"), items: tie("part") }, { noNullPrototype: true }),
      fc.record({ type: fc.constant("map"), values: tie("part") }, { noNullPrototype: true }),
      fc.uniqueArray(fc.oneof(leaf, tie("part")), { minLength: 1, maxLength: 4, selector: (branch) => JSON.stringify(branch) }),
      fc.array(tie("part"), { maxLength: 4 }).map((types) => ({
        type: "record",
        name: `Record${names++}`,
        fields: types.map((type, index) => ({ name: `f${index}`, type })),
      })),
      fc.integer({ min: 1, max: 5 }).map((size) => ({ type: "fixed", name: `Fixed${names++}`, size })),
      fc.constantFrom(["A"], ["A", "B"]).map((symbols) => ({ type: "enum", name: `Enum${names++}`, symbols })),
    ),
  }));
  return part as fc.Arbitrary<object | string>;
}
