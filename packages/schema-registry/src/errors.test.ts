import { readFileSync } from "node:fs";
import { errorTableProblems } from "@millrace/testing";
import { expect, test } from "vitest";
import * as schemaRegistry from "./index.ts";

const cause = new Error("behind it");
const retryable: Record<schemaRegistry.RegistryErrorCode, boolean> = {
  REGISTRY_UNREACHABLE: true,
  REGISTRY_TIMEOUT: true,
  REGISTRY_UNAVAILABLE: true,
  REGISTRY_UNAUTHORISED: false,
  REGISTRY_NOT_FOUND: false,
  REGISTRY_INCOMPATIBLE: false,
  REGISTRY_INVALID: false,
  REGISTRY_BAD_RESPONSE: false,
  REGISTRY_NOT_SUPPORTED: false,
  REGISTRY_BUNDLE_INVALID: false,
};
const details = { status: 422, errorCode: 42201 };
const rows = (Object.keys(retryable) as schemaRegistry.RegistryErrorCode[]).map((code) => ({
  class: schemaRegistry.RegistryError,
  error: new schemaRegistry.RegistryError(code, "no schema", { ...details, cause }),
  cause,
  json: { code, message: "no schema", ...details, retryable: retryable[code] },
}));

test("every exported error keeps its name, codes, brand, fields and cause, is JSON-safe and is in the README", () => {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  expect(errorTableProblems({ exports: schemaRegistry, readme, rows })).toEqual([]);
});
