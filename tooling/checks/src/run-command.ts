import { spawn } from "node:child_process";

/** What a command did. */
export interface CommandResult {
  /** 0 is success; 124 stands for a command that was stopped at its deadline, 127 for one that did not start. */
  readonly code: number;
  /** Both streams, as they came. */
  readonly output: string;
  readonly standardOutput: string;
}

/** Where and how long a command runs. */
export interface CommandOptions {
  readonly cwd: string;
  readonly timeoutMs: number;
  readonly environment?: NodeJS.ProcessEnv;
}

/** Runs a command without a shell, and gathers what it prints. Never rejects; at the deadline the command and what it started are killed. */
export function runCommand(command: string, parameters: readonly string[], options: CommandOptions): Promise<CommandResult> {
  return new Promise((resolve) => {
    const all: Buffer[] = [];
    const standard: Buffer[] = [];
    const child = spawn(command, parameters, {
      cwd: options.cwd,
      env: options.environment ?? process.env,
      stdio: ["ignore", "pipe", "pipe"],
      // A process group of its own, so that the deadline also reaches what the command started.
      detached: true,
    });
    let code = 1;
    let note = "";
    const kill = (): void => {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
      } catch {
        // It has just ended by itself.
      }
    };
    const onInterrupt = (): void => {
      kill();
      process.exit(130);
    };
    const timer = setTimeout(() => {
      note = `\n${command} was stopped after ${options.timeoutMs} ms`;
      kill();
    }, options.timeoutMs);
    process.once("SIGINT", onInterrupt).once("SIGTERM", onInterrupt);
    child.stdout.on("data", (chunk: Buffer) => all.push(chunk) && standard.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => all.push(chunk));
    child.once("error", (error) => {
      code = 127;
      note = `${command} did not start: ${error.message}`;
    });
    child.once("exit", (exitCode) => {
      code = exitCode ?? 1;
    });
    child.once("close", () => {
      clearTimeout(timer);
      process.off("SIGINT", onInterrupt).off("SIGTERM", onInterrupt);
      const timedOut = note !== "" && code !== 127;
      resolve({
        code: timedOut ? 124 : code,
        output: `${Buffer.concat(all).toString("utf8")}${note}`.trimEnd(),
        standardOutput: Buffer.concat(standard).toString("utf8"),
      });
    });
  });
}
