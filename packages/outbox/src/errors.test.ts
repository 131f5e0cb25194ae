import { readFileSync } from "node:fs";
import { errorTableProblems } from "@millrace/testing";
import { expect, test } from "vitest";
import * as outbox from "./index.ts";

const cause = new Error("behind it");
const codes: Record<outbox.OutboxErrorCode, true> = { OUTBOX_FULL: true, OUTBOX_TRANSACTION_OVER: true };
const rows = [
  {
    class: outbox.OutboxError,
    error: new outbox.OutboxError({ code: "OUTBOX_FULL", message: "full", retryable: true, cause }),
    cause,
    codes: Object.keys(codes),
    json: { code: "OUTBOX_FULL", message: "full", retryable: true },
  },
];

test("every exported error keeps its name, codes, brand, fields and cause, is JSON-safe and is in the README", () => {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  expect(errorTableProblems({ exports: outbox, readme, rows })).toEqual([]);
});
