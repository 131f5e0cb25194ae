import { noRetry } from "@millrace/core";
import { startEmbeddedRegistry } from "@millrace/embedded-registry";
import { createSchemaRegistry, type SchemaRegistry } from "@millrace/schema-registry";
import { onTestFinished } from "vitest";

/** A client of an empty registry, for as long as the test runs. */
export async function startRegistry(): Promise<SchemaRegistry> {
  const embedded = await startEmbeddedRegistry();
  const registry = createSchemaRegistry({ url: embedded.url, retry: noRetry });
  onTestFinished(async () => {
    await registry.close();
    await embedded.close();
  });
  return registry;
}
