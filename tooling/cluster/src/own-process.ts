import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { readdir, readFile, rename } from "node:fs/promises";
import { ClusterError } from "./cluster-error.ts";
import { waitUntil } from "./wait-until.ts";

/** System properties that tell our Java processes from all others, whatever their pid. */
function processMarkers(directory: string, service: string): readonly [string, string] {
  return [`-Dmillrace.cluster=${directory}`, `-Dmillrace.service=${service}`];
}

/** Words of a process's command line; none where there is no such process, or only its remains. */
async function commandLine(pid: number): Promise<readonly string[]> {
  try {
    return (await readFile(`/proc/${pid}/cmdline`, "utf8")).split("\0");
  } catch {
    return [];
  }
}

/** Whether `pid` is, at this moment, the given service of the cluster in `directory`. */
export async function isOwnProcess(pid: number, directory: string, service: string): Promise<boolean> {
  const words = await commandLine(pid);
  return processMarkers(directory, service).every((marker) => words.includes(marker));
}

/** Pids of every living service of the cluster in `directory`, also of those that no state file knows. */
export async function findOwnProcesses(directory: string): Promise<readonly number[]> {
  const [marker] = processMarkers(directory, "");
  const found: number[] = [];
  for (const entry of await readdir("/proc")) {
    if (/^\d+$/.test(entry) && (await commandLine(Number(entry))).includes(marker)) found.push(Number(entry));
  }
  return found;
}

/** A Java program to start in the background. */
export interface StartOptions {
  readonly java: string;
  readonly directory: string;
  readonly service: string;
  /** Everything after the markers: options, main class, arguments. */
  readonly parameters: readonly string[];
  readonly logFile: string;
  readonly workingDirectory: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** Starts a Java program in its own process group, with its output in `logFile`; it goes on when this process ends. */
export async function startOwnProcess(options: StartOptions): Promise<number> {
  await rename(options.logFile, `${options.logFile}.previous`).catch(() => undefined);
  const log = openSync(options.logFile, "w");
  try {
    const child = spawn(options.java, [...processMarkers(options.directory, options.service), ...options.parameters], {
      cwd: options.workingDirectory,
      detached: true,
      stdio: ["ignore", log, log],
      env: { ...process.env, ...options.environment },
    });
    await new Promise<void>((resolve, reject) => {
      child.once("spawn", resolve);
      child.once("error", reject);
    });
    child.unref();
    if (child.pid === undefined) throw new ClusterError(`${options.java} started without a pid.`);
    return child.pid;
  } finally {
    closeSync(log);
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/**
 * Stops processes of the cluster in `directory`: SIGTERM, and SIGKILL for what still lives after `graceMs`; SIGKILL at once where that is 0. Signals
 * nothing that is not ours.
 */
export async function stopOwnProcesses(pids: readonly number[], directory: string, graceMs: number): Promise<void> {
  const [marker] = processMarkers(directory, "");
  const living = async (): Promise<readonly number[]> => {
    const checks = await Promise.all(pids.map(async (pid) => ((await commandLine(pid)).includes(marker) ? [pid] : [])));
    return checks.flat();
  };
  if (graceMs > 0) for (const pid of await living()) signal(pid, "SIGTERM");
  if (await waitUntil(async () => (await living()).length === 0, graceMs)) return;
  for (const pid of await living()) signal(pid, "SIGKILL");
  if (await waitUntil(async () => (await living()).length === 0, 10_000)) return;
  throw new ClusterError(`Processes ${(await living()).join(", ")} of ${directory} do not end, not even by SIGKILL.`);
}
