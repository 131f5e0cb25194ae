import { strict as assert } from "node:assert";
import type { RegistryClientOptions } from "../registry-client-options.ts";
import type { RegistryOperation } from "../registry-endpoints.ts";
import { RegistryError } from "../registry-error.ts";
import type { SchemaRegistry } from "../schema-registry.ts";
import { type CellContext, runInContext } from "./cell-context.ts";

/** What the suite runs on: an implementation of the port, joined to a registry. */
export interface RegistryTarget {
  /** A new client. The cell closes it. */
  createRegistry(options?: RegistryClientOptions): SchemaRegistry;
  /** A client of an address where nobody answers. */
  createUnreachableRegistry(options?: RegistryClientOptions): SchemaRegistry;
}

/** One behaviour that every implementation must show. Knows no test runner: it resolves, or rejects with what was wrong. */
export interface RegistryCell {
  readonly name: string;
  /** Without any of these calls the cell cannot run. */
  readonly requires: readonly RegistryOperation[];
  run(context: CellContext): Promise<void>;
}

/** A cell, with what is owed to it. */
export interface PlannedCell {
  readonly name: string;
  readonly verdict: "run" | "refused";
  /** Runs the cell; or asserts that the call which it cannot do without rejects as it should. */
  run(target: RegistryTarget): Promise<void>;
}

/** What keeps cells from being run. */
export interface Refusals {
  /** `refused` of the implementation: these calls must reject with `REGISTRY_NOT_SUPPORTED`. */
  readonly refused?: readonly RegistryOperation[];
  /** Calls that the registry does not have: they must reject with a RegistryError that will not pass. */
  readonly missing?: readonly RegistryOperation[];
}

/** Says of each cell whether it must pass or be refused. There is no third. */
export function runnableCells(cells: readonly RegistryCell[], { refused = [], missing = [] }: Refusals = {}): readonly PlannedCell[] {
  return cells.map((cell): PlannedCell => {
    const lacking = cell.requires.find((operation) => refused.includes(operation) || missing.includes(operation));
    if (lacking === undefined) return { name: cell.name, verdict: "run", run: (target) => runInContext(cell, target) };
    return {
      name: cell.name,
      verdict: "refused",
      run: (target) =>
        runInContext({ ...cell, run: ({ registry, subject }) => isRefused(registry, subject("refused"), lacking, refused) }, target),
    };
  });
}

async function isRefused(
  registry: SchemaRegistry,
  subject: string,
  lacking: RegistryOperation,
  refused: readonly RegistryOperation[],
): Promise<void> {
  const isByClient = refused.includes(lacking);
  assert.equal(registry.refused.includes(lacking), isByClient);
  const isTyped = (error: unknown): boolean =>
    RegistryError.is(error) && !error.retryable && (error.code === "REGISTRY_NOT_SUPPORTED") === isByClient;
  await assert.rejects(async () => await calls[lacking](registry, subject), isTyped, `${lacking} is not refused as it should be`);
}

const schema = { type: "AVRO", text: '"string"' } as const;

/** How to ask for each operation alone. */
const calls: Readonly<Record<RegistryOperation, (registry: SchemaRegistry, subject: string) => unknown>> = {
  schemaById: (registry) => registry.schemaById(2_000_000_000),
  schemaByGuid: (registry) => registry.schemaByGuid("00000000-0000-0000-0000-000000000000"),
  subjects: (registry) => registry.subjects(),
  deleteSubject: (registry, subject) => registry.deleteSubject(subject),
  lookup: (registry, subject) => registry.lookup(subject, schema),
  register: (registry, subject) => registry.register(subject, schema),
  versions: (registry, subject) => registry.versions(subject),
  version: (registry, subject) => registry.version(subject, 1),
  deleteVersion: (registry, subject) => registry.deleteVersion(subject, 1),
  checkCompatibility: (registry, subject) => registry.checkCompatibility(subject, schema),
  level: (registry, subject) => registry.level(subject),
  setLevel: (registry, subject) => registry.setLevel("FULL", subject),
  resetLevel: (registry, subject) => registry.resetLevel(subject),
  globalLevel: (registry) => registry.level(),
  setGlobalLevel: (registry) => registry.setLevel("BACKWARD"),
  resetGlobalLevel: (registry) => registry.resetLevel(),
  mode: (registry, subject) => registry.mode(subject),
  setMode: (registry, subject) => registry.setMode("READONLY", subject),
  resetMode: (registry, subject) => registry.resetMode(subject),
  globalMode: (registry) => registry.mode(),
  setGlobalMode: (registry) => registry.setMode("READWRITE"),
  resetGlobalMode: (registry) => registry.resetMode(),
};
