import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { z } from "zod";
import { configJsonSchema } from "./config-json-schema.ts";
import { defineSection } from "./config-section.ts";
import { connection } from "./connection.ts";
import { loadConfig } from "./load-config.ts";

const folder = mkdtempSync(join(tmpdir(), "millrace-config-schema-"));
afterAll(() => rmSync(folder, { recursive: true }));

const sender = defineSection({
  name: "sender",
  schema: z.strictObject({
    lingerMs: z.number().meta({ description: "how long to wait" }),
    inner: z.strictObject({ name: z.string(), items: z.array(z.strictObject({ id: z.string() })) }),
  }),
  properties: { "linger.ms": "lingerMs", acks: "inner.name" },
});

test("the schema of a file knows every setting, requires none, and allows Kafka's names where they are understood", () => {
  expect(configJsonSchema([sender])).toEqual({
    $schema: "https://json-schema.org/draft/2020-12/schema",
    type: "object",
    additionalProperties: false,
    properties: {
      $schema: { type: "string" },
      sender: {
        type: "object",
        additionalProperties: false,
        properties: {
          lingerMs: { type: "number", description: "how long to wait" },
          inner: {
            type: "object",
            additionalProperties: false,
            properties: {
              name: { type: "string" },
              // An item of a list comes from one place, so it must be whole.
              items: {
                type: "array",
                items: { type: "object", additionalProperties: false, properties: { id: { type: "string" } }, required: ["id"] },
              },
            },
          },
        },
        patternProperties: { "^(linger[._]ms|acks)$": { description: "a setting by the name that Kafka's clients have for it" } },
      },
    },
  });
  expect(JSON.stringify(configJsonSchema([connection]))).toContain("the servers to start from");
});

test("a file may name its schema, and nothing else may be called so", () => {
  const file = join(folder, "kafka.json");
  writeFileSync(file, '{ "$schema": "./kafka.schema.json", "connection": { "brokers": ["a:1"] } }');
  expect(loadConfig({ sections: [connection], environment: {}, file }).connection.brokers).toEqual(["a:1"]);
  expect(() => loadConfig({ sections: [connection], environment: {}, object: { $schema: "x" } as object })).toThrow("$schema");
});
