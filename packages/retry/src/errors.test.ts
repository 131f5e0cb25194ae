import { readFileSync } from "node:fs";
import { errorTableProblems } from "@millrace/testing";
import { expect, test } from "vitest";
import * as retry from "./index.ts";

const cause = new Error("behind it");
const codes: Record<retry.RetryErrorCode, true> = {
  RETRY_BAD_DEAD_LETTER: true,
  RETRY_BAD_TOPIC_NAME: true,
  RETRY_TRANSFORM_FAILED: true,
  RETRY_SEND_REFUSED: true,
  RETRY_JOB_TAKEN_OVER: true,
  RETRY_CIRCUIT_OPEN: true,
};
const rows = [
  {
    class: retry.RetryError,
    error: new retry.RetryError({ code: "RETRY_BAD_TOPIC_NAME", message: "too long", cause }),
    cause,
    codes: Object.keys(codes),
    json: { code: "RETRY_BAD_TOPIC_NAME", message: "too long", retryable: false },
  },
];

test("every exported error keeps its name, codes, brand, fields and cause, is JSON-safe and is in the README", () => {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  expect(errorTableProblems({ exports: retry, readme, rows })).toEqual([]);
});
