import { strict as assert } from "node:assert";
import { failsWith } from "../fails-with.ts";
import type { RegistryCell } from "../registry-cell.ts";

/** Registries that are away, callers that give up, clients that are closed. */
export const failureCells: readonly RegistryCell[] = [
  {
    name: "an unreachable registry is an error that may pass, not an answer; the connection is told to be down",
    requires: [],
    async run({ target, registry, record }) {
      assert.equal(await registry.checkConnection(), true);
      const unreachable = target.createUnreachableRegistry({ timeoutMs: 5_000 });
      try {
        assert.equal(await unreachable.checkConnection(), false);
        const error = await failsWith("REGISTRY_UNREACHABLE", () => unreachable.checkCompatibility("any", record("Any")));
        assert.equal(error.retryable, true);
        await failsWith("REGISTRY_UNREACHABLE", () => unreachable.schemaById(1));
        await failsWith("REGISTRY_UNREACHABLE", () => unreachable.lookup("any", record("Any")));
        await failsWith("REGISTRY_UNREACHABLE", () => unreachable.latest("any"));
      } finally {
        await unreachable.close();
      }
    },
  },
  {
    name: "a subject that no URL can hold is invalid, and nothing else is asked for",
    requires: ["register", "version", "lookup"],
    async run({ registry, record }) {
      for (const name of [".", "..", "half \ud83d"]) {
        await failsWith("REGISTRY_INVALID", () => registry.register(name, record("Unnamed")));
        await failsWith("REGISTRY_INVALID", () => registry.latest(name));
        await failsWith("REGISTRY_INVALID", () => registry.idFor(name, record("Unnamed")));
      }
    },
  },
  {
    name: "a caller that gives up gets ABORTED, before and while it waits",
    requires: ["subjects", "schemaById"],
    async run({ registry }) {
      await failsWith("ABORTED", () => registry.subjects({ signal: AbortSignal.abort() }));
      await failsWith("ABORTED", () => registry.checkConnection({ signal: AbortSignal.abort() }));
      const controller = new AbortController();
      const waiting = registry.schemaById(1_999_999_999, { signal: controller.signal });
      controller.abort();
      await failsWith("ABORTED", () => waiting);
    },
  },
  {
    name: "after close what is known stays readable, and everything else is CLOSED",
    requires: ["register"],
    async run({ registry, subject, record }) {
      const { id } = await registry.register(subject("closed-value"), record("Closed"));
      const waiting = registry.subjects();
      await registry.close();
      await failsWith("CLOSED", () => waiting);
      await registry.close();
      await registry[Symbol.asyncDispose]();
      assert.ok(!(registry.schemaFor(id) instanceof Promise));
      assert.equal(registry.idFor(subject("closed-value"), record("Closed")), id);
      await failsWith("CLOSED", () => registry.subjects());
      await failsWith("CLOSED", () => registry.schemaById(2_000_000_000));
      await failsWith("CLOSED", () => registry.checkConnection());
    },
  },
];
