import { strict as assert } from "node:assert";
import { failsWith } from "../fails-with.ts";
import type { RegistryCell } from "../registry-cell.ts";

const region = { name: "region", type: "string", default: "" };
const required = { name: "total", type: "int" };

/** Lists, levels, modes, and compatibility. */
export const adminCells: readonly RegistryCell[] = [
  {
    name: "subjects of any name are listed, with their latest version",
    requires: ["subjects", "register", "version"],
    async run({ registry, connect, subject, record }) {
      const name = subject("odd/value ü%41?a=b&c");
      await registry.register(name, record("Odd"));
      const { id } = await registry.register(name, record("Odd", region));
      const other = connect();
      const latest = await other.latest(name);
      assert.deepEqual([latest.subject, latest.version, latest.id, latest.schema.type], [name, 2, id, "AVRO"]);
      assert.deepEqual(
        (JSON.parse(latest.schema.text) as { fields: { name: string }[] }).fields.map((field) => field.name),
        ["id", "region"],
      );
      assert.equal((await other.version(name, 1)).version, 1);
      assert.ok((await other.subjects()).includes(name));
    },
  },
  {
    name: "versions are listed in ascending order",
    requires: ["versions", "register"],
    async run({ registry, subject, record }) {
      const name = subject("versions-value");
      await registry.register(name, record("Versions"));
      await registry.register(name, record("Versions", region));
      assert.deepEqual(await registry.versions(name), [1, 2]);
      await failsWith("REGISTRY_NOT_FOUND", () => registry.versions(subject("none")));
    },
  },
  {
    name: "what is not there is not found",
    requires: ["schemaById", "version"],
    async run({ registry, subject }) {
      const error = await failsWith("REGISTRY_NOT_FOUND", () => registry.schemaById(2_000_000_000));
      assert.equal(error.status, 404);
      assert.equal(error.retryable, false);
      await failsWith("REGISTRY_NOT_FOUND", () => registry.latest(subject("none")));
      await failsWith("REGISTRY_NOT_FOUND", () => registry.version(subject("none"), 1));
    },
  },
  {
    name: "a schema is found by its globally unique id",
    requires: ["schemaByGuid", "register", "version"],
    async run({ registry, subject, record }) {
      const name = subject("guid-value");
      await registry.register(name, record("Guid"));
      const { guid, schema } = await registry.latest(name, { fresh: true });
      assert.ok(guid !== undefined, "the registry gives no guid");
      assert.deepEqual(await registry.schemaByGuid(guid), schema);
      await failsWith("REGISTRY_NOT_FOUND", () => registry.schemaByGuid("00000000-0000-0000-0000-000000000000"));
    },
  },
  {
    name: "compatibility is answered without registering, and an unknown subject takes every schema",
    requires: ["checkCompatibility", "register", "version"],
    async run({ registry, subject, record }) {
      const name = subject("check-value");
      assert.equal((await registry.checkCompatibility(name, record("Checked"))).compatible, true);
      await registry.register(name, record("Checked"));
      assert.equal((await registry.checkCompatibility(name, record("Checked", region))).compatible, true);
      assert.equal((await registry.checkCompatibility(name, record("Checked", required))).compatible, false);
      assert.equal((await registry.latest(name)).version, 1);
    },
  },
  {
    name: "a subject's own level decides what it takes",
    requires: ["register", "setLevel", "level"],
    async run({ registry, subject, record }) {
      const levels = [
        // Which level takes a field without default that comes, and which one that goes.
        ["BACKWARD", false, true],
        ["FORWARD", true, false],
        ["FULL", false, false],
        ["NONE", true, true],
      ] as const;
      for (const [level, takesAdded, takesRemoved] of levels) {
        const name = subject(`level-${level}`);
        await registry.register(name, record("Levelled", required));
        await registry.setLevel(level, name);
        assert.equal(await registry.level(name), level);
        for (const [schema, isTaken] of [
          [record("Levelled"), takesRemoved],
          [record("Levelled", required, { name: "more", type: "int" }), takesAdded],
        ] as const) {
          const { compatible } = await registry.checkCompatibility(name, schema);
          assert.equal(compatible, isTaken, `${level} ${schema.text}`);
        }
        const added = (): Promise<unknown> => registry.register(name, record("Levelled", required, { name: "more", type: "int" }));
        if (takesAdded) await added();
        else await failsWith("REGISTRY_INCOMPATIBLE", added);
      }
    },
  },
  {
    name: "a subject without a level of its own goes by the registry's; resetting is idempotent",
    requires: ["level", "globalLevel", "setLevel", "resetLevel", "register"],
    async run({ registry, subject, record }) {
      const name = subject("reset-value");
      await registry.register(name, record("Reset"));
      const global = await registry.level();
      assert.equal(await registry.level(name), global);
      await registry.setLevel("FULL_TRANSITIVE", name);
      assert.equal(await registry.level(name), "FULL_TRANSITIVE");
      assert.equal(await registry.level(), global);
      await registry.resetLevel(name);
      await registry.resetLevel(name);
      assert.equal(await registry.level(name), global);
    },
  },
  {
    name: "a subject's mode is set, told and reset; without one of its own it goes by the registry's",
    requires: ["mode", "globalMode", "setMode", "resetMode", "register"],
    async run({ registry, subject, record }) {
      const name = subject("mode-value");
      await registry.register(name, record("Mode"));
      const global = await registry.mode();
      assert.equal(await registry.mode(name), global);
      await registry.setMode("READONLY", name);
      assert.equal(await registry.mode(name), "READONLY");
      await registry.resetMode(name);
      await registry.resetMode(name);
      assert.equal(await registry.mode(name), global);
      await registry.register(name, record("Mode", region));
    },
  },
];
