import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { layers } from "./model/layer-table.ts";
import { packageFiles, withLayer, withPackageRow } from "./new-package/package-files.ts";
import { runCommand } from "./run-command.ts";

/**
 * `pnpm new-package <noun>`: makes a package that does nothing yet and passes every check. `--description "One sentence."`; `--layer <number>` enters it in the
 * layer table, where it must stand.
 */
const root = fileURLToPath(new URL("../../..", import.meta.url));
const layerTable = join(root, "tooling/checks/src/model/layer-table.ts");

function refuse(problem: string): never {
  console.error(problem);
  process.exit(2);
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { description: { type: "string" }, layer: { type: "string" } },
});
const [noun, ...more] = positionals;
if (noun === undefined || more.length > 0 || !/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(noun)) {
  refuse('Usage: pnpm new-package <noun in kebab-case> [--layer <number>] [--description "One sentence."]');
}
if (existsSync(join(root, "packages", noun))) refuse(`packages/${noun} is there already.`);
const known = layers[noun];
if (known === undefined && values.layer === undefined) {
  refuse(`${noun} has no layer. Say which with --layer; an arrow between packages points to a lower number only: docs/architecture.md.`);
}
if (known !== undefined && values.layer !== undefined && Number(values.layer) !== known)
  refuse(`${noun} stands in layer ${known} already.`);
const description = values.description ?? `The ${noun} package.`;

if (known === undefined) {
  const table = withLayer(await readFile(layerTable, "utf8"), noun, Number(values.layer));
  if (table === undefined) refuse(`There is no layer ${values.layer}.`);
  await writeFile(layerTable, table);
}
for (const [path, text] of packageFiles({ noun, description })) {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), text);
}
const readmePath = join(root, "README.md");
const readme = withPackageRow(await readFile(readmePath, "utf8"), { noun, description });
if (readme !== undefined) await writeFile(readmePath, readme);

const bin = (name: string): string => join(root, "node_modules", ".bin", name);
const steps: readonly (readonly [what: string, command: string, ...parameters: string[]])[] = [
  ["format", bin("biome"), "check", "--write", `packages/${noun}`, "tooling/checks/src/model/layer-table.ts"],
  ["install", "npx", "-y", "pnpm@12", "install", "--no-frozen-lockfile"],
  ["API report", process.execPath, "--conditions=@millrace/source", "tooling/checks/src/api-report.ts", "--only", noun],
];
for (const [what, command, ...parameters] of steps) {
  const { code, output } = await runCommand(command, parameters, { cwd: root, timeoutMs: 600_000 });
  if (code === 0) continue;
  console.error(`${what} failed:\n${output}`);
  process.exit(1);
}
console.log(
  `packages/${noun} is there, and passes \`pnpm check\`. Next: say in docs/architecture.md what it is for, and give it something to do.`,
);
