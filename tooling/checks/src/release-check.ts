import { existsSync, rmSync } from "node:fs";
import { copyFile, mkdir, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { makeApiReports } from "./api-report/make-api-reports.ts";
import { reportProblems } from "./api-report/report-problems.ts";
import type { Manifest } from "./model/workspace.ts";
import { cleanEnvironment, copyRepository, mustRun, pnpmCommand } from "./release/repository-copy.ts";
import { tarballProblems } from "./release/tarball.ts";
import { type PackedPackage, type TryOutPlace, tryOut } from "./release/try-out.ts";
import { runCommand } from "./run-command.ts";

/**
 * `pnpm release:check`: versions, builds and packs a copy of the repository as a release would, compares every API with its report, looks into
 * every tarball, installs each one alone with npm into an empty project and runs its README's program there. `--only <noun>` tries out some of them; `--keep` leaves the folder behind.
 */
const { values } = parseArgs({ options: { only: { type: "string", multiple: true }, keep: { type: "boolean" } } });
const root = fileURLToPath(new URL("../../..", import.meta.url));
const beganAt = performance.now();
const seconds = (since: number): string => `${((performance.now() - since) / 1_000).toFixed(1)} s`;

const copy = await copyRepository(root);
process.once("exit", () => {
  if (values.keep === true) console.log(`Left behind: ${copy}`);
  else rmSync(copy, { recursive: true, force: true });
});
process.exitCode = await checkRelease();

async function checkRelease(): Promise<number> {
  const [pnpm, ...pnpmParameters] = pnpmCommand();
  await step("install", () =>
    mustRun(copy, pnpm, [...pnpmParameters, "install", "--frozen-lockfile", "--prefer-offline", "--ignore-scripts"]),
  );
  await step("version", () => mustRun(copy, join(copy, "node_modules", ".bin", "changeset"), ["version"]));
  const nouns = (await readdir(join(copy, "packages"))).sort();
  const problems = new Map<string, string[]>(nouns.map((noun) => [noun, []]));
  await step("build", () => build(nouns, problems));
  await step("api reports", () => compareApiReports(nouns, problems));

  const output = join(copy, "tarballs");
  await mkdir(output);
  const packed: PackedPackage[] = [];
  await step("pack", () =>
    inTurns(nouns, async (noun) => {
      const folder = join(copy, "packages", noun);
      const manifest = await readManifest(folder);
      const tarball = join(output, `${noun}.tgz`);
      for (const file of ["LICENSE", "NOTICE"]) if (existsSync(join(copy, file))) await copyFile(join(copy, file), join(folder, file));
      await mustRun(folder, pnpm, [...pnpmParameters, "pack", "--silent", "--out", tarball]);
      packed.push({ name: manifest.name ?? noun, noun, tarball, folder });
    }),
  );

  const place: TryOutPlace = { folder: join(copy, "projects"), copy, packed };
  const wanted = packed.filter(({ noun }) => values.only?.includes(noun) ?? true).sort((one, other) => (one.noun < other.noun ? -1 : 1));
  let failed = 0;
  await inTurns(wanted, async (item) => {
    const since = performance.now();
    const found = [...problems.get(item.noun)!, ...(await lookInto(item)), ...(await tryOut(item, place))];
    if (found.length > 0) failed++;
    console.log(`${found.length === 0 ? "ok  " : "FAIL"} ${item.noun.padEnd(22)} ${seconds(since)}`);
    for (const problem of found) console.log(problem.replace(/^/gm, "       "));
  });
  console.log(`${wanted.length - failed} passed, ${failed} failed, in ${seconds(beganAt)}`);
  return failed === 0 ? 0 : 1;
}

async function step(name: string, work: () => Promise<unknown>): Promise<void> {
  const since = performance.now();
  await work();
  console.log(`     ${name.padEnd(22)} ${seconds(since)}`);
}

/** Builds everything at once; what the compiler says is noted with the package that it is about. */
async function build(nouns: readonly string[], problems: ReadonlyMap<string, string[]>): Promise<void> {
  const folders = nouns.map((noun) => join("packages", noun));
  const { code, output } = await runCommand(join(copy, "node_modules", ".bin", "tsc"), ["-b", "--pretty", "false", ...folders], {
    cwd: copy,
    timeoutMs: 180_000,
    environment: cleanEnvironment(),
  });
  if (code === 0) return;
  let noun = "";
  for (const line of output.split("\n")) {
    // What is indented continues the line before.
    if (!line.startsWith(" ")) noun = /^packages\/([^/]+)\//.exec(line)?.[1] ?? "";
    if (problems.has(noun)) problems.get(noun)?.push(`does not build: ${line}`);
    else console.log(`     ${line}`);
  }
}

/** Compares what each package exports with the report that is kept in its `etc` folder. What does not build has no API to look at. */
async function compareApiReports(nouns: readonly string[], problems: ReadonlyMap<string, string[]>): Promise<void> {
  const built = nouns.filter((noun) => existsSync(join(copy, "packages", noun, "dist", "index.d.ts")));
  for (const report of await makeApiReports(copy, built)) problems.get(report.noun)?.push(...(await reportProblems(copy, report)));
}

async function lookInto({ tarball, noun }: PackedPackage): Promise<string[]> {
  const opened = join(copy, "opened", noun);
  await mkdir(opened, { recursive: true });
  await mustRun(opened, "tar", ["-xzf", tarball]);
  const entries = await readdir(join(opened, "package"), { recursive: true, withFileTypes: true });
  const base = join(opened, "package");
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name).slice(base.length + 1));
  const changelog = paths.includes("CHANGELOG.md") ? await readFile(join(base, "CHANGELOG.md"), "utf8") : "";
  const problems = tarballProblems({ paths, manifest: await readManifest(base), changelog });
  const tools: readonly (readonly [string, readonly string[]])[] = [
    ["publint", ["run", tarball, "--strict"]],
    ["attw", [tarball, "--profile", "esm-only", "--no-definitely-typed", "--no-color", "--no-emoji", "--format", "ascii"]],
  ];
  for (const [tool, parameters] of tools) {
    const { code, output } = await runCommand(join(copy, "node_modules", ".bin", tool), parameters, { cwd: opened, timeoutMs: 120_000 });
    if (code !== 0) problems.push(`${tool}:\n${output}`);
  }
  return problems;
}

/** Two at a time. */
async function inTurns<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const waiting = [...items];
  const worker = async (): Promise<void> => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await work(item);
  };
  await Promise.all([worker(), worker()]);
}

async function readManifest(folder: string): Promise<Manifest> {
  return JSON.parse(await readFile(join(folder, "package.json"), "utf8")) as Manifest;
}
