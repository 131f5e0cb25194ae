import { readFileSync } from "node:fs";
import { MillraceError } from "@millrace/core";
import { expect, test } from "vitest";
import * as embeddedKafka from "./index.ts";

const cause = new Error("behind it");
const rows = [
  { class: embeddedKafka.ListenError, error: new embeddedKafka.ListenError("127.0.0.1", 9_092, { cause }), cause },
  { class: embeddedKafka.RefusedRequestError, error: new embeddedKafka.RefusedRequestError("Produce", 2, "too old", { cause }), cause },
];
const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");

for (const row of rows) {
  test(`${row.class.name} keeps its name, code, brand and cause, is JSON-safe and is in the README`, () => {
    const { error } = row;
    expect(error.name).toBe(row.class.name);
    expect(row.class.is(error)).toBe(true);
    expect(row.class.is(new Error("another"))).toBe(false);
    expect(MillraceError.is(error)).toBe(true);
    expect(error.cause).toBe(row.cause);
    expect(JSON.parse(JSON.stringify(error))).toMatchObject({
      name: error.name,
      code: error.code,
      message: error.message,
      retryable: false,
    });
    expect(readme).toContain(`\`${row.class.name}\``);
    expect(readme).toContain(`\`${error.code}\``);
  });
}

test("codes are unique, no class recognises another's errors, and every exported class is in the table", () => {
  expect(new Set(rows.map(({ error }) => error.code)).size).toBe(rows.length);
  for (const row of rows) expect(rows.filter(({ error }) => row.class.is(error))).toEqual([row]);
  const exported = Object.values(embeddedKafka).filter((value) => typeof value === "function" && value.prototype instanceof MillraceError);
  expect(new Set(rows.map((row) => row.class))).toEqual(new Set(exported));
});
