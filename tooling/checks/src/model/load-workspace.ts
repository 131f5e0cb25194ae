import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Manifest, Member, Runner, Workspace } from "./workspace.ts";

const largestText = 4 * 1024 * 1024;

/** Reads the workspace at `root`: what git knows or would add, the members' manifests and the test runners' globs. */
export async function loadWorkspace(root: string): Promise<Workspace> {
  const files = new Map<string, string>();
  for (const path of listFiles(root)) {
    const full = join(root, path);
    if (existsSync(full)) files.set(path, textOf(full));
  }
  const members: Member[] = [];
  for (const [path, text] of files) {
    const match = /^(packages|apps|tooling)\/([^/]+)\/package\.json$/.exec(path);
    if (match === null) continue;
    const [, kind, noun] = match;
    members.push({ folder: `${kind}/${noun}`, kind: kind as Member["kind"], noun: noun!, manifest: JSON.parse(text) as Manifest });
  }
  return {
    files,
    members,
    rootManifest: JSON.parse(files.get("package.json") ?? "{}") as Manifest,
    runners: [...(await loadRunners(join(root, "vitest.config.ts"))), ...(await loadRunners(join(root, "vitest.real.config.ts")))],
    installed: (folder, dependency) => readManifest(join(root, folder, "node_modules", dependency, "package.json")),
  };
}

/** Paths that git tracks, or would add: ignored ones are left out. */
export function listFiles(root: string): string[] {
  const listed = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", "-z"], {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  return [...new Set(listed.split("\0").filter((path) => path !== ""))].sort();
}

function textOf(path: string): string {
  const { size } = statSync(path);
  if (size > largestText) return "";
  const text = readFileSync(path, "utf8");
  return text.includes("\0") ? "" : text;
}

function readManifest(path: string): Manifest | undefined {
  return existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as Manifest) : undefined;
}

interface TestOptions {
  readonly name?: string;
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
  readonly projects?: readonly { readonly test?: TestOptions }[];
}

async function loadRunners(path: string): Promise<Runner[]> {
  const loaded = (await import(pathToFileURL(path).href)) as { readonly default: { readonly test?: TestOptions } };
  const test = loaded.default.test ?? {};
  const projects = test.projects?.map((project) => project.test ?? {}) ?? [test];
  return projects.map(({ name = path, include = [], exclude = [] }) => ({ name, include, exclude }));
}
