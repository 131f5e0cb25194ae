import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runCommand } from "../run-command.ts";
import type { ApiReport } from "./make-api-reports.ts";

const mostLines = 40;

/** What is wrong with an API, and where it differs from the report that is kept below `root`. */
export async function reportProblems(root: string, report: ApiReport): Promise<string[]> {
  const kept = await readFile(join(root, report.path), "utf8").catch(() => undefined);
  if (kept === report.text) return [...report.problems];
  const remedy = "if that is meant, run `pnpm api:report`, commit the file and describe the change in a changeset";
  if (kept === undefined) return [...report.problems, `${report.path} does not exist: run \`pnpm api:report\` and commit the file`];
  return [...report.problems, `${report.path} is not what the package exports: ${remedy}\n${await difference(kept, report.text)}`];
}

/** Lines that only one text has, with a few around them. */
async function difference(kept: string, made: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "millrace-difference-"));
  try {
    await writeFile(join(folder, "kept"), kept);
    await writeFile(join(folder, "made"), made);
    const { output } = await runCommand("git", ["diff", "--no-index", "--no-color", "--no-ext-diff", "--unified=1", "kept", "made"], {
      cwd: folder,
      timeoutMs: 10_000,
    });
    // The first four lines name the two files.
    const lines = output.split("\n").slice(4);
    const rest = lines.length - mostLines;
    return [...lines.slice(0, mostLines), ...(rest > 0 ? [`... and ${rest} more lines`] : [])].join("\n");
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
