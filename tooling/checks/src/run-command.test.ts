import { expect, test } from "vitest";
import { runCommand } from "./run-command.ts";

const node = (code: string, timeoutMs = 20_000): ReturnType<typeof runCommand> =>
  runCommand(process.execPath, ["-e", code], { cwd: process.cwd(), timeoutMs });

test("gives the exit code and what was printed", async () => {
  expect(await node("console.log('out'); console.error('err'); process.exitCode = 3")).toEqual({
    code: 3,
    output: expect.stringMatching(/^(out\nerr|err\nout)$/) as string,
    standardOutput: "out\n",
  });
});

test("a command that does not exist has code 127", async () => {
  const result = await runCommand("no-such-command-anywhere", [], { cwd: process.cwd(), timeoutMs: 20_000 });
  expect(result).toMatchObject({ code: 127, output: expect.stringContaining("did not start") as string });
});

test("a command that hangs is stopped at its deadline, with what it started", async () => {
  const code =
    "require('node:child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' }); setInterval(() => {}, 1000)";
  expect(await node(code, 500)).toMatchObject({ code: 124, output: expect.stringContaining("was stopped after 500 ms") as string });
});
