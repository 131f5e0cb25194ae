import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { DeadlyOrder, ProcessNote, ProcessOrders } from "./worker-orders.ts";

/** A worker or a job in a process of its own, seen from outside. */
export interface ChaosProcess {
  readonly name: string;
  readonly isOver: () => boolean;
  /** Resolves when it is gone, however. */
  readonly over: Promise<void>;
  /** When it was gone without having been asked to stop, in milliseconds since 1970. */
  readonly killedAt: () => number | undefined;
  /** SIGTERM. */
  readonly stop: () => void;
  /** SIGKILL. */
  readonly kill: () => void;
  readonly dieAt: (order: DeadlyOrder) => void;
  /** SIGSTOP and SIGCONT. */
  readonly freeze: () => void;
  readonly thaw: () => void;
  /** Everything that it told. */
  readonly notes: () => readonly ProcessNote[];
  /** What it wrote on its standard error before it ended badly, though nobody killed it. */
  readonly failure: () => string | undefined;
}

const main = fileURLToPath(new URL("process-main.ts", import.meta.url));

export function startChaosProcess(orders: ProcessOrders): ChaosProcess {
  const child: ChildProcess = spawn(process.execPath, ["--conditions=@millrace/source", main, JSON.stringify(orders)], {
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  let complaints = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    complaints += text;
  });
  let overAt: number | undefined;
  let signal: NodeJS.Signals | null = null;
  let failure: string | undefined;
  const over = new Promise<void>((resolve) => {
    child.once("exit", (code, by) => {
      overAt = Date.now();
      if (code !== null && code !== 0) failure = complaints;
      signal = by;
      resolve();
    });
  });
  // It may be gone already.
  child.on("error", () => undefined);
  const send = (name: NodeJS.Signals): void => void (overAt === undefined && child.kill(name));
  return {
    name: orders.name,
    isOver: () => overAt !== undefined,
    over,
    killedAt: () => (signal === null ? undefined : overAt),
    stop: () => send("SIGTERM"),
    kill: () => send("SIGKILL"),
    dieAt: (order) => void (overAt === undefined && child.connected && child.send(order, () => undefined)),
    freeze: () => send("SIGSTOP"),
    thaw: () => send("SIGCONT"),
    notes: () =>
      readFileSync(orders.historyFile, "utf8")
        .split("\n")
        .filter((line) => line.endsWith("}"))
        .map((line) => JSON.parse(line) as ProcessNote),
    failure: () => failure,
  };
}
