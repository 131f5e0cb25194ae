import { readFileSync } from "node:fs";
import { errorTableProblems } from "@millrace/testing";
import { expect, test } from "vitest";
import * as runtime from "./index.ts";

const cause = new Error("behind it");
const codes: Record<runtime.RuntimeErrorCode, true> = {
  RUNTIME_MISUSED: true,
  RUNTIME_TOPIC_MISSING: true,
  RUNTIME_NOT_HELD: true,
  RUNTIME_HALTED: true,
  RUNTIME_HEAD_OF_LINE: true,
  RUNTIME_UNPAIRED_PARTITION: true,
};
const rows = [
  {
    class: runtime.RejectedRecordError,
    error: new runtime.RejectedRecordError("it went wrong", { cause }),
    cause,
    json: { code: "RECORD_REJECTED", message: "it went wrong", retryable: false },
  },
  {
    class: runtime.RuntimeError,
    error: new runtime.RuntimeError({ code: "RUNTIME_HALTED", message: "it went wrong", cause }),
    cause,
    codes: Object.keys(codes),
    json: { code: "RUNTIME_HALTED", message: "it went wrong", retryable: false },
  },
];

test("every exported error keeps its name, codes, brand, fields and cause, is JSON-safe and is in the README", () => {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  expect(errorTableProblems({ exports: runtime, readme, rows })).toEqual([]);
});
