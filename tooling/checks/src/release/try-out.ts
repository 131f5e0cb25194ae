import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { runCommand } from "../run-command.ts";
import { compareOutput, readProgram } from "./readme-program.ts";
import { cleanEnvironment } from "./repository-copy.ts";

/** A packed package. */
export interface PackedPackage {
  readonly name: string;
  readonly noun: string;
  /** Path of the tarball. */
  readonly tarball: string;
  /** Folder of the package in the copy of the repository. */
  readonly folder: string;
}

/** Where packages are tried out. */
export interface TryOutPlace {
  /** Empty projects are made here, one per package. */
  readonly folder: string;
  /** The copy of the repository, for its compiler. */
  readonly copy: string;
  readonly packed: readonly PackedPackage[];
}

/**
 * Installs a tarball alone with npm into an empty project, type-checks its README's program against it, and runs it there. Other tarballs stand in
 * for the workspace packages that it depends on. Gives the problems.
 */
export async function tryOut(item: PackedPackage, place: TryOutPlace): Promise<string[]> {
  const program = readProgram(await readFile(join(item.folder, "README.md"), "utf8"));
  if (program === undefined) return ["README.md has no program in a ```ts block"];
  const project = join(place.folder, item.noun);
  await mkdir(project, { recursive: true });

  const tarballs = new Map(place.packed.map(({ name, tarball }) => [name, `file:${tarball}`]));
  const wanted = [item.name, ...program.packages.filter((name) => tarballs.has(name))];
  const dependencies = Object.fromEntries(wanted.map((name) => [name, tarballs.get(name)]));
  const overrides = Object.fromEntries([...tarballs].filter(([name]) => !wanted.includes(name)));
  for (const name of wanted) overrides[name] = `$${name}`;
  await writeJson(join(project, "package.json"), { private: true, type: "module", dependencies, overrides });
  await writeFile(join(project, "program.ts"), program.code);
  await writeJson(join(project, "tsconfig.json"), {
    compilerOptions: {
      target: "es2024",
      lib: ["es2024", "esnext.disposable"],
      module: "nodenext",
      strict: true,
      noEmit: true,
      skipLibCheck: true,
      types: ["node"],
      typeRoots: [join(place.copy, "node_modules", "@types")],
    },
    files: ["program.ts"],
  });

  const environment = cleanEnvironment();
  const npm = ["install", "--prefer-offline", "--no-audit", "--no-fund", "--ignore-scripts", "--no-package-lock", "--loglevel=error"];
  const installed = await runCommand("npm", npm, { cwd: project, timeoutMs: 180_000, environment });
  if (installed.code !== 0) return [`npm install failed:\n${installed.output}`];

  const problems: string[] = [];
  const checked = await runCommand(join(place.copy, "node_modules", ".bin", "tsc"), ["-p", "."], {
    cwd: project,
    timeoutMs: 60_000,
    environment,
  });
  if (checked.code !== 0) problems.push(`the README's program has type errors:\n${checked.output}`);
  const ran = await runCommand(process.execPath, ["program.ts"], { cwd: project, timeoutMs: 30_000, environment });
  if (ran.code !== 0) problems.push(`the README's program ended with code ${ran.code}:\n${ran.output}`);
  else problems.push(...[compareOutput(program.output, ran.standardOutput)].filter((difference) => difference !== undefined));
  return problems;
}

async function writeJson(path: string, value: unknown): Promise<void> {
  await writeFile(path, `${JSON.stringify(value, null, 2)}\n`);
}
