import { readFileSync } from "node:fs";
import { MillraceError } from "@millrace/core";
import { expect, test } from "vitest";
import * as retry from "./index.ts";

const codes: Record<retry.RetryErrorCode, true> = {
  RETRY_BAD_DEAD_LETTER: true,
  RETRY_BAD_TOPIC_NAME: true,
  RETRY_TRANSFORM_FAILED: true,
  RETRY_SEND_REFUSED: true,
};
const cause = new Error("behind it");
const errors = [{ class: retry.RetryError, error: new retry.RetryError({ code: "RETRY_BAD_TOPIC_NAME", message: "too long", cause }) }];
const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");

for (const row of errors) {
  test(`${row.class.name} keeps its name, code, brand and cause, is JSON-safe and is in the README`, () => {
    expect(row.error.name).toBe(row.class.name);
    expect(row.class.is(row.error)).toBe(true);
    expect(row.class.is(new Error("another"))).toBe(false);
    expect(row.error.cause).toBe(cause);
    expect(row.error.retryable).toBe(false);
    expect(JSON.parse(JSON.stringify(row.error))).toEqual({
      name: row.class.name,
      code: "RETRY_BAD_TOPIC_NAME",
      message: "too long",
      retryable: false,
      cause: { name: "Error", message: "behind it" },
    });
    expect(readme).toContain(`\`${row.class.name}\``);
    for (const code of Object.keys(codes)) expect(readme).toContain(`\`${code}\``);
  });
}

test("every exported error class is in the table", () => {
  const exported = Object.values(retry).filter((value) => typeof value === "function" && value.prototype instanceof MillraceError);
  expect(exported).toEqual(errors.map((row) => row.class));
});
