import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { runCommand } from "./run-command.ts";

const check = (...parameters: string[]): ReturnType<typeof runCommand> =>
  runCommand(process.execPath, [fileURLToPath(new URL("main.ts", import.meta.url)), ...parameters], {
    cwd: process.cwd(),
    timeoutMs: 30_000,
  });

test("one line per check, and exit code 0 if all pass", async () => {
  const { code, output } = await check("--only", "layers", "--only", "test-runners");
  expect(output).toMatch(/^ok {3}layers +\d+\.\d s\nok {3}test-runners +\d+\.\d s\nAll 2 checks passed in \d+\.\d s\.$/);
  expect(code).toBe(0);
});

test("a check that does not exist is named, with those that do", async () => {
  const { code, output } = await check("--only", "layer");
  expect(code).toBe(2);
  expect(output).toMatch(/^There is no check called layer\. There are: layers, /);
});
