import { spawnSync } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect, onTestFinished, test } from "vitest";

const script = resolve(import.meta.dirname, "../../../.ci/count-tests.mjs");

interface FileResult {
  readonly name: string;
  readonly status: "passed" | "failed";
  readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
}

function file(name: string, statuses: readonly string[], status: "passed" | "failed" = "passed"): FileResult {
  return { name, status, assertionResults: statuses.map((each, index) => ({ status: each, fullName: `test ${index}` })) };
}

async function count(
  reports: Readonly<Record<string, readonly FileResult[] | string>>,
  ...parameters: readonly string[]
): Promise<{ code: number | null; lines: string[] }> {
  const folder = await mkdtemp(join(tmpdir(), "count-tests-"));
  onTestFinished(async () => await rm(folder, { recursive: true, force: true }));
  await mkdir(join(folder, "reports"));
  for (const [name, content] of Object.entries(reports)) {
    await writeFile(join(folder, "reports", name), typeof content === "string" ? content : JSON.stringify({ testResults: content }));
  }
  const { status, stdout } = spawnSync(process.execPath, [script, ...parameters], { cwd: folder, encoding: "utf8" });
  return { code: status, lines: stdout.trimEnd().split("\n") };
}

test("passed tests of both reports are summed up", async () => {
  const reports = { "test.json": [file("a", ["passed", "passed"]), file("b", ["passed"])], "test-real.json": [file("c", ["passed"])] };
  expect(await count(reports, "0")).toEqual({ code: 0, lines: ["4 passed, 0 failed"] });
});

test("failed tests, files that cannot be loaded and other failed steps each count", async () => {
  const reports = {
    "test.json": [file("a", ["passed", "failed"], "failed"), file("b", [], "failed")],
    "test-real.json": [file("c", ["passed"])],
  };
  expect(await count(reports, "2", "reports/test.json")).toEqual({
    code: 1,
    lines: ["failed: a: test 1", "failed: b: the file as a whole", "2 passed, 4 failed"],
  });
});

test("real tests that did not run are a failure, never left out", async () => {
  const reports = { "test.json": [file("a", ["passed"])] };
  expect((await count(reports, "0")).lines.at(-1)).toBe("1 passed, 1 failed");
  expect((await count({ ...reports, "test-real.json": [] }, "0")).lines.at(-1)).toBe("1 passed, 1 failed");
  expect((await count({ ...reports, "test-real.json": "{" }, "0")).code).toBe(1);
  expect(await count({ ...reports, "test-real.json": [file("c", ["skipped"])] }, "0")).toEqual({
    code: 1,
    lines: ["failed: reports/test-real.json: no test ran", "skipped: 1 tests of reports/test-real.json", "1 passed, 1 failed"],
  });
});

test("a run that failed although its tests passed counts as one failure", async () => {
  const reports = { "test.json": [file("a", ["passed"])], "test-real.json": [file("c", ["passed"])] };
  expect((await count(reports, "0", "reports/test-real.json")).lines.at(-1)).toBe("2 passed, 1 failed");
});
