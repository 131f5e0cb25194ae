import { spawn } from "node:child_process";

/** A program that runs beside the test. */
export interface RunningProgram {
  /** What it has printed so far, line by line. */
  readonly lines: readonly string[];
  /** Asks it to end (SIGTERM) and waits until it has; kills it after ten seconds. Idempotent. */
  stop(): Promise<void>;
}

/** Starts a program; what it prints on both streams is kept as whole lines. */
export function startProgram(program: string, parameters: readonly string[]): RunningProgram {
  const child = spawn(program, parameters, { stdio: ["ignore", "pipe", "pipe"] });
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    let rest = "";
    stream.setEncoding("utf8").on("data", (text: string) => {
      const parts = (rest + text).split("\n");
      rest = parts.pop() ?? "";
      lines.push(...parts);
    });
  }
  const ended = new Promise<void>((resolve) => {
    child.once("error", (error) => {
      lines.push(error.message);
      resolve();
    });
    child.once("close", () => resolve());
  });
  return {
    lines,
    async stop() {
      child.kill("SIGTERM");
      const timer = setTimeout(() => child.kill("SIGKILL"), 10_000);
      await ended;
      clearTimeout(timer);
    },
  };
}
