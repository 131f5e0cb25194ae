import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { findOwnProcesses, isOwnProcess, startOwnProcess, stopOwnProcesses } from "./own-process.ts";
import { waitUntil } from "./wait-until.ts";

/** A shell stands in for Java: the markers become its first, unused words. */
async function startShell(directory: string, service: string, script: string): Promise<number> {
  const launcher = join(import.meta.dirname, "../test/launcher.sh");
  return await startOwnProcess({
    java: launcher,
    directory,
    service,
    parameters: [script],
    logFile: join(directory, `${service}.log`),
    workingDirectory: directory,
  });
}

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "own-process-"));
  onTestFinished(async () => {
    await stopOwnProcesses(await findOwnProcesses(folder), folder, 0);
    await rm(folder, { recursive: true, force: true });
  });
  return folder;
}

test.runIf(process.platform === "linux")("a started process is found by its cluster and service, and by no other", async () => {
  const folder = await temporaryFolder();
  const pid = await startShell(folder, "one", "echo hello; while :; do sleep 0.1; done");
  expect(await isOwnProcess(pid, folder, "one")).toBe(true);
  expect(await isOwnProcess(pid, folder, "two")).toBe(false);
  expect(await isOwnProcess(pid, `${folder}-other`, "one")).toBe(false);
  // A child of the shell's looks like the shell until it has become "sleep".
  const isAlone = async (): Promise<boolean> => (await findOwnProcesses(folder)).join() === `${pid}`;
  expect(await waitUntil(isAlone, 10_000)).toBe(true);
  expect(await waitUntil(async () => (await readFile(join(folder, "one.log"), "utf8")) === "hello\n", 10_000)).toBe(true);
  await stopOwnProcesses([pid], folder, 10_000);
  expect(await findOwnProcesses(folder)).toEqual([]);
});

test.runIf(process.platform === "linux")("a process that ignores SIGTERM is killed after the grace time", async () => {
  const folder = await temporaryFolder();
  const pid = await startShell(folder, "deaf", "trap '' TERM; echo ready; while :; do sleep 0.1; done");
  expect(await waitUntil(async () => (await readFile(join(folder, "deaf.log"), "utf8")) === "ready\n", 10_000)).toBe(true);
  await stopOwnProcesses([pid], folder, 300);
  expect(await isOwnProcess(pid, folder, "deaf")).toBe(false);
});

test.runIf(process.platform === "linux")("a pid that belongs to somebody else is never signalled", async () => {
  const [folder, other] = [await temporaryFolder(), await temporaryFolder()];
  const pid = await startShell(other, "one", "while :; do sleep 0.1; done");
  await stopOwnProcesses([pid, process.pid], folder, 0);
  expect(await isOwnProcess(pid, other, "one")).toBe(true);
});
