import { access } from "node:fs/promises";
import { outputOf, runProgram } from "./run-program.ts";

/** A program that a test needs, and where it comes from. */
export interface RequiredProgram {
  readonly name: string;
  /** Parameters with which it does nothing and succeeds. */
  readonly trial: readonly string[];
  readonly debianPackage: string;
}

/** Sees to it that a program is there: installs it as root on Debian, elsewhere fails and says what to install. */
export async function requireProgram({ name, trial, debianPackage }: RequiredProgram): Promise<void> {
  if (await works(name, trial)) return;
  const isDebian = await access("/etc/debian_version").then(
    () => true,
    () => false,
  );
  if (!isDebian || process.getuid?.() !== 0)
    throw new Error(`These tests need ${name}. Install it, on Debian with: apt-get install ${debianPackage}`);
  const installer = ["DEBIAN_FRONTEND=noninteractive", "apt-get", "-q"];
  await outputOf("env", [...installer, "update"], { timeoutMs: 300_000 });
  await outputOf("env", [...installer, "install", "-y", "--no-install-recommends", debianPackage], { timeoutMs: 600_000 });
  if (!(await works(name, trial))) throw new Error(`${name} does not run, although Debian's ${debianPackage} has just been installed.`);
}

async function works(name: string, trial: readonly string[]): Promise<boolean> {
  return await runProgram(name, trial).then(
    ({ code }) => code === 0,
    () => false,
  );
}
