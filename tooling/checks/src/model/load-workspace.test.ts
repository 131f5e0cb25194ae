import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { loadWorkspace } from "./load-workspace.ts";

test("reads what git knows or would add, the members and the runners' globs", async () => {
  const root = await mkdtemp(join(tmpdir(), "checks-"));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  const write = async (path: string, text: string | Buffer): Promise<void> => {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  };
  await write(".gitignore", "node_modules\nignored.ts\n");
  await write("package.json", JSON.stringify({ devDependencies: { vitest: "catalog:" } }));
  await write("packages/core/package.json", JSON.stringify({ name: "@millrace/core" }));
  await write("packages/core/src/tracked.ts", "tracked");
  await write("packages/core/src/deleted.ts", "deleted");
  await write("packages/core/node_modules/kafkajs/package.json", JSON.stringify({ engines: { node: ">=14" } }));
  await write(
    "vitest.config.ts",
    'export default { test: { projects: [{ test: { name: "unit", include: ["a"] } }, { test: { name: "embedded", exclude: ["b"] } }] } };',
  );
  await write("vitest.real.config.ts", 'export default { test: { name: "real", include: ["c"] } };');
  execFileSync("git", ["init", "--quiet"], { cwd: root });
  execFileSync("git", ["add", "--all"], { cwd: root });
  await rm(join(root, "packages/core/src/deleted.ts"));
  await write("packages/core/src/untracked.ts", "untracked");
  await write("packages/core/src/binary.dat", Buffer.from([1, 0, 2]));
  await write("ignored.ts", "ignored");

  const workspace = await loadWorkspace(root);
  expect([...workspace.files.keys()]).toEqual([
    ".gitignore",
    "package.json",
    "packages/core/package.json",
    "packages/core/src/binary.dat",
    "packages/core/src/tracked.ts",
    "packages/core/src/untracked.ts",
    "vitest.config.ts",
    "vitest.real.config.ts",
  ]);
  expect(workspace.files.get("packages/core/src/binary.dat")).toBe("");
  expect(workspace.members).toEqual([{ folder: "packages/core", kind: "packages", noun: "core", manifest: { name: "@millrace/core" } }]);
  expect(workspace.rootManifest).toEqual({ devDependencies: { vitest: "catalog:" } });
  expect(workspace.runners).toEqual([
    { name: "unit", include: ["a"], exclude: [] },
    { name: "embedded", include: [], exclude: ["b"] },
    { name: "real", include: ["c"], exclude: [] },
  ]);
  expect(workspace.installed("packages/core", "kafkajs")).toEqual({ engines: { node: ">=14" } });
  expect(workspace.installed("packages/core", "absent")).toBe(undefined);
});
