import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { errorTableProblems } from "./error-table.ts";
import * as testing from "./index.ts";

const cause = new Error("behind it");
const rows = [
  {
    class: testing.ConditionNotMetError,
    error: new testing.ConditionNotMetError("a record", 50, "the last value was 0", { cause }),
    cause,
    json: {
      code: "CONDITION_NOT_MET",
      message: "a record did not come about within 50 ms: the last value was 0",
      retryable: false,
      what: "a record",
      waitedMs: 50,
    },
  },
];

test("every exported error keeps its name, codes, brand, fields and cause, is JSON-safe and is in the README", () => {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  expect(errorTableProblems({ exports: testing, readme, rows })).toEqual([]);
});
