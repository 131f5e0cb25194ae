import { spawn } from "node:child_process";

/** How a program runs. */
export interface RunProgramOptions {
  /** What it reads. @default nothing */
  readonly input?: string;
  readonly directory?: string;
  /** @default 45_000 */
  readonly timeoutMs?: number;
}

/** What a program left behind. */
export interface ProgramResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end. Rejects only when it cannot be started or has to be killed. */
export async function runProgram(program: string, parameters: readonly string[], options: RunProgramOptions = {}): Promise<ProgramResult> {
  const { input = "", directory, timeoutMs = 45_000 } = options;
  return await new Promise((resolve, reject) => {
    const child = spawn(program, parameters, {
      cwd: directory,
      timeout: timeoutMs,
      killSignal: "SIGKILL",
    });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
    });
    child.once("error", (cause) => reject(new Error(`${program} cannot be run: ${cause.message}`, { cause })));
    child.once("close", (code, signal) => {
      if (code !== null) resolve({ code, stdout, stderr });
      else reject(new Error(`${program} ${parameters.join(" ")} was ended by ${signal} (limit ${timeoutMs} ms):\n${stdout}\n${stderr}`));
    });
    // A program may end before it has read everything.
    child.stdin.on("error", () => {});
    child.stdin.end(input);
  });
}

/** Runs a program that has to succeed, and gives what it printed. */
export async function outputOf(program: string, parameters: readonly string[], options: RunProgramOptions = {}): Promise<string> {
  const { code, stdout, stderr } = await runProgram(program, parameters, options);
  if (code !== 0) throw new Error(`${program} ${parameters.join(" ")} failed with exit code ${code}:\n${stdout}\n${stderr}`);
  return stdout;
}
