import { readFileSync } from "node:fs";
import { errorTableProblems } from "@millrace/testing";
import { expect, test } from "vitest";
import * as embeddedRegistry from "./index.ts";

const cause = new Error("behind it");
const rows = [
  {
    class: embeddedRegistry.EmbeddedRegistryError,
    error: new embeddedRegistry.EmbeddedRegistryError("the port is taken", { cause }),
    cause,
    json: { code: "EMBEDDED_REGISTRY_NOT_LISTENING", message: "the port is taken", retryable: false },
  },
];

test("every exported error keeps its name, codes, brand, fields and cause, is JSON-safe and is in the README", () => {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  expect(errorTableProblems({ exports: embeddedRegistry, readme, rows })).toEqual([]);
});
