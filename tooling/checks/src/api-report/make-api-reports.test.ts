import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { makeApiReports } from "./make-api-reports.ts";
import { reportProblems } from "./report-problems.ts";

const built = {
  "index.d.ts": 'export { open, type Door } from "./door.ts";\n',
  "door.d.ts":
    "/** A door. */\nexport interface Door {\n  readonly width: number;\n}\n/** Opens it. */\nexport declare function open(): Door;\n",
};

test("a report shows what an entry exports, and says nothing of an API that has not changed", async () => {
  const root = await madeUpRepository(built);
  const [report] = await makeApiReports(root, ["house"]);
  expect(report).toMatchObject({ noun: "house", path: "packages/house/etc/house.api.md", problems: [] });
  expect(report!.text).toMatch(/export interface Door \{[^}]*readonly width: number;\n\}/);
  expect(report!.text).toContain("export function open(): Door;");
  expect(await reportProblems(root, report!)).toEqual([`${report!.path} does not exist: run \`pnpm api:report\` and commit the file`]);
  await write(root, report!.path, report!.text);
  expect(await reportProblems(root, report!)).toEqual([]);
});

test("a changed API fails, with the lines that differ and the command that writes the report", async () => {
  const root = await madeUpRepository(built);
  const [before] = await makeApiReports(root, ["house"]);
  await write(root, before!.path, before!.text);
  await write(root, "packages/house/dist/door.d.ts", built["door.d.ts"].replace("width: number", "width: bigint"));
  const [after] = await makeApiReports(root, ["house"]);
  const [problem, ...rest] = await reportProblems(root, after!);
  expect(problem).toMatch(/^packages\/house\/etc\/house\.api\.md is not what the package exports: .*`pnpm api:report`/);
  expect(problem).toMatch(/^-\s+readonly width: number;\n\+\s+readonly width: bigint;$/m);
  expect(rest).toEqual([]);
});

test("a type that a signature uses but no entry exports fails", async () => {
  const root = await madeUpRepository({ ...built, "index.d.ts": 'export { open } from "./door.ts";\n' });
  const [report] = await makeApiReports(root, ["house"]);
  expect(report!.problems).toEqual([
    "Door is part of the API but not exported (packages/house/dist/door.d.ts:6): export it, or keep it out of signatures",
  ]);
});

test("a second entry has a report of its own, and may speak of what the main one exports", async () => {
  const second = {
    "inside/index.d.ts": 'import type { Door } from "../door.ts";\n/** Shuts it. */\nexport declare function shut(door: Door): void;\n',
  };
  const root = await madeUpRepository({ ...built, ...second }, ["inside"]);
  const reports = await makeApiReports(root, ["house"]);
  expect(reports.map(({ path, problems }) => [path, problems])).toEqual([
    ["packages/house/etc/house.api.md", []],
    ["packages/house/etc/house-inside.api.md", []],
  ]);
  expect(reports[1]!.text).toContain("export function shut(door: Door): void;");
});

/** A repository of one built package, `house`. */
async function madeUpRepository(declarations: Readonly<Record<string, string>>, subpaths: readonly string[] = []): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), "millrace-checks-"));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  const exports = Object.fromEntries([
    [".", { types: "./dist/index.d.ts" }],
    ...subpaths.map((subpath) => [`./${subpath}`, { types: `./dist/${subpath}/index.d.ts` }]),
    ["./package.json", "./package.json"],
  ]);
  await write(root, "packages/house/package.json", JSON.stringify({ name: "@millrace/house", version: "0.0.0", type: "module", exports }));
  for (const [path, text] of Object.entries(declarations)) await write(root, `packages/house/dist/${path}`, text);
  await symlink(fileURLToPath(new URL("../../../../node_modules", import.meta.url)), join(root, "node_modules"));
  return root;
}

async function write(root: string, path: string, text: string): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), text);
}
