import { readFileSync } from "node:fs";
import { errorTableProblems } from "@millrace/testing";
import { expect, test } from "vitest";
import * as serdes from "./index.ts";

const cause = new Error("behind it");
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
  SERDE_NO_HEADERS: true,
  SERDE_UNKNOWN_FORMAT: true,
};
const details = { path: "a", valueType: "null", schemaId: 7 };
const rows = [
  {
    class: serdes.SerdeError,
    error: new serdes.SerdeError("SERDE_INVALID_VALUE", "field a is null", { ...details, cause }),
    cause,
    codes: Object.keys(codes),
    json: { code: "SERDE_INVALID_VALUE", message: "field a is null", ...details, retryable: false },
  },
];

test("every exported error keeps its name, codes, brand, fields and cause, is JSON-safe and is in the README", () => {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  expect(errorTableProblems({ exports: serdes, readme, rows })).toEqual([]);
});
