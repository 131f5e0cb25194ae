import { SchemaRegistry } from "@kafkajs/confluent-schema-registry";
import { test } from "vitest";
import { registryCells, runnableCells } from "../src/conformance/index.ts";
import { createSchemaRegistry, fromKafkaJsRegistry, type RegistryClientOptions, type RegistryOperation } from "../src/index.ts";

const nobody = "http://127.0.0.1:1";
const implementations = [
  { name: "fetch", create: (url: string, options?: RegistryClientOptions) => createSchemaRegistry({ ...options, url }) },
  {
    name: "kafkajs",
    create: (url: string, options?: RegistryClientOptions) => fromKafkaJsRegistry(new SchemaRegistry({ host: url }), options),
  },
];

/** Both implementations on one registry. */
export function conformanceSuite(url: () => string, missing: readonly RegistryOperation[]): void {
  for (const { name, create } of implementations) {
    const { refused } = create(nobody);
    for (const cell of runnableCells(registryCells, { refused, missing })) {
      test(`${name}: ${cell.name}${cell.verdict === "refused" ? " (refused)" : ""}`, () =>
        cell.run({
          createRegistry: (options) => create(url(), options),
          createUnreachableRegistry: (options) => create(nobody, options),
        }));
    }
  }
}
