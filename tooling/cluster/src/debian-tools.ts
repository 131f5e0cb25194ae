import { access } from "node:fs/promises";
import { ClusterError } from "./cluster-error.ts";
import { runCommand } from "./run-command.ts";

/** A program that the cluster needs from the operating system. */
export type Tool = "java" | "mvn" | "openssl" | "python3-venv";

const debianPackages: Readonly<Record<Tool, string>> = {
  java: "default-jdk-headless",
  mvn: "maven",
  openssl: "openssl",
  "python3-venv": "python3-venv",
};

const trials: Readonly<Record<Tool, readonly [string, ...string[]]>> = {
  java: ["java", "-version"],
  mvn: ["mvn", "-version"],
  openssl: ["openssl", "version"],
  "python3-venv": ["python3", "-c", "import venv, ensurepip"],
};

async function isMissing(tool: Tool): Promise<boolean> {
  const [program, ...parameters] = trials[tool];
  return await runCommand(program, parameters).then(
    () => false,
    () => true,
  );
}

/** Sees to it that the tools are there: installs the missing ones as root on Debian, elsewhere says what to install. */
export async function requireTools(tools: readonly Tool[], report: (line: string) => void): Promise<void> {
  const checked = await Promise.all(tools.map(async (tool) => ((await isMissing(tool)) ? [tool] : [])));
  const missing = checked.flat();
  if (missing.length === 0) return;
  const packages = missing.map((tool) => debianPackages[tool]).join(" ");
  const isDebian = await access("/etc/debian_version").then(
    () => true,
    () => false,
  );
  if (!isDebian || process.getuid?.() !== 0) {
    const how = isDebian ? `as root: apt-get install ${packages}` : `what Debian calls ${packages}`;
    throw new ClusterError(`The cluster needs ${missing.join(", ")}, not found on this machine. Install ${how}.`);
  }
  report(`installing ${packages}`);
  const environment = { DEBIAN_FRONTEND: "noninteractive" };
  await runCommand("apt-get", ["update"], { timeoutMs: 300_000, environment });
  const install = ["install", "-y", "--no-install-recommends", ...packages.split(" ")];
  await runCommand("apt-get", install, { timeoutMs: 900_000, environment });
}
