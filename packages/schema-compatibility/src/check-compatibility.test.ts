import { expect, test } from "vitest";
import { type CompatibilityCheck, checkCompatibility } from "./check-compatibility.ts";
import { type CompatibilityLevel, compatibilityLevels } from "./compatibility-level.ts";

const record = (...fields: object[]): string => JSON.stringify({ type: "record", name: "Order", fields });
const a = { name: "a", type: "int" };
const b = { name: "b", type: "int" };
const bWithDefault = { ...b, default: 0 };

function verdicts(schema: string, previous: string[]): Record<string, boolean> {
  return Object.fromEntries(
    compatibilityLevels.map((level) => [level, checkCompatibility({ type: "AVRO", schema, previous, level }).compatible]),
  );
}

const only = (...levels: CompatibilityLevel[]): Record<string, boolean> =>
  Object.fromEntries(compatibilityLevels.map((level) => [level, level === "NONE" || levels.includes(level)]));

test("[001-13] backward: an added field needs a default; forward: a removed one needs it; full: both", () => {
  expect(verdicts(record(a, b), [record(a)])).toEqual(only("FORWARD", "FORWARD_TRANSITIVE"));
  expect(verdicts(record(a), [record(a, b)])).toEqual(only("BACKWARD", "BACKWARD_TRANSITIVE"));
  expect(verdicts(record(a, bWithDefault), [record(a)])).toEqual(only(...compatibilityLevels));
  expect(verdicts(record(a), [record(a, bWithDefault)])).toEqual(only(...compatibilityLevels));
  expect(verdicts(JSON.stringify("string"), [record(a)])).toEqual(only());
});

test("only the transitive levels look beyond the last schema", () => {
  // The first had no b, the second gave it a default, the third takes the default away.
  const history = [record(a), record(a, bWithDefault)];
  expect(verdicts(record(a, b), history)).toEqual(only("BACKWARD", "FORWARD", "FORWARD_TRANSITIVE", "FULL"));
  const { incompatibilities } = checkCompatibility({ type: "AVRO", schema: record(a, b), previous: history, level: "FULL_TRANSITIVE" });
  expect(incompatibilities).toEqual([
    {
      type: "READER_FIELD_MISSING_DEFAULT_VALUE",
      path: "/fields/1",
      message: "field b is in the new schema without a default, and missing in the old schema",
      detail: "b",
      direction: "backward",
      previousIndex: 0,
    },
  ]);
});

test("the newest schema that refuses comes first, and each reason says who reads whom", () => {
  const { incompatibilities } = checkCompatibility({
    type: "AVRO",
    schema: JSON.stringify("string"),
    previous: [JSON.stringify("int"), JSON.stringify("long")],
    level: "FULL_TRANSITIVE",
  });
  expect(incompatibilities.map(({ previousIndex, direction, message }) => [previousIndex, direction, message])).toEqual([
    [1, "backward", "the new schema has string, which cannot read the old schema's long"],
    [1, "forward", "the old schema has long, which cannot read the new schema's string"],
    [0, "backward", "the new schema has string, which cannot read the old schema's int"],
    [0, "forward", "the old schema has int, which cannot read the new schema's string"],
  ]);
});

test("a first schema is compatible at every level, but must be a schema", () => {
  expect(verdicts(record(a), [])).toEqual(only(...compatibilityLevels));
  for (const level of compatibilityLevels) {
    expect(() => checkCompatibility({ type: "AVRO", schema: "{", previous: [], level })).toThrow(
      expect.objectContaining({ code: "INVALID_SCHEMA" }),
    );
  }
});

test("two long cycles of types that multiply into a deep recursion are refused, not followed", () => {
  const cycle = (length: number): string => {
    let type: unknown = { type: "record", name: "N0", fields: [{ name: "next", type: ["null", "Top"] }] };
    for (let index = 1; index < length; index++)
      type = { type: "record", name: `N${index % 2}x${index}`, fields: [{ name: "next", type }] };
    return JSON.stringify({ type: "record", name: "Top", fields: [{ name: "next", type }] });
  };
  let result: unknown;
  try {
    result = checkCompatibility({ type: "AVRO", schema: cycle(97), previous: [cycle(89)], level: "FULL" }).compatible;
  } catch (error) {
    result = (error as { code: string }).code;
  }
  expect([false, "INVALID_SCHEMA"]).toContain(result);
});

