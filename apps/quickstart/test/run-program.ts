import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Summary } from "../src/summary.ts";

const main = fileURLToPath(new URL("../src/main.ts", import.meta.url));

/** The program while it runs. */
export interface RunningProgram {
  readonly child: ChildProcess;
  /** Everything it has said on standard error so far. */
  said(): string;
  /** Resolves when it says `text`, or rejects when it ends before. */
  says(text: string): Promise<void>;
  ended(): Promise<ProgramResult>;
}

export interface ProgramResult {
  readonly code: number | null;
  readonly out: string;
  readonly error: string;
}

/** Says which modules of OpenTelemetry a program loads, before they are. */
const tellLoaded = `import { registerHooks } from "node:module";
registerHooks({
  load(url, context, next) {
    if (url.includes("/@opentelemetry/")) process.stderr.write("loads " + url + "\\n");
    return next(url, context);
  },
});`;

/** Starts the quickstart as a user would. */
export function startProgram(...words: readonly string[]): RunningProgram {
  return startNode([], words);
}

/** Starts it; it says on standard error which modules of OpenTelemetry it loads. */
export function startTellingModules(...words: readonly string[]): RunningProgram {
  return startNode(["--import", `data:text/javascript,${encodeURIComponent(tellLoaded)}`], words);
}

function startNode(options: readonly string[], words: readonly string[]): RunningProgram {
  const child = spawn(process.execPath, ["--conditions=@millrace/source", ...options, main, ...words], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let out = "";
  let error = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    out += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    error += text;
  });
  const closed = once(child, "close");
  return {
    child,
    said: () => error,
    async says(text) {
      const ended = closed.then(() => "ended" as const);
      while (!error.includes(text)) {
        const next = await Promise.race([once(child.stderr, "data"), ended]);
        if (next === "ended" && !error.includes(text)) throw new Error(`the program ended without saying "${text}":\n${error}`);
      }
    },
    async ended() {
      await closed;
      return { code: child.exitCode, out, error };
    },
  };
}

/** Runs it to its end. */
export function runProgram(...words: readonly string[]): Promise<ProgramResult> {
  return startProgram(...words).ended();
}

/** What the built-in deliveries come to, sent so many times. */
export function sumsOf(repeat: number): Partial<Summary> {
  const times = (count: number): number => count * repeat;
  const counts = { in: times(329), handled: times(325), deadLettered: times(49), redriven: times(45), stillOpen: times(4) };
  return { ...counts, missing: 0, duplicates: 0, outOfOrder: 0 };
}

/** The summary that `--json` prints. */
export function summaryOf(result: ProgramResult): Summary & { readonly malformedLines: number } {
  try {
    return JSON.parse(result.out) as Summary & { readonly malformedLines: number };
  } catch {
    throw new Error(`no summary on standard output (exit code ${result.code}):\n${result.out}\n${result.error}`);
  }
}
