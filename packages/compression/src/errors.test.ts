import { readFileSync } from "node:fs";
import { errorTableProblems } from "@millrace/testing";
import { expect, test } from "vitest";
import * as compression from "./index.ts";

const cause = new Error("behind it");
const codes: Record<compression.CompressionErrorCode, true> = {
  COMPRESSION_CORRUPT: true,
  COMPRESSION_TOO_LARGE: true,
  COMPRESSION_UNSUPPORTED: true,
  COMPRESSION_FAILED: true,
};
const rows = [
  {
    class: compression.CompressionError,
    error: new compression.CompressionError("COMPRESSION_CORRUPT", "lz4", "damaged", { cause }),
    cause,
    codes: Object.keys(codes),
    json: { code: "COMPRESSION_CORRUPT", message: "lz4: damaged", retryable: false, codec: "lz4" },
  },
];

test("every exported error keeps its name, codes, brand, fields and cause, is JSON-safe and is in the README", () => {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  expect(errorTableProblems({ exports: compression, readme, rows })).toEqual([]);
});
