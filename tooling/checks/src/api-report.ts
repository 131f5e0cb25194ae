import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { makeApiReports } from "./api-report/make-api-reports.ts";
import { reportProblems } from "./api-report/report-problems.ts";
import { runCommand } from "./run-command.ts";

/**
 * `pnpm api:report`: builds the packages and writes what each exports to its `etc` folder. `--only <noun>` looks at some of them;
 * `--check` writes nothing and says which reports are stale. Exit code 1 if one is, if something does not build, or if an API speaks of types that it does not export.
 */
const { values } = parseArgs({ options: { only: { type: "string", multiple: true }, check: { type: "boolean", default: false } } });
const root = fileURLToPath(new URL("../../..", import.meta.url));
const known = (await readdir(join(root, "packages"))).sort();
const nouns = values.only ?? known;
const unknown = nouns.filter((noun) => !known.includes(noun));
if (unknown.length > 0) {
  console.error(`There is no package called ${unknown.join(", ")}. There are: ${known.join(", ")}.`);
  process.exit(2);
}

const folders = nouns.map((noun) => join("packages", noun));
const built = await runCommand(join(root, "node_modules", ".bin", "tsc"), ["-b", ...folders], { cwd: root, timeoutMs: 600_000 });
if (built.code === 0) {
  const reports = await makeApiReports(root, nouns);
  if (!values.check) for (const noun of nouns) await rm(join(root, "packages", noun, "etc"), { recursive: true, force: true });
  for (const report of reports) {
    const { path, text } = report;
    const problems = values.check ? await reportProblems(root, report) : report.problems;
    if (!values.check) {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await writeFile(join(root, path), text);
    } else if (problems.length === 0) continue;
    console.log(`${problems.length === 0 ? "ok  " : "FAIL"} ${path}`);
    for (const problem of problems) console.log(`       ${problem}`);
    if (problems.length > 0) process.exitCode = 1;
  }
} else {
  console.log(built.output);
  process.exitCode = 1;
}
