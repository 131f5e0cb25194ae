import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { runCommand } from "../run-command.ts";

/** Runs programs as if they stood in documentation; what is said of them. */
async function said(programs: readonly (readonly [code: string, output?: string])[], longestMs = 20_000): Promise<[number, string]> {
  const root = await mkdtemp(join(tmpdir(), "doc-programs-"));
  try {
    await mkdir(join(root, "reports/doc-code"), { recursive: true });
    const listed = programs.map(([, output], index) => ({ path: `program-${index}.mjs`, source: "README.md", line: index, output }));
    await Promise.all(programs.map(([code], index) => writeFile(join(root, `program-${index}.mjs`), code)));
    await writeFile(join(root, "reports/doc-code/programs.json"), JSON.stringify(listed));
    const script = fileURLToPath(new URL("run-programs.ts", import.meta.url));
    const { code, output } = await runCommand(process.execPath, [script, root, `${longestMs}`], { cwd: root, timeoutMs: 30_000 });
    return [code, output];
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

test("programs that print what they say pass without a word", async () => {
  expect(
    await said([["console.log('one');", "one\n"], ["await 1; process.stdout.write('two');", "two"], ["console.log('free');"]]),
  ).toEqual([0, ""]);
});

test("other output and failures are told with their places, and the rest still runs", async () => {
  const [code, output] = await said([["console.log('one');", "two\n"], ["throw new Error('broken');"], ["console.log('three');", "four"]]);
  expect(code).toBe(1);
  expect(output).toMatch(/README\.md:0: line 1 of its output is "one", the README says "two"/);
  expect(output).toMatch(/README\.md:1: the program failed: Error: broken/);
  expect(output).toMatch(/README\.md:2: line 1 .*\n3 of 3 programs are wrong$/);
});

test("a program that does not end, or leaves something open, is told", async () => {
  expect(await said([["setInterval(() => {}, 1000); await new Promise(() => {});"]], 500)).toEqual([
    1,
    "README.md:0: the program does not end within 500 ms",
  ]);
  expect(await said([["setInterval(() => {}, 1000);"]], 500)).toEqual([1, "a program leaves something open that keeps its process alive"]);
});
