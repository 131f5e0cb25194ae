import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import * as core from "./index.ts";

const cause = new Error("behind it");
const rows = [
  { class: core.AbortedError, error: new core.AbortedError("wait", { cause }), cause },
  { class: core.ClosedError, error: new core.ClosedError("producer"), cause: undefined },
  { class: core.InvalidOptionsError, error: new core.InvalidOptionsError("retry policy", ["one", "two"]), cause: undefined },
  { class: core.MillraceError, error: new core.MillraceError({ code: "EXAMPLE", message: "example", cause }), cause },
  { class: core.TimedOutError, error: new core.TimedOutError("wait", 5, { cause }), cause },
];
const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");

for (const row of rows) {
  test(`${row.class.name} keeps its name, code, brand and cause, is JSON-safe and is in the README`, () => {
    const { error } = row;
    expect(error.name).toBe(row.class.name);
    expect(row.class.is(error)).toBe(true);
    expect(row.class.is(new Error("another"))).toBe(false);
    expect(core.MillraceError.is(error)).toBe(true);
    expect(error.cause).toBe(row.cause);
    expect(JSON.parse(JSON.stringify(error))).toMatchObject({
      name: error.name,
      code: error.code,
      message: error.message,
      retryable: error.retryable,
    });
    expect(readme).toContain(`\`${row.class.name}\``);
    if (row.class !== core.MillraceError) expect(readme).toContain(`\`${error.code}\``);
  });
}

test("codes are unique, no class recognises another's errors, and every exported class is in the table", () => {
  expect(new Set(rows.map(({ error }) => error.code)).size).toBe(rows.length);
  for (const row of rows) {
    if (row.class === core.MillraceError) continue;
    expect(rows.filter(({ error }) => row.class.is(error))).toEqual([row]);
  }
  const exported = Object.values(core).filter(
    (value) => typeof value === "function" && (value === core.MillraceError || value.prototype instanceof core.MillraceError),
  );
  expect(new Set(rows.map((row) => row.class))).toEqual(new Set(exported));
});

test("invalid options name every problem", () => {
  expect(new core.InvalidOptionsError("retry policy", ["one", "two"])).toMatchObject({
    message: "retry policy: one; two",
    problems: ["one", "two"],
  });
});
