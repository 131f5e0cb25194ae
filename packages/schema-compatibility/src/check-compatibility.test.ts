import { expect, test } from "vitest";
import { type CompatibilityLevel, checkCompatibility, compatibilityLevels } from "./check-compatibility.ts";

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
