import { readFileSync } from "node:fs";
import { MillraceError } from "@millrace/core";
import { expect, test } from "vitest";
import * as embeddedRegistry from "./index.ts";

const cause = new Error("behind it");
const errors = [
  { class: embeddedRegistry.EmbeddedRegistryError, error: new embeddedRegistry.EmbeddedRegistryError("the port is taken", { cause }) },
];
const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");

for (const row of errors) {
  test(`${row.class.name} keeps its name, code, brand and cause, is JSON-safe and is in the README`, () => {
    expect(row.error.name).toBe(row.class.name);
    expect(row.class.is(row.error)).toBe(true);
    expect(row.class.is(new Error("another"))).toBe(false);
    expect(row.error.cause).toBe(cause);
    expect(row.error.retryable).toBe(false);
    expect(JSON.parse(JSON.stringify(row.error))).toMatchObject({
      name: row.class.name,
      code: "EMBEDDED_REGISTRY_NOT_LISTENING",
      message: "the port is taken",
      cause: { message: "behind it" },
    });
    for (const word of [row.class.name, row.error.code]) expect(readme).toContain(`\`${word}\``);
  });
}

test("every exported error class is in the table", () => {
  const exported = Object.values(embeddedRegistry).filter(
    (value) => typeof value === "function" && value.prototype instanceof MillraceError,
  );
  expect(exported).toEqual(errors.map((row) => row.class));
});
