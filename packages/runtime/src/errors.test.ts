import { readFileSync } from "node:fs";
import { MillraceError } from "@millrace/core";
import { expect, test } from "vitest";
import * as runtime from "./index.ts";

const codes: Record<runtime.RuntimeErrorCode, true> = { RUNTIME_MISUSED: true, RUNTIME_TOPIC_MISSING: true, RUNTIME_HALTED: true };
const cause = new Error("behind it");
const errors = [
  {
    class: runtime.RejectedRecordError,
    error: new runtime.RejectedRecordError("it went wrong", { cause }),
    codes: ["RECORD_REJECTED"],
  },
  {
    class: runtime.RuntimeError,
    error: new runtime.RuntimeError({ code: "RUNTIME_HALTED", message: "it went wrong", cause }),
    codes: Object.keys(codes),
  },
];
const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");

for (const row of errors) {
  test(`${row.class.name} keeps its name, code, brand and cause, is JSON-safe and is in the README`, () => {
    expect(row.error.name).toBe(row.class.name);
    expect(row.class.is(row.error)).toBe(true);
    expect(row.class.is(new Error("another"))).toBe(false);
    expect(row.error.cause).toBe(cause);
    expect(row.error.retryable).toBe(false);
    expect(row.codes).toContain(row.error.code);
    expect(JSON.parse(JSON.stringify(row.error))).toEqual({
      name: row.class.name,
      code: row.error.code,
      message: "it went wrong",
      retryable: false,
      cause: { name: "Error", message: "behind it" },
    });
    expect(readme).toContain(`\`${row.class.name}\``);
    for (const code of row.codes) expect(readme).toContain(`\`${code}\``);
  });
}

test("every exported error class is in the table, and no code is there twice", () => {
  const exported = Object.values(runtime).filter((value) => typeof value === "function" && value.prototype instanceof MillraceError);
  expect(new Set(exported)).toEqual(new Set(errors.map((row) => row.class)));
  const all = errors.flatMap((row) => row.codes);
  expect(new Set(all).size).toBe(all.length);
});