test("an Avro schema may use the types of its references, and they are compared too", () => {
  const address = (...fields: object[]) => JSON.stringify({ type: "record", name: "Address", namespace: "shop", fields });
  const order = record({ name: "to", type: "shop.Address" }, { name: "from", type: { type: "array", items: "shop.Address" } });
  const check = (now: string, before: string) =>
    checkCompatibility({
      type: "AVRO",
      schema: order,
      references: [{ name: "address", schema: now }],
      previous: [{ schema: order, references: [{ name: "address", schema: before }] }],
      level: "BACKWARD",
    }).incompatibilities.map(({ type, path }) => `${type} ${path}`);
  expect(check(address(a, bWithDefault), address(a))).toEqual([]);
  expect(check(address(a, b), address(a))).toContain("READER_FIELD_MISSING_DEFAULT_VALUE /fields/0/type/fields/1");
  const broken = { name: "address", schema: '{"type":"record","name":"Address"}' };
  expect(() => checkCompatibility({ type: "AVRO", schema: order, references: [broken], previous: [], level: "NONE" })).toThrow(
    expect.objectContaining({ code: "INVALID_SCHEMA", path: "/", reference: "address" }),
  );
});

test("a schema of another type may not follow, except under NONE", () => {
  const previous = [{ type: "JSON" as const, schema: "{}" }];
  const check = (level: CompatibilityLevel) => checkCompatibility({ type: "AVRO", schema: record(a), previous, level });
  expect(check("NONE").compatible).toBe(true);
  expect(check("BACKWARD").incompatibilities).toEqual([
    {
      type: "SCHEMA_TYPE_CHANGED",
      path: "/",
      message: "the schema is of type AVRO, the previous one of type JSON",
      detail: "JSON to AVRO",
      direction: "backward",
      previousIndex: 0,
    },
  ]);
});

test("a type or a level that does not exist is a mistake in the program", () => {
  const check = { type: "avro", schema: record(a), previous: [], level: "backward" } as unknown as CompatibilityCheck;
  expect(() => checkCompatibility(check)).toThrow(
    expect.objectContaining({
      code: "INVALID_OPTIONS",
      problems: [expect.stringContaining("AVRO, JSON, PROTOBUF, not avro"), expect.anything()],
    }),
  );
});

test("JSON and Protobuf schemas are checked at every level, in both directions", () => {
  const open = (...names: string[]): string =>
    JSON.stringify({ type: "object", properties: Object.fromEntries(names.map((name) => [name, { type: "string" }])) });
  const of = (type: "JSON" | "PROTOBUF", schema: string, previous: string[]): Record<string, boolean> =>
    Object.fromEntries(compatibilityLevels.map((level) => [level, checkCompatibility({ type, schema, previous, level }).compatible]));
  // In open objects a property may go but not come, so the other way round it may come.
  expect(of("JSON", open("a"), [open("a", "b")])).toEqual(only("BACKWARD", "BACKWARD_TRANSITIVE"));
  expect(of("JSON", open("a", "b"), [open("a")])).toEqual(only("FORWARD", "FORWARD_TRANSITIVE"));
  expect(of("JSON", open("a"), [open("a", "b"), open("a")])).toEqual(only("BACKWARD", "BACKWARD_TRANSITIVE", "FORWARD", "FULL"));
  const message = (type: string, name = "M"): string => `syntax = "proto3"; message ${name} { ${type} a = 1; }`;
  expect(of("PROTOBUF", message("int32"), [message("int64")])).toEqual(only(...compatibilityLevels));
  expect(of("PROTOBUF", message("int32"), [message("string"), message("int64")])).toEqual(only("BACKWARD", "FORWARD", "FULL"));
  expect(of("PROTOBUF", `${message("int32")} message N {}`, [message("int32")])).toEqual(only("BACKWARD", "BACKWARD_TRANSITIVE"));
  const { incompatibilities } = checkCompatibility({
    type: "PROTOBUF",
    schema: message("int32"),
    previous: [message("string")],
    level: "FULL",
  });
  expect(incompatibilities.map(({ direction, message: text }) => [direction, text])).toEqual([
    ["backward", "field a is int32 in the new schema and string in the old schema"],
    ["forward", "field a is string in the old schema and int32 in the new schema"],
  ]);
});

test("an earlier schema that is not valid is told apart from the new one", () => {
  const check = (previous: string[]) => checkCompatibility({ type: "AVRO", schema: record(a), previous, level: "BACKWARD_TRANSITIVE" });
  expect(() => check([record(a), '{"type":"x"}', record(a)])).toThrow(
    expect.objectContaining({
      code: "INVALID_SCHEMA",
      previousIndex: 1,
      message: 'not a valid Avro schema: the type "x" is not defined before it is used (at / of the previous schema 1)',
    }),
  );
});

test("a schema that is larger than any registry takes is refused, whatever part of it is large", () => {
  const large = `{"type":"string","doc":"${"x".repeat(1_500_000)}"}`;
  const check = (references: string[]) =>
    checkCompatibility({
      type: "AVRO",
      schema: large,
      references: references.map((schema, index) => ({ name: `${index}`, schema })),
      previous: [],
      level: "NONE",
    });
  expect(check([]).compatible).toBe(true);
  expect(() => check([large])).toThrow(
    expect.objectContaining({ code: "INVALID_SCHEMA", message: expect.stringContaining("2097152 characters") as string }),
  );
});
