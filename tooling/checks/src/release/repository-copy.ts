import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, realpath } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { listFiles } from "../model/load-workspace.ts";
import { type CommandResult, runCommand } from "../run-command.ts";

/** Copies what git knows or would add into a temporary folder, as a repository of its own. */
export async function copyRepository(root: string): Promise<string> {
  const copy = await mkdtemp(join(await realpath(tmpdir()), "millrace-release-"));
  for (const path of listFiles(root)) {
    if (!existsSync(join(root, path))) continue;
    await mkdir(dirname(join(copy, path)), { recursive: true });
    await cp(join(root, path), join(copy, path), { verbatimSymlinks: true });
  }
  // The change log asks git which commit brought a changeset.
  const author = [
    "-c",
    "user.name=release check",
    "-c",
    "user.email=release-check@localhost",
    "-c",
    "commit.gpgsign=false",
    "-c",
    "core.hooksPath=/dev/null",
  ];
  await mustRun(copy, "git", ["init", "--quiet"]);
  await mustRun(copy, "git", ["add", "--all"]);
  await mustRun(copy, "git", [...author, "commit", "--quiet", "--message", "copy"]);
  return copy;
}

/** Runs a command and gives its output; throws with it if the command fails. */
export async function mustRun(cwd: string, command: string, parameters: readonly string[], timeoutMs = 120_000): Promise<string> {
  const result: CommandResult = await runCommand(command, parameters, { cwd, timeoutMs, environment: cleanEnvironment() });
  if (result.code !== 0) throw new Error(`${command} ${parameters.join(" ")} ended with code ${result.code}:\n${result.output}`);
  return result.output;
}

/** The environment without what the surrounding script runner says of this repository. */
export function cleanEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) =>
        !/^npm_(package|lifecycle|command|config_(local_prefix|verify))|^pnpm_config_verify|^INIT_CWD$|^NODE_OPTIONS$/i.test(name),
    ),
  );
}

/** The pnpm that runs this script, else the pinned one through npx. */
export function pnpmCommand(): readonly [string, ...string[]] {
  const running = process.env["npm_execpath"] ?? "";
  if (running.endsWith("pnpm")) return [running];
  if (/pnpm\.[cm]?js$/.test(running)) return [process.execPath, running];
  return ["npx", "-y", "pnpm@12"];
}
