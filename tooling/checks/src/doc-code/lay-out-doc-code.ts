import { mkdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Workspace } from "../model/workspace.ts";
import { type DocCodeFile, docCode, docCodeFolder } from "./doc-code.ts";

/**
 * Lays out the code of the documentation as files, where it finds every package of the workspace and what its own package depends on, with a tsconfig.json
 * that takes in the whole workspace besides, so that one run of the compiler checks both.
 */
export async function layOutDocCode(workspace: Workspace, root: string): Promise<readonly DocCodeFile[]> {
  const folder = join(root, docCodeFolder);
  await rm(folder, { recursive: true, force: true });
  await mkdir(join(folder, "node_modules/@millrace"), { recursive: true });
  const files = docCode(workspace);
  const packages = workspace.members.filter(({ kind }) => kind === "packages");
  await Promise.all(
    packages.map((member) => symlink(join(root, member.folder), join(folder, "node_modules", member.manifest.name ?? member.noun))),
  );
  for (const { path, text } of files) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  for (const member of workspace.members) {
    if (!files.some(({ path }) => path.startsWith(`${docCodeFolder}/${member.folder}/`))) continue;
    await symlink(join(root, member.folder, "node_modules"), join(folder, member.folder, "node_modules"));
  }
  const { include } = JSON.parse(await readFile(join(root, "tsconfig.json"), "utf8")) as { readonly include: readonly string[] };
  const config = {
    extends: "../../tsconfig.json",
    compilerOptions: { rootDir: "../.." },
    include: ["**/*.ts", ...include.map((glob) => `../../${glob}`)],
  };
  await writeFile(join(folder, "tsconfig.json"), `${JSON.stringify(config, null, 2)}\n`);
  await writeFile(join(folder, "package.json"), `${JSON.stringify({ private: true, type: "module" })}\n`);
  const programs = files
    .filter(({ isProgram }) => isProgram)
    .map(({ path, block }) => ({ path, source: block.source, line: block.line, output: block.output }));
  await writeFile(join(folder, "programs.json"), `${JSON.stringify(programs, null, 2)}\n`);
  return files;
}

/** A program of the documentation, as `programs.json` lists it. */
export interface DocProgram {
  readonly path: string;
  readonly source: string;
  readonly line: number;
  readonly output?: string;
}
