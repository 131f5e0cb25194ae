import { readFileSync } from "node:fs";
import { errorTableProblems } from "@millrace/testing";
import { expect, test } from "vitest";
import * as compatibility from "./index.ts";

const cause = new Error("behind it");
const rows = [
  {
    class: compatibility.InvalidSchemaError,
    error: new compatibility.InvalidSchemaError({
      type: "AVRO",
      problem: 'a record needs "fields"',
      path: "/fields/0/type",
      reference: "Address",
      cause,
    }),
    cause,
    json: {
      code: "INVALID_SCHEMA",
      message: 'not a valid Avro schema: a record needs "fields" (at /fields/0/type of the referenced "Address")',
      retryable: false,
      path: "/fields/0/type",
      reference: "Address",
      type: "AVRO",
      problem: 'a record needs "fields"',
    },
  },
];

test("every exported error keeps its name, codes, brand, fields and cause, is JSON-safe and is in the README", () => {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  expect(errorTableProblems({ exports: compatibility, readme, rows })).toEqual([]);
});
