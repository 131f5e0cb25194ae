import { readFileSync } from "node:fs";
import { MillraceError } from "@millrace/core";
import { expect, test } from "vitest";
import * as testing from "./index.ts";

const cause = new Error("behind it");
const errors = [
  { error: new testing.ConditionNotMetError("a record", 50, "the last value was 0", { cause }), class: testing.ConditionNotMetError },
];
const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");

for (const { error, class: errorClass } of errors) {
  test(`${errorClass.name} keeps its name, code, brand and cause, is JSON-safe and is in the README`, () => {
    expect(error.name).toBe(errorClass.name);
    expect(errorClass.is(error)).toBe(true);
    expect(errorClass.is(new Error("another"))).toBe(false);
    expect(MillraceError.is(error)).toBe(true);
    expect(error.cause).toBe(cause);
    expect(JSON.parse(JSON.stringify(error))).toMatchObject({
      name: errorClass.name,
      code: error.code,
      message: error.message,
      cause: { message: "behind it" },
    });
    expect(readme).toContain(errorClass.name);
    expect(readme).toContain(error.code);
  });
}

test("codes are unique and every exported error class is in the table", () => {
  expect(new Set(errors.map(({ error }) => error.code)).size).toBe(errors.length);
  const exported = Object.values(testing).filter((value) => typeof value === "function" && value.prototype instanceof MillraceError);
  expect(new Set(errors.map((row) => row.class))).toEqual(new Set(exported));
});
