import { readFileSync } from "node:fs";
import { errorTableProblems } from "@millrace/testing";
import { expect, test } from "vitest";
import * as agentRuntime from "./agent-runtime/index.ts";
import * as config from "./index.ts";

const problem = { path: "connection.brokers", source: undefined, value: undefined, rule: "is required", advice: "set it" };
const rows = [
  {
    class: config.ConfigError,
    error: new config.ConfigError([problem]),
    json: {
      code: "CONFIG_INVALID",
      message: "the configuration has 1 problem:\n- connection.brokers: is required; set it",
      retryable: false,
      problems: [{ path: "connection.brokers", rule: "is required", advice: "set it" }],
    },
  },
  {
    class: agentRuntime.ConfigValidationError,
    error: new agentRuntime.ConfigValidationError(["one", "two"]),
    json: {
      code: "CONFIG_VALIDATION_FAILED",
      message: "Configuration validation failed: one; two",
      retryable: false,
      errors: ["one", "two"],
    },
  },
];

test("every exported error keeps its name, codes, brand, fields and cause, is JSON-safe and is in the README", () => {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  expect(errorTableProblems({ exports: { ...config, ...agentRuntime }, readme, rows })).toEqual([]);
});
