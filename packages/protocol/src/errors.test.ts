import { readFileSync } from "node:fs";
import { errorTableProblems } from "@millrace/testing";
import { expect, test } from "vitest";
import * as protocol from "./index.ts";

const cause = new Error("behind it");
const codes: Record<protocol.ProtocolErrorCode, true> = {
  TRUNCATED: true,
  MALFORMED: true,
  UNSAFE_INTEGER: true,
  UNKNOWN_MESSAGE: true,
  UNSUPPORTED_VERSION: true,
  INVALID_VALUE: true,
  UNSUPPORTED_FIELD: true,
  UNSUPPORTED_MAGIC: true,
  CORRUPT_BATCH: true,
  COMPRESSION: true,
};
const rows = (Object.keys(codes) as protocol.ProtocolErrorCode[]).map((code) => ({
  class: protocol.ProtocolError,
  error: new protocol.ProtocolError(code, "example", { cause }),
  cause,
  json: { code, message: "example", retryable: false },
}));

test("every exported error keeps its name, codes, brand, fields and cause, is JSON-safe and is in the README", () => {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  expect(errorTableProblems({ exports: protocol, readme, rows })).toEqual([]);
});
