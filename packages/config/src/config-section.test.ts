import { expect, test } from "vitest";
import { z } from "zod";
import { type ConfigSection, defineSection } from "./config-section.ts";
import { connection } from "./connection.ts";

const schema = z.strictObject({ name: z.string(), size: z.number().optional() });

test("the compiler accepts a section only for the very type that its schema has", () => {
  const exact: ConfigSection<{ readonly name: string; readonly size?: number | undefined }, "x"> = defineSection({ name: "x", schema });
  // @ts-expect-error a setting of the schema is missing in the type
  const less: ConfigSection<{ readonly name: string }, "x"> = defineSection({ name: "x", schema });
  // @ts-expect-error a setting of the type is missing in the schema
  const more: ConfigSection<{ readonly name: string; readonly size?: number | undefined; readonly mode?: string | undefined }, "x"> =
    defineSection({
      name: "x",
      schema,
    });
  // @ts-expect-error the type's setting is required, the schema's is not
  const stricter: ConfigSection<{ readonly name: string; readonly size: number }, "x"> = defineSection({ name: "x", schema });
  // @ts-expect-error another name
  const renamed: ConfigSection<{ readonly name: string; readonly size?: number | undefined }, "y"> = defineSection({ name: "x", schema });
  expect([exact, less, more, stricter, renamed].map((section) => section.name)).toEqual(["x", "x", "x", "x", "x"]);
});

test("settings without a variable of their own get one from section and path", () => {
  const section = defineSection({
    name: "schemaRegistry",
    schema: z.strictObject({ url: z.string(), requestTimeoutMs: z.number(), retry: z.strictObject({ maxAttempts: z.number() }) }),
    environment: { REGISTRY: "url" },
  });
  expect(Object.fromEntries(section.environment)).toEqual({
    REGISTRY: "url",
    SCHEMA_REGISTRY_REQUEST_TIMEOUT_MS: "requestTimeoutMs",
    SCHEMA_REGISTRY_RETRY_MAX_ATTEMPTS: "retry.maxAttempts",
  });
});

test("a variable that leads nowhere and a schema that is no object are mistakes of the section", () => {
  expect(() => defineSection({ name: "x", schema, environment: { NAME: "nme" } })).toThrow(
    "section x: environment leads to nme, which is no setting",
  );
  expect(() => defineSection({ name: "x", schema: z.array(z.string()) })).toThrow("section x: its schema must be an object");
});

test("a section is JSON Schema for editors too", () => {
  expect(connection.jsonSchema).toMatchObject({
    type: "object",
    additionalProperties: false,
    required: ["brokers", "security"],
    properties: { requestTimeoutMs: { type: "integer", default: 30_000, description: expect.stringContaining("milliseconds") } },
  });
});
