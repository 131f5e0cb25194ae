import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { compareOutput } from "../release/readme-program.ts";
import { docCodeFolder } from "./doc-code.ts";
import type { DocProgram } from "./lay-out-doc-code.ts";

/**
 * Runs the programs of the documentation, laid out before, one after another in this one process: starting one for each would take most of the time.
 * Prints what is wrong with them. A program that leaves something open keeps the process alive, and that is said too. Parameters: another root, and how
 * many milliseconds to wait.
 */
const [root = fileURLToPath(new URL("../../../..", import.meta.url)), longest = "30000"] = process.argv.slice(2);
const longestMs = Number(longest);
const programs = JSON.parse(await readFile(join(root, docCodeFolder, "programs.json"), "utf8")) as readonly DocProgram[];
const write = process.stdout.write.bind(process.stdout);
const problems: string[] = [];
let current = "no program";

function end(problem: string): never {
  write(`${[...problems, problem].join("\n")}\n`);
  process.exit(1);
}

for (const { path, source, line, output } of programs) {
  current = `${source}:${line}`;
  let printed = "";
  process.stdout.write = (chunk: string | Uint8Array): boolean => {
    printed += String(chunk);
    return true;
  };
  const timer = setTimeout(() => end(`${current}: the program does not end within ${longestMs} ms`), longestMs);
  try {
    await import(pathToFileURL(join(root, path)).href);
    const difference = compareOutput(output, printed);
    if (difference !== undefined) problems.push(`${current}: ${difference}`);
  } catch (error) {
    problems.push(`${current}: the program failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  }
  clearTimeout(timer);
}
process.stdout.write = write;
setTimeout(() => end("a program leaves something open that keeps its process alive"), longestMs).unref();
if (problems.length > 0) end(`${problems.length} of ${programs.length} programs are wrong`);
