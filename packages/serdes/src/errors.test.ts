import { readFileSync } from "node:fs";
import { MillraceError } from "@millrace/core";
import { expect, test } from "vitest";
import * as serdes from "./index.ts";

const codes: Record<serdes.SerdeErrorCode, true> = {
  SERDE_INVALID_VALUE: true,
  SERDE_NOT_READY: true,
  SERDE_TRUNCATED: true,
  SERDE_TRAILING_BYTES: true,
  SERDE_BAD_MAGIC: true,
  SERDE_INVALID_DATA: true,
  SERDE_TOO_LARGE: true,
  SERDE_UNSAFE_INTEGER: true,
  SERDE_UNKNOWN_SCHEMA: true,
  SERDE_INVALID_SCHEMA: true,
  SERDE_INCOMPATIBLE_SCHEMA: true,
  SERDE_NO_SCHEMA_SOURCE: true,
};
const cause = new Error("behind it");
const errors = [
  {
    class: serdes.SerdeError,
    error: new serdes.SerdeError("SERDE_INVALID_VALUE", "field a is null", { cause, path: "a", valueType: "null", schemaId: 7 }),
  },
];
const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");

for (const row of errors) {
  test(`${row.class.name} keeps its name, code, brand, fields and cause, is JSON-safe and is in the README`, () => {
    expect(row.error.name).toBe(row.class.name);
    expect(row.class.is(row.error)).toBe(true);
    expect(row.class.is(new Error("another"))).toBe(false);
    expect(row.error.cause).toBe(cause);
    expect(row.error.retryable).toBe(false);
    expect(JSON.parse(JSON.stringify(row.error))).toMatchObject({
      name: row.class.name,
      code: "SERDE_INVALID_VALUE",
      message: "field a is null",
      path: "a",
      valueType: "null",
      schemaId: 7,
      cause: { message: "behind it" },
    });
    expect(readme).toContain(`\`${row.class.name}\``);
    for (const code of Object.keys(codes)) expect(readme).toContain(`\`${code}\``);
  });
}

test("every exported error class is in the table", () => {
  const exported = Object.values(serdes).filter((value) => typeof value === "function" && value.prototype instanceof MillraceError);
  expect(exported).toEqual(errors.map((row) => row.class));
});
