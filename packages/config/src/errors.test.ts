import { readFileSync } from "node:fs";
import { MillraceError } from "@millrace/core";
import { expect, test } from "vitest";
import * as config from "./index.ts";

const problem = { path: "connection.brokers", source: undefined, value: undefined, rule: "is required", advice: "set it" };
const errors = [{ error: new config.ConfigError([problem]), class: config.ConfigError }];
const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");

for (const { error, class: errorClass } of errors) {
  test(`${errorClass.name} keeps its name, code, brand and problems, is JSON-safe and is in the README`, () => {
    expect(error.name).toBe(errorClass.name);
    expect(errorClass.is(error)).toBe(true);
    expect(errorClass.is(new Error("another"))).toBe(false);
    expect(error.retryable).toBe(false);
    expect(JSON.parse(JSON.stringify(error))).toMatchObject({
      name: errorClass.name,
      code: error.code,
      message: "the configuration has 1 problem:\n- connection.brokers: is required; set it",
      problems: [{ path: "connection.brokers", rule: "is required", advice: "set it" }],
    });
    expect(readme).toContain(errorClass.name);
    expect(readme).toContain(error.code);
  });
}

test("every exported error class is in the table", () => {
  const exported = Object.values(config).filter((value) => typeof value === "function" && value.prototype instanceof MillraceError);
  expect(exported).toEqual(errors.map((row) => row.class));
});
