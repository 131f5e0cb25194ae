import { noInstrumentation } from "@millrace/core";
import { expect, test } from "vitest";
import { createKnownSchemas } from "./known-schemas.ts";
import { resolveRegistryClientOptions } from "./registry-client-options.ts";

test("what was asked for is counted as known or not", async () => {
  const counted: unknown[] = [];
  const instrumentation = {
    ...noInstrumentation,
    count: (name: string, amount: number, attributes?: object) => void counted.push([name, amount, attributes]),
  };
  const schema = { text: '"string"', type: "AVRO" as const, references: [] };
  const never = (): Promise<never> => Promise.reject(new Error("not asked for"));
  const known = createKnownSchemas(resolveRegistryClientOptions({ instrumentation }, []), {
    schema: () => Promise.resolve(schema),
    id: () => Promise.resolve(2),
    version: never,
    latest: never,
  });
  await known.schema(1);
  await known.schema(1);
  await known.id("orders-value", schema);
  await known.id("orders-value", schema);
  const lookup = (result: string): unknown => ["millrace.registry.lookups", 1, { result }];
  expect(counted).toEqual([lookup("miss"), lookup("hit"), lookup("miss"), lookup("hit")]);
});
