import { readFileSync } from "node:fs";
import { MillraceError } from "@millrace/core";
import { expect, test } from "vitest";
import * as schemaRegistry from "./index.ts";

const retryable: Record<schemaRegistry.RegistryErrorCode, boolean> = {
  REGISTRY_UNREACHABLE: true,
  REGISTRY_TIMEOUT: true,
  REGISTRY_UNAVAILABLE: true,
  REGISTRY_UNAUTHORISED: false,
  REGISTRY_NOT_FOUND: false,
  REGISTRY_INCOMPATIBLE: false,
  REGISTRY_INVALID: false,
  REGISTRY_BAD_RESPONSE: false,
};
const cause = new Error("behind it");
const errors = [
  {
    class: schemaRegistry.RegistryError,
    error: new schemaRegistry.RegistryError("REGISTRY_INVALID", "no schema", { cause, status: 422, errorCode: 42201 }),
  },
];
const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");

for (const row of errors) {
  test(`${row.class.name} keeps its name, code, brand, fields and cause, is JSON-safe and is in the README`, () => {
    expect(row.error.name).toBe(row.class.name);
    expect(row.class.is(row.error)).toBe(true);
    expect(row.class.is(new Error("another"))).toBe(false);
    expect(row.error.cause).toBe(cause);
    expect(JSON.parse(JSON.stringify(row.error))).toMatchObject({
      name: row.class.name,
      code: "REGISTRY_INVALID",
      message: "no schema",
      status: 422,
      errorCode: 42201,
      cause: { message: "behind it" },
    });
    expect(readme).toContain(`\`${row.class.name}\``);
  });
}

test("each code says whether it is worth a retry, and is in the README", () => {
  for (const [code, isRetryable] of Object.entries(retryable)) {
    expect(new schemaRegistry.RegistryError(code as schemaRegistry.RegistryErrorCode, "x").retryable).toBe(isRetryable);
    expect(readme).toContain(`\`${code}\``);
  }
});

test("every exported error class is in the table", () => {
  const exported = Object.values(schemaRegistry).filter((value) => typeof value === "function" && value.prototype instanceof MillraceError);
  expect(exported).toEqual(errors.map((row) => row.class));
});
