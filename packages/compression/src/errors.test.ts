import { readFileSync } from "node:fs";
import { MillraceError } from "@millrace/core";
import { expect, test } from "vitest";
import * as compression from "./index.ts";

const cause = new Error("behind it");
const codes = ["COMPRESSION_CORRUPT", "COMPRESSION_TOO_LARGE", "COMPRESSION_UNSUPPORTED", "COMPRESSION_FAILED"] as const;
const errors = [
  { error: new compression.CompressionError("COMPRESSION_CORRUPT", "lz4", "damaged", { cause }), class: compression.CompressionError },
];
const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");

for (const { error, class: errorClass } of errors) {
  test(`${errorClass.name} keeps its name, code, brand, cause and codec, is JSON-safe and is in the README`, () => {
    expect(error.name).toBe(errorClass.name);
    expect(errorClass.is(error)).toBe(true);
    expect(errorClass.is(new Error("another"))).toBe(false);
    expect(error.cause).toBe(cause);
    expect(error.retryable).toBe(false);
    expect(JSON.parse(JSON.stringify(error))).toMatchObject({
      name: errorClass.name,
      code: "COMPRESSION_CORRUPT",
      message: "lz4: damaged",
      codec: "lz4",
      cause: { message: "behind it" },
    });
    for (const text of [errorClass.name, ...codes]) expect(readme).toContain(text);
  });
}

test("every exported error class is in the table", () => {
  const exported = Object.values(compression).filter((value) => typeof value === "function" && value.prototype instanceof MillraceError);
  expect(exported).toEqual(errors.map((row) => row.class));
});
