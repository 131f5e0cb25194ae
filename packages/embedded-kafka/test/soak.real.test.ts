import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";

test("a minute of soak, round after round against one cluster", { timeout: 300_000 }, async () => {
  const script = new URL("./soak/run-soak.ts", import.meta.url).pathname;
  const nodeOptions = ["--expose-gc", "--conditions=@millrace/source"];
  const { stdout } = await promisify(execFile)(process.execPath, [...nodeOptions, script, "--minutes", "1"]);
  console.info(stdout);
  // What a minute can tell of memory: the figures of ten are in the long form.
  const held = Array.from(stdout.matchAll(/ min ([\d.]+) MB /g), ([, megabytes]) => Number(megabytes));
  expect(held.length).toBeGreaterThan(1);
  expect(held.at(-1)! - held[0]!).toBeLessThan(20);
});
