import { strict as assert } from "node:assert";
import { failsWith } from "../fails-with.ts";
import type { RegistryCell } from "../registry-cell.ts";

/** What serdes ask for. */
export const sourceCells: readonly RegistryCell[] = [
  {
    name: "as a schema source it registers once, then answers at once both ways",
    requires: ["register", "schemaById"],
    async run({ registry, connect, subject, record }) {
      const schema = record("Sourced");
      const id = await registry.idFor(subject("source-value"), schema);
      assert.equal(registry.idFor(subject("source-value"), schema), id);
      const reader = connect();
      const found = await reader.schemaFor(id);
      assert.deepEqual(JSON.parse(found.text), JSON.parse(schema.text));
      assert.equal(reader.schemaFor(id), found);
      assert.equal(await reader.schemaById(id), found);
    },
  },
  {
    name: "without autoRegister an unknown schema is not found, and a known one is looked up",
    requires: ["register", "lookup"],
    async run({ connect, subject, record }) {
      const registry = connect({ autoRegister: false, notFoundTtlMs: 0 });
      const name = subject("looked-up-value");
      await failsWith("REGISTRY_NOT_FOUND", () => registry.idFor(name, record("Known")));
      assert.equal(await registry.lookup(name, record("Known")), undefined);
      const { id } = await connect().register(name, record("Known"));
      assert.equal(await registry.idFor(name, record("Known")), id);
    },
  },
  {
    name: "many who ask at once get the same answer",
    requires: ["register", "schemaById"],
    async run({ registry, connect, subject, record }) {
      const { id } = await registry.register(subject("many-value"), record("Many"));
      const reader = connect();
      const [first, ...others] = await Promise.all(Array.from({ length: 100 }, () => reader.schemaById(id)));
      for (const other of others) assert.equal(other, first);
    },
  },
  {
    name: "what is exported is known from the start by a client that never reaches a registry",
    requires: ["register", "schemaById"],
    async run({ target, registry, connect, subject, record }) {
      const name = subject("bundled-value");
      const { id } = await registry.register(name, record("Bundled"));
      const bundle = JSON.parse(JSON.stringify(registry.exportBundle())) as ReturnType<typeof registry.exportBundle>;
      const offline = target.createUnreachableRegistry({ bundle, timeoutMs: 5_000 });
      try {
        const online = await connect().schemaById(id);
        assert.deepEqual(JSON.parse((offline.schemaFor(id) as typeof online).text), JSON.parse(online.text));
        assert.equal(offline.idFor(name, record("Bundled")), id);
        assert.equal((await offline.latest(name)).version, 1);
        await failsWith("REGISTRY_UNREACHABLE", () => offline.schemaById(id + 1_000_000));
      } finally {
        await offline.close();
      }
    },
  },
];
