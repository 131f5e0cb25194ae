import { strict as assert } from "node:assert";
import { failsWith } from "../fails-with.ts";
import type { RegistryCell } from "../registry-cell.ts";

const region = { name: "region", type: "string", default: "" };

/** Deleting, in its two steps. */
export const deleteCells: readonly RegistryCell[] = [
  {
    name: "a version that is deleted is gone, also from memory; its number is not used again",
    requires: ["deleteVersion", "versions", "register", "version"],
    async run({ registry, subject, record }) {
      const name = subject("delete-version-value");
      await registry.register(name, record("Version"));
      await registry.register(name, record("Version", region));
      assert.equal((await registry.version(name, 1)).version, 1);
      await registry.deleteVersion(name, 1);
      await failsWith("REGISTRY_NOT_FOUND", () => registry.version(name, 1));
      assert.deepEqual(await registry.versions(name), [2]);
      assert.deepEqual(await registry.versions(name, { deleted: true }), [1, 2]);
      await registry.deleteVersion(name, 1, { permanent: true });
      assert.deepEqual(await registry.versions(name, { deleted: true }), [2]);
      await failsWith("REGISTRY_NOT_FOUND", () => registry.deleteVersion(name, 7));
    },
  },
  {
    name: "a subject that is deleted is listed only with the deleted ones, then not at all",
    requires: ["deleteSubject", "subjects", "register", "versions"],
    async run({ registry, subject, record }) {
      const name = subject("delete-subject-value");
      await failsWith("REGISTRY_NOT_FOUND", () => registry.deleteSubject(name));
      await registry.register(name, record("Subject"));
      await registry.register(name, record("Subject", region));
      assert.deepEqual(await registry.deleteSubject(name), [1, 2]);
      assert.ok(!(await registry.subjects()).includes(name));
      assert.ok((await registry.subjects({ deleted: true })).includes(name));
      await failsWith("REGISTRY_NOT_FOUND", () => registry.latest(name));
      await failsWith("REGISTRY_NOT_FOUND", () => registry.deleteSubject(name));
      assert.deepEqual(await registry.deleteSubject(name, { permanent: true }), [1, 2]);
      assert.ok(!(await registry.subjects({ deleted: true })).includes(name));
    },
  },
];
