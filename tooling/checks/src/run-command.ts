import { spawn } from "node:child_process";

/** What a command did. */
export interface CommandResult {
  /** 0 is success; 124 stands for a command that was stopped at its deadline. */
  readonly code: number;
  readonly output: string;
}

/** Where and how long a command runs. */
export interface CommandOptions {
  readonly cwd: string;
  readonly timeoutMs: number;
  readonly environment?: NodeJS.ProcessEnv;
}

/** Runs a command without a shell, and gathers what it prints. Never rejects: a command that cannot start has code 127. */
export function runCommand(command: string, parameters: readonly string[], options: CommandOptions): Promise<CommandResult> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const child = spawn(command, parameters, {
      cwd: options.cwd,
      env: options.environment ?? process.env,
      stdio: ["ignore", "pipe", "pipe"],
      // A group of its own, so that the deadline also ends what the command started.
      detached: true,
    });
    let timedOut = false;
    const timer = setTimeout(() => {
      timedOut = true;
      if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
    }, options.timeoutMs);
    const finish = (code: number, note = ""): void => {
      clearTimeout(timer);
      resolve({ code, output: `${Buffer.concat(chunks).toString("utf8")}${note}`.trimEnd() });
    };
    child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.once("error", (error) => finish(127, `${command} did not start: ${error.message}`));
    child.once("close", (code) => (timedOut ? finish(124, `\n${command} was stopped after ${options.timeoutMs} ms`) : finish(code ?? 1)));
  });
}
