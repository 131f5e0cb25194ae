import { readFileSync } from "node:fs";
import { MillraceError } from "@millrace/core";
import { expect, test } from "vitest";
import * as protocol from "./index.ts";
import { ProtocolError, type ProtocolErrorCode } from "./index.ts";

const cause = new Error("behind it");
const codes: Record<ProtocolErrorCode, true> = {
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
const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");

for (const code of Object.keys(codes) as ProtocolErrorCode[]) {
  test(`ProtocolError ${code} keeps its name, code, brand and cause, is JSON-safe and is in the README`, () => {
    const error = new ProtocolError(code, "example", { cause });
    expect(error.name).toBe("ProtocolError");
    expect(ProtocolError.is(error)).toBe(true);
    expect(ProtocolError.is(new Error("another"))).toBe(false);
    expect(MillraceError.is(error)).toBe(true);
    expect(error.cause).toBe(cause);
    expect(JSON.parse(JSON.stringify(error))).toMatchObject({ name: "ProtocolError", code, message: "example", retryable: false });
    expect(readme).toContain("`ProtocolError`");
    expect(readme).toContain(`\`${code}\``);
  });
}

test("ProtocolError is the only error class of the package", () => {
  const exported = Object.values(protocol).filter((value) => typeof value === "function" && value.prototype instanceof MillraceError);
  expect(exported).toEqual([ProtocolError]);
});
