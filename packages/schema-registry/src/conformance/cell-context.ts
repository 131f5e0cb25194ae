import { randomBytes } from "node:crypto";
import { withDeadline } from "@millrace/core";
import type { SchemaDefinition } from "@millrace/serdes";
import type { RegistryClientOptions } from "../registry-client-options.ts";
import type { SchemaRegistry } from "../schema-registry.ts";
import type { RegistryCell, RegistryTarget } from "./registry-cell.ts";

/** What a cell is given. Clients that it makes through it are closed when it ends, well or badly. */
export interface CellContext {
  readonly target: RegistryTarget;
  readonly registry: SchemaRegistry;
  /** Another client, as another process would have. */
  readonly connect: (options?: RegistryClientOptions) => SchemaRegistry;
  /** The name of a subject that nobody else uses. */
  readonly subject: (word: string) => string;
  /** An Avro record that nobody else has: one field `id`, and more. */
  readonly record: (name: string, ...fields: readonly object[]) => SchemaDefinition;
}

const cellTimeoutMs = 25_000;

/** Runs one cell and cleans up behind it. */
export async function runInContext(cell: RegistryCell, target: RegistryTarget): Promise<void> {
  const registries: SchemaRegistry[] = [];
  const mark = randomBytes(6).toString("hex");
  const connect = (options?: RegistryClientOptions): SchemaRegistry => {
    const registry = target.createRegistry(options);
    registries.push(registry);
    return registry;
  };
  const context: CellContext = {
    target,
    registry: connect(),
    connect,
    subject: (word) => `conformance-${word}-${mark}`,
    record: (name, ...fields) => ({
      type: "AVRO",
      text: JSON.stringify({
        type: "record",
        name,
        namespace: `conformance.x${mark}`,
        fields: [{ name: "id", type: "string" }, ...fields],
      }),
    }),
  };
  try {
    await withDeadline(cellTimeoutMs, () => cell.run(context), { what: `cell "${cell.name}"` });
  } finally {
    for (const registry of registries) await registry.close();
  }
}
