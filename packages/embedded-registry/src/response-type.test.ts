import { expect, test } from "vitest";
import { responseType } from "./response-type.ts";

test.each([
  [undefined, "application/vnd.schemaregistry.v1+json"],
  ["*/*", "application/vnd.schemaregistry.v1+json"],
  ["application/json", "application/json"],
  ["text/html, application/*;q=0.5", "application/vnd.schemaregistry.v1+json"],
  [
    "application/vnd.schemaregistry.v1+json, application/vnd.schemaregistry+json, application/json",
    "application/vnd.schemaregistry.v1+json",
  ],
  ["application/vnd.schemaregistry.v1+json;q=0.1, application/json; q=0.9", "application/json"],
  ["*/*, application/vnd.schemaregistry.v1+json;q=0", "application/vnd.schemaregistry+json"],
  ["APPLICATION/JSON;charset=utf-8", "application/json"],
  ["text/html", undefined],
  ["application/json;q=0", undefined],
  [",;,q=", undefined],
])("Accept %s is answered in %s", (accept, type) => {
  expect(responseType(accept)).toBe(type);
});
