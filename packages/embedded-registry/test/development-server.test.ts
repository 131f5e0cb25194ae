import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { waitFor } from "@millrace/testing";
import { afterEach, expect, test } from "vitest";
import { runDevelopmentServer } from "../src/development-server/run-development-server.ts";

const main = fileURLToPath(new URL("../src/development-server/main.ts", import.meta.url));
const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
});

/** The command in a process of its own, with what it has said so far. */
function run(...words: string[]) {
  const child = spawn(process.execPath, ["--conditions=@millrace/source", main, ...words], { stdio: ["ignore", "pipe", "pipe"] });
  children.push(child);
  const said = { output: "", error: "" };
  child.stdout.on("data", (chunk: Buffer) => (said.output += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (said.error += chunk.toString()));
  const ended = once(child, "close").then(([code]) => code as number | null);
  return { child, said, ended };
}

const send = (url: string, schema: string): Promise<Response> =>
  fetch(url, { method: "POST", body: JSON.stringify({ schema }), headers: { "content-type": "application/json" } });

test("the development server tells where it is, serves its reader gone or not, and ends tidily on Ctrl-C", async () => {
  const { child, said, ended } = run("--port", "0", "--incompatible-error-code", "40901");
  await waitFor(() => said.output.includes("Ctrl-C"), { timeoutMs: 20_000 });
  const url = /ready at (http:\S+)/.exec(said.output)![1]!;
  expect(said.output).toContain(`curl ${url}/subjects`);
  child.stdout.destroy();
  expect((await send(`${url}/subjects/a/versions`, '"string"')).status).toBe(200);
  expect(await (await send(`${url}/subjects/a/versions`, '"int"')).json()).toMatchObject({ error_code: 40901 });
  child.kill("SIGINT");
  expect(await ended).toBe(0);
  expect(said.error).toBe("");
});

test("the server runs until it is told to stop, and says why it cannot start", async () => {
  const said: string[] = [];
  const complaints: string[] = [];
  const stop = Promise.withResolvers<void>();
  const speech = { write: (text: string) => said.push(text), writeError: (text: string) => complaints.push(text), stopped: stop.promise };
  const ended = runDevelopmentServer(["--port", "0"], speech);
  await waitFor(() => said.length === 1);
  const port = /127\.0\.0\.1:(\d+)/.exec(said[0]!)![1]!;
  expect(await runDevelopmentServer(["--port", port], speech)).toBe(2);
  expect(await runDevelopmentServer(["--host", "0.0.0.0", "--port", "70000"], speech)).toBe(2);
  expect(await runDevelopmentServer(["--port", "abc", "--incompatible-error-code", "1", "8081", "--verbose", "--host"], speech)).toBe(2);
  expect(complaints[0]).toContain("choose another port with --port");
  expect(complaints.map((complaint) => complaint.trim().split("\n").length)).toEqual([1, 2, 6]);
  stop.resolve();
  expect(await ended).toBe(0);
  expect(await runDevelopmentServer(["--help"], speech)).toBe(0);
  expect(said).toHaveLength(3);
});
