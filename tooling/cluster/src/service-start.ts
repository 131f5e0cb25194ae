import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { ClusterError } from "./cluster-error.ts";
import type { ClusterLayout } from "./cluster-layout.ts";
import type { ServiceState } from "./cluster-state.ts";
import { isOwnProcess, stopOwnProcesses } from "./own-process.ts";
import { waitUntil } from "./wait-until.ts";

/** What starting any service needs. */
export interface ServiceContext {
  readonly layout: ClusterLayout;
  readonly report: (line: string) => void;
  /** How long a started service may take until it answers. */
  readonly readyMs: number;
}

/** Where a service's output goes. */
export function serviceLogFile(layout: ClusterLayout, name: string): string {
  return join(layout.logDirectory, `${name}.log`);
}

async function tail(file: string, lines: number): Promise<string> {
  const text = await readFile(file, "utf8").catch(() => "");
  return text.trim().split("\n").slice(-lines).join("\n");
}

/** Waits until a started service answers. One that ends or stays silent is stopped, and the error shows the end of its log. */
export async function waitUntilReady(service: ServiceState, probe: () => Promise<boolean>, context: ServiceContext): Promise<void> {
  const { layout, readyMs } = context;
  const living = async (): Promise<boolean> => await isOwnProcess(service.pid, layout.directory, service.name);
  let ended = false;
  let answered = false;
  await waitUntil(async () => {
    ended = !(await living());
    answered = !ended && (await probe());
    return ended || answered;
  }, readyMs);
  if (answered) return;
  await stopOwnProcesses([service.pid], layout.directory, 5_000);
  const logFile = serviceLogFile(layout, service.name);
  const what = ended ? "ended while it started" : `did not answer on port ${service.port} within ${readyMs} ms`;
  throw new ClusterError(`${service.name} ${what}. The end of ${logFile}:\n${await tail(logFile, 30)}`);
}
