import { spawn } from "node:child_process";
import { ClusterError } from "./cluster-error.ts";

/** How a command runs. */
export interface RunCommandOptions {
  /** @default 60_000 */
  readonly timeoutMs?: number;
  readonly environment?: Readonly<Record<string, string>>;
}

/** Runs a program to its end and gives back what it printed, stdout and stderr together. Fails with the end of that when it does. */
export async function runCommand(program: string, parameters: readonly string[], options: RunCommandOptions = {}): Promise<string> {
  const timeoutMs = options.timeoutMs ?? 60_000;
  return await new Promise((resolve, reject) => {
    const child = spawn(program, parameters, {
      stdio: ["ignore", "pipe", "pipe"],
      timeout: timeoutMs,
      killSignal: "SIGKILL",
      env: { ...process.env, ...options.environment },
    });
    let output = "";
    const collect = (chunk: Buffer): void => {
      output += chunk.toString("utf8");
    };
    child.stdout.on("data", collect);
    child.stderr.on("data", collect);
    child.once("error", (cause) => reject(new ClusterError(`Cannot run ${program}: ${cause.message}`, { cause })));
    child.once("close", (code, signal) => {
      if (code === 0) resolve(output);
      else {
        const how = signal === null ? `exit code ${code}` : `${signal}, limit ${timeoutMs} ms`;
        reject(new ClusterError(`${program} ${parameters.join(" ")} failed (${how}):\n${output.split("\n").slice(-30).join("\n")}`));
      }
    });
  });
}
