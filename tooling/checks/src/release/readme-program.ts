import { markdownBlocks } from "../doc-code/doc-block.ts";
import { importsOf, packageOf } from "../model/imports.ts";

/** The first program of a README, which a reader will copy. */
export interface ReadmeProgram {
  readonly code: string;
  /** What it prints, where the README says so in a text block right after it. */
  readonly output: string | undefined;
  /** Packages that it imports. */
  readonly packages: readonly string[];
}

/** Finds the first `ts` block of a README, and the `text` block right after it; undefined if there is no program. */
export function readProgram(readme: string): ReadmeProgram | undefined {
  const block = markdownBlocks("README.md", readme)[0];
  if (block === undefined) return undefined;
  const { code, output } = block;
  const packages = importsOf(code)
    .map(packageOf)
    .filter((name) => name !== undefined);
  return { code, output, packages: [...new Set(packages)].sort() };
}

/** What differs between what a program printed and what its README says; undefined if nothing does. */
export function compareOutput(expected: string | undefined, actual: string): string | undefined {
  if (expected === undefined) return undefined;
  const wanted = linesOf(expected);
  const printed = linesOf(actual);
  const index = Array.from({ length: Math.max(wanted.length, printed.length) }, (_, line) => line).find(
    (line) => wanted[line] !== printed[line],
  );
  if (index === undefined) return undefined;
  return `line ${index + 1} of its output is ${JSON.stringify(printed[index] ?? "missing")}, the README says ${JSON.stringify(wanted[index] ?? "nothing")}`;
}

function linesOf(text: string): string[] {
  return text
    .trim()
    .split("\n")
    .map((line) => line.trimEnd());
}
